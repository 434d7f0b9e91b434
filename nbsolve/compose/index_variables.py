"""The index variables of general formulae: what they run over, in words, in sums and beside left sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nbsolve.compose.functions import activation_name
from nbsolve.document import Inline, Math
from nbsolve.expr import Atom, Expr, Quantity, Variable, atoms, number, substitute, walk
from nbsolve.expr.general import IndexedSum
from nbsolve.notation import Names
from nbsolve.phrases import PhraseId, listed, phrase
from nbsolve.problem import wiring
from nbsolve.problem.model import Network
from nbsolve.step import Step
from nbsolve.symbol import Index, Partial, Role, Symbol
from nbsolve.symbolic import LetterPass
from nbsolve.symbolic.index_letters import index_variables

MOST_MAPPED = 8
"""The most weights of a layer that a legend names one by one."""


@dataclass(frozen=True)
class IndexVariables:
    """Says what index variables stand for in a page's names."""

    names: Names

    def legend(self, letters: LetterPass) -> str:
        """What the index variables run over, and which of the page's quantities is which."""
        key: PhraseId = "letters.legend_numbered" if self.names.general.numbered_through else "letters.legend"
        if self.names.general.follow_patterns:
            own_legends: dict[str, PhraseId] = {
                "both": "letters.legend_own",
                "from": "letters.legend_own_from",
                "to": "letters.legend_own_to",
            }
            key = own_legends[indices_of(letters)]
        source, own, *_ = index_variables(letters.solution.problem, 2)
        words = [phrase(key, source=source.name, own=own.name)]
        if any(layer.layer.bias.folded for layer in letters.solution.layers) and indices_of(letters) != "to":
            words.append(phrase("letters.legend_constant", source=source.name))
        words += _sums(letters)
        roles = (Role.WEIGHT, Role.BIAS, Role.PRE_ACTIVATION, Role.ACTIVATION, Role.TARGET)
        same = [
            f"${counted} = {own}$"
            for role in roles
            for counted, own in self.names.general.mapped(role, MOST_MAPPED)
        ]
        if same:
            words.append(phrase("letters.legend_names", listed=", ".join(same)))
        return " ".join(words)

    def as_counted(self, expression: Expr) -> Expr:
        """A general formula whose sums run over the numbers that the units have on the page."""

        def replaced(node: Expr) -> Expr | None:
            if not isinstance(node, IndexedSum):
                return None
            layers = [
                layer for layer, index in _indices(node.body, self.names.network) if index == node.index
            ]
            numbers = self.names.general.numbers(layers[0])
            return replace(node, body=self.as_counted(node.body), first=numbers[0], last=numbers[-1])

        return substitute(expression, replaced)

    def ranges(self, target: Atom) -> Iterator[Inline]:
        """`i = 1, 2; j = 3, 4`: what the index variables of a left side stand for."""
        layers = {index: layer for layer, index in _indices(Quantity(target), self.names.network)}
        constants = {weight.from_ for weight in _weights_of(target) if self._has_constant(weight)}
        for position, (index, layer) in enumerate(sorted(layers.items(), key=str)):
            yield from ["; "] if position else []
            units = self.names.general.numbers(layer)
            yield from running(str(index), (0, *units) if index in constants else units)

    def _has_constant(self, weight: Symbol) -> bool:
        """Whether one of the weights of its layer is that of a constant, number 0."""
        return self.names.network.layer(weight.layer or 1).bias.folded is not None


def running(letter: str, numbers: Sequence[int]) -> Iterator[Inline]:
    """`j = 3, 4`, or `j = 1, …, 9`: an index variable and what it runs over."""
    first, *others = numbers
    yield Math(Variable(letter), "=", number(first))
    if len(others) > 2:
        if others[0] != first + 1:  # 0, the constant, and then the units
            yield ", "
            yield Math(number(others[0]))
        yield ", …"
        others = others[-1:]
    for one in others:
        yield ", "
        yield Math(number(one))


def indices_of(letters: LetterPass) -> str:
    """Which index variables the general formulae have: `from` where the weights come from, `to`, or `both`."""
    problem = letters.solution.problem
    source, own = index_variables(problem, 2)
    targets = [Quantity(step.target) for step in _general(letters)]
    used = {index for target in targets for _, index in _indices(target, problem.network)}
    return "both" if {source, own} <= used else "from" if source in used else "to"


def _general(letters: LetterPass) -> Iterator[Step]:
    general = letters.general
    if general is not None:
        yield from (*general.factors, *general.linear, *general.signals, *general.gradients)


def _sums(letters: LetterPass) -> Iterator[str]:
    """What the sums of the general formulae run over."""
    layers = letters.solution.layers
    summed = {
        node.index
        for step in _general(letters)
        for form in step.forms
        for node in walk(form.expression)
        if isinstance(node, IndexedSum)
    }
    if not summed:
        return
    order = [index for index in index_variables(letters.solution.problem, len(layers) + 2) if index in summed]
    key: PhraseId = "letters.legend_sum_outputs" if len(layers) == 1 else "letters.legend_sum"
    key = "letters.legend_sums" if len(order) > 1 else key
    yield phrase(key, listed=listed([f"${index.name}$" for index in order]))
    output = letters.solution.output
    if output.joint and len(layers) > 1:
        name = activation_name(output.layer.activation)
        yield phrase("letters.legend_sum_softmax", activation=name)


def _weights_of(target: Atom) -> Iterator[Symbol]:
    """The weights among the ends of a derivative."""
    symbols = target if isinstance(target, Partial) else (target,)
    yield from (symbol for symbol in symbols if symbol.role is Role.WEIGHT)


def _indices(expression: Expr, network: Network) -> Iterator[tuple[int, Index]]:
    """The index variables of an expression, each with the layer whose units it counts (0: the inputs)."""
    for atom in atoms(expression):
        for symbol in (atom.of, atom.wrt) if isinstance(atom, Partial) else (atom,):
            if isinstance(symbol.to, Index) and symbol.role is not Role.TARGET:
                yield symbol.layer or 0, symbol.to
            if isinstance(symbol.from_, Index):
                yield wiring.source(network, symbol.layer or 1), symbol.from_
