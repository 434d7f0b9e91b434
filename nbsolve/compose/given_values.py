"""Values of units that are given instead of computed: in the statement, and beside what the network would give."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.asking.writing import Writer, scalar
from nbsolve.blocks.network import network_graph
from nbsolve.compose.sentences import set_in, with_commas
from nbsolve.compose.written_numbers import literal as number
from nbsolve.document import Math, Paragraph, Text
from nbsolve.expr import Quantity, literal
from nbsolve.graph.graph import array_of
from nbsolve.phrases import PhraseId
from nbsolve.problem import wiring
from nbsolve.problem.model import Problem
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.symbol import Symbol

__all__ = ["given_beside_computed", "values_given"]


def values_given(problem: Problem) -> Iterator[Text]:
    """A sentence for each sample that gives values of units."""
    several = len(problem.samples) > 1
    for place, sample in enumerate(problem.samples, 1):
        if sample.given:
            key: PhraseId = "statement.given_in_sample" if several else "statement.given_values"
            label = place if several else None
            values = with_commas(
                Math(Quantity(symbol._replace(sample=label)), "=", literal(given))
                for symbol, given in wiring.given_values(sample)
            )
            yield set_in(key, sample=str(place), values=values)


def given_beside_computed(
    solution: Solution, iteration: Iteration, layer: int, label: int | None, writer: Writer
) -> Iterator[Paragraph]:
    """For each given value of a layer: that it is given, and what the network would give."""
    values = iteration.values
    own = [
        atom
        for atom in values.computed
        if isinstance(atom, Symbol) and (atom.layer, atom.sample) == (layer, label)
    ]
    graph = network_graph(solution.layers, (label,)) if own else None
    for atom in own:
        given = values.given(atom)
        node = None if graph is None else graph.origin(array_of(atom))
        assert graph is not None and node is not None and given is not None
        found = writer.result(scalar(values.computed[atom]))
        formula = Math(graph.formula(node, atom), "=" if found.exact else "≈", number(found))
        own_value = Math(Quantity(atom), "=", literal(given))
        yield Paragraph(set_in("passages.given_value", given=own_value, computed=formula))
