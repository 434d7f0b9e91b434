"""The sum of several layers, unit by unit: z = a + a' + …, then a = f(z) (a residual connection).

Shapes: all of them (units,).
Source: K. He et al., "Deep Residual Learning for Image Recognition", 2016, section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.blocks.dense import Dense, Parameter
from nbsolve.catalogue.operations import addition
from nbsolve.graph import Graph, Operation
from nbsolve.problem import wiring

__all__ = ["Addition"]


class Addition(Dense):
    """Layer number `index` of a network, without weights: it adds up what comes in."""

    @staticmethod
    def operation(count: int) -> Operation:
        """What is done with as many layers as come in."""
        return addition(count)

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
        sources = self.sources(sample, new)
        for layer, source in zip(wiring.sources(self.network, self.index), sources, strict=True):
            graph.array(source, wiring.width_of(self.network, layer))
        terms = {f"x{n}": source for n, source in enumerate(sources, 1)}
        z = graph.node(self.operation(len(sources)), self.z(None, sample, new), sample, **terms)
        graph.node(self.change(self.activate), self.a(None, sample, new), sample, z=z)
