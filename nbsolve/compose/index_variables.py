"""The index variables of general formulae: what they run over, in words, in sums and beside left sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nbsolve.document import Inline, Math
from nbsolve.expr import Atom, Expr, Quantity, Variable, atoms, number, substitute, walk
from nbsolve.general import IndexedSum
from nbsolve.notation import Names
from nbsolve.phrases import phrase
from nbsolve.symbol import Index, Partial, Role
from nbsolve.symbolic import LetterPass

MOST_MAPPED = 8
"""The most weights of a layer that a legend names one by one."""


@dataclass(frozen=True)
class IndexVariables:
    """Says what index variables stand for in a page's names."""

    names: Names

    def legend(self, letters: LetterPass) -> str:
        """What the index variables run over, and which of the page's quantities is which."""
        key = "legend_numbered" if self.names.numbered_through else "legend"
        words = [phrase("letters.legend_own" if self.names.follow_patterns else f"letters.{key}")]
        general = letters.general
        steps = () if general is None else (*general.signals, *general.gradients)
        if any(isinstance(n, IndexedSum) for s in steps for form in s.forms for n in walk(form.expression)):
            vector = letters.solution.layers[-1].activation.vector
            words.append(phrase("letters.legend_sum_outputs" if vector else "letters.legend_sum"))
        roles = (Role.WEIGHT, Role.BIAS, Role.PRE_ACTIVATION, Role.ACTIVATION, Role.TARGET)
        same = [
            f"${counted} = {own}$" for role in roles for counted, own in self.names.mapped(role, MOST_MAPPED)
        ]
        if same:
            words.append(phrase("letters.legend_names", listed=", ".join(same)))
        return " ".join(words)

    def as_counted(self, expression: Expr) -> Expr:
        """A general formula whose sums run over the numbers that the units have on the page."""

        def replaced(node: Expr) -> Expr | None:
            if not isinstance(node, IndexedSum):
                return None
            layers = [layer for layer, index in _indices(node.body) if index == node.index]
            numbers = self.names.numbers(layers[0])
            return replace(node, body=self.as_counted(node.body), first=numbers[0], last=numbers[-1])

        return substitute(expression, replaced)

    def ranges(self, target: Atom) -> Iterator[Inline]:
        """`i = 1, 2; j = 3, 4`: what the index variables of a left side stand for."""
        layers = {index: layer for layer, index in _indices(Quantity(target))}
        for position, (index, layer) in enumerate(sorted(layers.items(), key=str)):
            first, *others = self.names.numbers(layer)
            yield from ["; "] if position else []
            yield Math(Variable(str(index)), "=", number(first))
            if len(others) > 2:
                yield ", …"
                others = others[-1:]
            for one in others:
                yield ", "
                yield Math(number(one))


def _indices(expression: Expr) -> Iterator[tuple[int, Index]]:
    """The index variables of an expression, each with the layer whose units it counts (0: the inputs)."""
    for atom in atoms(expression):
        for symbol in (atom.of, atom.wrt) if isinstance(atom, Partial) else (atom,):
            if isinstance(symbol.to, Index) and symbol.role is not Role.TARGET:
                yield symbol.layer or 0, symbol.to
            if isinstance(symbol.from_, Index):
                yield (symbol.layer or 1) - 1, symbol.from_
