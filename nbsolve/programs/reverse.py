"""The way back through the equations of a graph as Python: what each use of a quantity adds to its gradient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nbsolve.equations.building import Built, general_formula, slopes
from nbsolve.expr import (
    Expr,
    MatrixProduct,
    Quantity,
    Transpose,
    Variable,
    product,
    substitute,
)
from nbsolve.general import IndexedSum
from nbsolve.problem.model import Equation
from nbsolve.programs.indexed import IndexedText, quantities_in
from nbsolve.programs.python import written
from nbsolve.symbol import Index, Symbol

__all__ = ["Use", "uses_of"]

Loops = tuple[tuple[str, int], ...]
"""Letters of sums around a use, with how far each runs."""


@dataclass(frozen=True)
class Use:
    """One read of a quantity in an equation: the derivative of the left side by it; `loops` are the sums around."""

    equation: Equation
    symbol: Symbol
    slope: Expr
    loops: Loops = ()


def uses_of(built: Built, equation: Equation) -> Iterator[Use]:
    """Every read of an equation's formula."""
    formula = general_formula(equation, built.problem.shapes)
    left = Symbol.node(equation.name, tuple(map(Index, equation.letters)))
    for symbol, slope, loops in _reads(formula, Quantity(left)):
        yield Use(equation, symbol, slope, loops)


def _reads(formula: Expr, left: Expr | None) -> Iterator[tuple[Symbol, Expr, Loops]]:
    sums: dict[IndexedSum, Symbol] = {}

    def hidden(node: Expr) -> Expr | None:
        if isinstance(node, IndexedSum):
            return Quantity(sums.setdefault(node, Symbol.node(f"sum {len(sums)}")))
        return None

    def shown(node: Expr) -> Expr | None:
        for one, symbol in sums.items():
            if node == Quantity(symbol):
                return one
        return None

    flat = substitute(formula, hidden)
    for symbol, slope in slopes(flat, left).items():
        told = substitute(slope, shown)
        inner = next((one for one, own in sums.items() if own == symbol), None)
        if inner is None:
            yield symbol, told, ()
            continue
        assert inner.last is not None
        for own, within, loops in _reads(inner.body, None):
            yield own, product(told, within), ((inner.index.name, inner.last), *loops)


@dataclass(frozen=True)
class Backward:
    """Writes gradients in NumPy: `gradient` names the variable of each."""

    text: IndexedText
    gradient: Mapping[str, str]

    def lines(self, name: str, uses: Sequence[Use], seed: str) -> Iterator[str]:
        """The gradient with respect to a quantity: the sum over its uses, and what comes in at it."""
        own = self.gradient[name]
        found = [self._whole(use) for use in uses]
        whole = [one for one in found if one is not None]
        rest = [use for use, one in zip(uses, found, strict=True) if one is None]
        first = [*([seed] if seed else []), *whole]
        if not rest:
            yield f"{own} = {' + '.join(first) or 'np.float64(0.0)'}"
            return
        zeros = (
            f"np.zeros_like({self.text.called[name]})"
            if self.text.problem.shapes[name]
            else "np.float64(0.0)"
        )
        yield f"{own} = {' + '.join(first or [zeros])}"
        for use in rest:
            yield from self._loops(use)

    def _loops(self, use: Use) -> Iterator[str]:
        """Entry by entry."""
        equation = use.equation
        loops = [*((letter, equation.lengths[letter]) for letter in equation.letters), *use.loops]
        for depth, (letter, length) in enumerate(loops):
            yield f"{'    ' * depth}for {letter} in range({length}):"
        indent = "    " * len(loops)
        if guard := self.text.guard(use.symbol):
            yield f"{indent}if {guard}:"
            indent += "    "
        left = Symbol.node(equation.name, tuple(map(Index, equation.letters)))
        upstream = Variable(self.text.target(left, self.gradient[equation.name]))
        target = self.text.target(use.symbol, self.gradient[use.symbol.stem])
        yield f"{indent}{target} += {self.text.entry(product(upstream, use.slope))}"

    def _whole(self, use: Use) -> str | None:
        """What one use adds, for whole arrays; None where only entries say it."""
        letters, inner = use.equation.letters, tuple(letter for letter, _ in use.loops)
        own = tuple(map(Index, letters))
        at, summed = use.symbol.at, tuple(map(Index, inner))
        upstream = Variable(self.gradient[use.equation.name])
        dialect = self.text.dialect
        if not inner and at in ((), own):
            slope = self.text.whole(use.slope, letters)
            if slope is None:
                return None
            found = written(product(upstream, slope), dialect)
            return found if at == own else f"np.sum({found})"
        if not own and at == summed:
            slope = self.text.whole(use.slope, inner)
            if slope is None:
                return None
            found = written(product(upstream, slope), dialect)
            spread = at in [symbol.at for symbol in quantities_in(use.slope)]
            return found if spread else f"{found} * np.ones_like({self.text.called[use.symbol.stem]})"
        if (
            len(own) == len(summed) == 1
            and isinstance(use.slope, Quantity)
            and isinstance(use.slope.atom, Symbol)
        ):
            factor = use.slope.atom
            name = Variable(self.text.called[factor.stem])
            if at == (*own, *summed) and factor.at == summed:
                return f"np.outer({upstream.name}, {name.name})"
            if at == (*summed, *own) and factor.at == summed:
                return f"np.outer({name.name}, {upstream.name})"
            if at == summed and factor.at == (*own, *summed):
                return written(MatrixProduct((Transpose((name,)), upstream)), dialect)
            if at == summed and factor.at == (*summed, *own):
                return written(MatrixProduct((name, upstream)), dialect)
        return None
