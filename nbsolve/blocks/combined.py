"""A layer without weights: z of what comes in, unit by unit, by its record (z = a + a' + …), then a = f(z).

Shapes: all of them (units,).
"""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.blocks.dense import Dense, Parameter
from nbsolve.graph import Graph
from nbsolve.problem import wiring

__all__ = ["Combined"]


class Combined(Dense):
    """Layer number `index` of a network: a combination of the layers that come in."""

    @property
    def tied(self) -> bool:
        """Whether the layer takes its weights from elsewhere: it has none."""
        return True

    @property
    def parameters(self) -> Iterator[Parameter]:
        """Yield nothing: there are no weights."""
        return iter(())

    def add(self, graph: Graph, sample: int | None = None, new: bool = False) -> None:
        """Add the operations that find z and a of one sample."""
        combination = wiring.combination(self.network, self.index)
        assert combination is not None
        sources = self.sources(sample, new)
        for layer, source in zip(wiring.sources(self.network, self.index), sources, strict=True):
            graph.array(source, wiring.width_of(self.network, layer))
        terms = {f"x{n}": source for n, source in enumerate(sources, 1)}
        z = graph.node(combination.operation(len(sources)), self.z(None, sample, new), sample, **terms)
        graph.node(self.change(self.activate), self.a(None, sample, new), sample, z=z)
