"""The way back through the equations of a graph as Python: what each use of a quantity adds to its gradient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nbsolve.equations.building import Built, general_formula
from nbsolve.equations.derivatives import slopes
from nbsolve.expr import (
    Expr,
    MatrixProduct,
    Quantity,
    Transpose,
    Variable,
    product,
    substitute,
)
from nbsolve.expr.general import Indexed, IndexedExtreme, instantiated
from nbsolve.problem.model import Equation, GraphProblem
from nbsolve.programs.indexed import Chosen, IndexedText, quantities_in, start_read
from nbsolve.programs.python import written
from nbsolve.symbol import Index, Symbol

__all__ = ["Use", "uses_of"]

Loops = tuple[tuple[str, int], ...]
"""Letters of sums around a use, with how far each runs."""


@dataclass(frozen=True)
class Use:
    """One read of a quantity in an equation: the derivative of the left side by it; `loops` are the sums around.

    `fixed` has the numbers of letters where only these read the quantity: t = 1 where h[t-1] is h0.
    """

    equation: Equation
    symbol: Symbol
    slope: Expr
    loops: Loops = ()
    fixed: Mapping[str, int] = field(default_factory=dict)

    @property
    def left(self) -> Symbol:
        """The entry on the left side."""
        own = (self.fixed.get(letter, Index(letter)) for letter in self.equation.letters)
        return Symbol.node(self.equation.name, tuple(own))

    @property
    def ranges(self) -> Loops:
        """The letters that run, with how far each does: those of the left side, and those of sums."""
        own = tuple((letter, self.equation.lengths[letter]) for letter in self.equation.letters)
        return tuple((letter, length) for letter, length in (*own, *self.loops) if letter not in self.fixed)


def uses_of(built: Built, equation: Equation) -> Iterator[Use]:
    """Every read of an equation's formula."""
    formula = general_formula(equation, built.problem.shapes)
    left = Symbol.node(equation.name, tuple(map(Index, equation.letters)))
    for symbol, slope, loops in _reads(formula, Quantity(left)):
        yield from _uses(Use(equation, symbol, slope, loops), built.problem)


def _uses(use: Use, problem: GraphProblem) -> Iterator[Use]:
    """A read of an array, and of the start of its recurrence where it is one of that too."""
    inside = True
    lengths = {**use.equation.lengths, **dict(use.loops)}
    for name, start in problem.starts.items():
        here = start_read(use.symbol, name, start)
        if here is None:
            continue
        inside = inside and here.letter is not None
        if here.letter is None:
            yield replace(use, symbol=here.symbol)
        elif 1 <= here.number <= lengths[here.letter]:
            slope = instantiated(use.slope, {Index(here.letter): here.number})
            yield replace(use, symbol=here.symbol, slope=slope, fixed={here.letter: here.number})
    if inside:
        yield use


def _reads(formula: Expr, left: Expr | None) -> Iterator[tuple[Symbol, Expr, Loops]]:
    sums: dict[Indexed, Symbol] = {}

    def hidden(node: Expr) -> Expr | None:
        if isinstance(node, Indexed):
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
        told = product(told, Chosen(inner)) if isinstance(inner, IndexedExtreme) else told
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
        array = bool(self.text.problem.shapes[name])
        zeros = f"np.zeros_like({self.text.called[name]})" if array else "np.float64(0.0)"
        begins = " + ".join([*([seed] if seed else []), *whole]) or zeros
        added_to = bool(rest) or self.text.problem.recurrence_of(name) is not None
        # what is added to must not be the array of another gradient
        yield f"{own} = {begins}{'.copy()' if array and added_to and begins.isidentifier() else ''}"
        for use in rest:
            yield from self._loops(use)

    def _loops(self, use: Use) -> Iterator[str]:
        """Entry by entry."""
        yield from self.added(use, use.ranges)

    def added(self, use: Use, loops: Loops) -> Iterator[str]:
        """What one use adds to a gradient, in loops over letters."""
        for depth, (letter, length) in enumerate(loops):
            yield f"{'    ' * depth}for {letter} in range({length}):"
        indent = "    " * len(loops)
        if guard := self.text.guard(use.symbol):
            yield f"{indent}if {guard}:"
            indent += "    "
        target = self.text.target(use.symbol, self.gradient[use.symbol.stem])
        yield f"{indent}{target} += {self._entry(use)}"

    def _entry(self, use: Use) -> str:
        upstream = Variable(self.text.target(use.left, self.gradient[use.equation.name]))
        return self.text.entry(product(upstream, use.slope))

    def _whole(self, use: Use) -> str | None:
        """What one use adds, for whole arrays; None where only entries say it."""
        if use.fixed:
            return None if use.ranges else self._entry(use)
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
