"""Equations with indices as Python: whole arrays where the indices allow it, else entry by entry, from 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nbsolve.expr import (
    Cases,
    Comparison,
    Expr,
    Function,
    MatrixProduct,
    Product,
    Quantity,
    Transpose,
    Variable,
    substitute,
    walk,
)
from nbsolve.expr.general import Indexed, IndexedExtreme, IndexedSum, IndexNumber
from nbsolve.given import Given
from nbsolve.problem.model import GraphProblem, Start
from nbsolve.programs.literals import literal
from nbsolve.programs.python import RELATIONS, Dialect, written
from nbsolve.symbol import Affine, Index, Symbol, Unit

__all__ = ["Chosen", "IndexedText", "number_text", "quantities_in", "start_read"]


def quantities_in(formula: Expr) -> Iterator[Symbol]:
    """The quantities that a formula reads, with their places, each once."""
    found = (node.atom for node in walk(formula) if isinstance(node, Quantity))
    yield from dict.fromkeys(atom for atom in found if isinstance(atom, Symbol))


@dataclass(frozen=True, slots=True)
class Chosen(Expr):
    """1 where an index has the number at which an extreme over it is found, the first of several; 0 elsewhere."""

    extreme: IndexedExtreme

    @property
    def children(self) -> tuple[Expr, ...]:
        """The extreme."""
        return (self.extreme,)


@dataclass(frozen=True)
class StartRead:
    """Where the start of a recurrence is read: the given quantity, where `letter` has this number (from 1)."""

    symbol: Symbol
    letter: str | None
    number: int = 0


def start_read(symbol: Symbol, name: str, start: Start) -> StartRead | None:
    """Where a read of an array is one of the start of its recurrence; None where it never is."""
    if symbol.stem != start.array:
        return None
    given = Symbol.node(name, (*symbol.at[: start.axis], *symbol.at[start.axis + 1 :]))
    match symbol.at[start.axis]:
        case int(place):
            return StartRead(given, None) if place == start.place else None
        case Affine(_, ((letter, 1),), shift):
            return StartRead(given, letter, start.place - shift)
    return None


@dataclass(frozen=True)
class IndexedText:
    """Writes formulae of one problem; `called` are the names of its quantities in the program."""

    problem: GraphProblem
    called: Mapping[str, str]
    dialect: Dialect

    # ------------------------------------------------------------------ entry by entry

    def entry(self, formula: Expr) -> str:
        """A formula at one place; its index letters are variables of a loop."""
        return written(self._as_variables(formula), self.dialect)

    def one_of_array(self, formula: Expr) -> str:
        """A formula at one place of an array: in PyTorch a tensor, where indices alone could make it a number."""
        text = self.entry(formula)
        counts = self.dialect.torch and any(isinstance(node, IndexNumber) for node in walk(formula))
        return f"torch.as_tensor({text}, dtype=torch.get_default_dtype())" if counts else text

    def _as_variables(self, formula: Expr) -> Expr:
        def said(node: Expr) -> Expr | None:
            match node:
                case Quantity(Symbol() as symbol):
                    return Variable(self.read(symbol))
                case Indexed(body, index, _, last):
                    name = node.name if isinstance(node, IndexedExtreme) else "sum"
                    return Variable(f"{name}({self.entry(body)} for {index} in range({last}))")
                case Chosen(extreme):
                    values = f"[{self.entry(extreme.body)} for {extreme.index} in range({extreme.last})]"
                    return Variable(f"({extreme.index} == np.arg{extreme.name}({values}))")
                case IndexNumber(place):
                    return Variable(_as_number(place))
                case Function("max" | "min" as name, operands) if self.dialect.torch:
                    return Function(name, tuple(map(self._as_tensor, operands)))
                case Cases(((value, Comparison(left, relation, right)), *rest)) if _counts(left, right):
                    condition = f"{self.entry(left)} {RELATIONS[relation]} {self.entry(right)}"
                    other = rest[0][0] if len(rest) == 1 else Cases(tuple(rest))
                    return Variable(f"({self.entry(value)} if {condition} else {self.entry(other)})")
            return None

        return substitute(formula, said)

    def _as_tensor(self, operand: Expr) -> Expr:
        """An operand of PyTorch's maximum, which takes tensors, where it is made of indices."""
        if _counts(operand) and any(isinstance(node, IndexNumber) for node in walk(operand)):
            return Variable(f"torch.tensor(float({self.entry(operand)}))")
        return self._as_variables(operand)

    def read(self, symbol: Symbol) -> str:
        """`W[j, i]`; where places outside are padded, the padding there; where a recurrence starts, h0 for h[0]."""
        text = self.target(symbol)
        padding = self.problem.padding.get(symbol.stem)
        guard = self.guard(symbol)
        if padding is not None and guard:
            text = f"({text} if {guard} else {literal(padding.value)})"
        if padding is not None and any(
            isinstance(place, int) and not 1 <= place <= length
            for place, length in zip(symbol.at, self.problem.shapes[symbol.stem], strict=True)
        ):
            text = literal(padding.value)
        for name, start in self.problem.starts.items():
            here = start_read(symbol, name, start)
            if here is None:
                continue
            if here.letter is None:
                return self.target(here.symbol)
            text = f"({self.target(here.symbol)} if {here.letter} == {here.number - 1} else {text})"
        return text

    def target(self, symbol: Symbol, name: str = "") -> str:
        """`W[j, i]`, or the same place of another array."""
        name = name or self.called[symbol.stem]
        places = ", ".join(map(_from_zero, symbol.at))
        return f"{name}[{places}]" if places else name

    def guard(self, symbol: Symbol) -> str:
        """What holds where the place of a padded array lies inside; nothing for others."""
        shape = self.problem.shapes[symbol.stem]
        if symbol.stem not in self.problem.padding:
            return self._beyond_starts(symbol)
        return " and ".join(
            f"0 <= {_from_zero(place)} < {length}"
            for place, length in zip(symbol.at, shape, strict=True)
            if isinstance(place, Affine)
        )

    def _beyond_starts(self, symbol: Symbol) -> str:
        """What holds where the place of an array is not the start of its recurrence."""
        found = (start_read(symbol, name, start) for name, start in self.problem.starts.items())
        starts = (here for here in found if here is not None and here.letter is not None)
        return " and ".join(f"{here.letter} != {here.number - 1}" for here in starts)

    # ------------------------------------------------------------------ whole arrays

    def whole(self, formula: Expr, letters: Sequence[str]) -> Expr | None:
        """The formula for all places of `letters` at once; None where only single entries say it."""
        own = tuple(map(Index, letters))
        sound = True

        def said(node: Expr) -> Expr | None:
            nonlocal sound
            match node:
                case Quantity(Symbol() as symbol):
                    sound = sound and symbol.at in ((), own)
                    return Variable(self.called[symbol.stem])
                case IndexedExtreme() | Chosen() | IndexNumber():
                    sound = False
                    return Variable("")
                case Cases(((_, Comparison(left, _, right)), *_)) if _counts(left, right):
                    sound = False
                    return Variable("")
                case IndexedSum():
                    found = self._product(node, own) or self._total(node)
                    sound = sound and found is not None
                    return found or Variable("")
            return None

        found = substitute(formula, said)
        return found if sound else None

    def _total(self, node: IndexedSum) -> Expr | None:
        """The sum of all entries of a formula: a number."""
        body, letters = node.body, [node.index.name]
        while isinstance(body, IndexedSum):
            letters.append(body.index.name)
            body = body.body
        whole = self.whole(body, letters)
        reads = [symbol.at for symbol in quantities_in(body)]
        if whole is None or tuple(map(Index, letters)) not in reads:
            return None
        return Variable(f"{self.dialect.module}.sum({written(whole, self.dialect)})")

    def _product(self, node: IndexedSum, own: tuple[Index, ...]) -> Expr | None:
        """Σ_i W[j,i]·x[i] as W x, Σ_i W[i,j]·x[i] as Wᵀ x."""
        match node.body:
            case Product((Quantity(Symbol() as one), Quantity(Symbol() as other))) if len(own) == 1:
                matrix, vector = (one, other) if len(one.at) == 2 else (other, one)
                if vector.at != (node.index,):
                    return None
                w, x = Variable(self.called[matrix.stem]), Variable(self.called[vector.stem])
                if matrix.at == (*own, node.index):
                    return MatrixProduct((w, x))
                if matrix.at == (node.index, *own):
                    return MatrixProduct((Transpose((w,)), x))
        return None

    # ------------------------------------------------------------------ equations

    def equation(self, formula: Expr, letters: Sequence[str], lengths: Mapping[str, int]) -> str:
        """The right side of an equation."""
        whole = self.whole(formula, letters)
        spread = tuple(map(Index, letters)) in [symbol.at for symbol in quantities_in(formula)]
        products = (
            any(isinstance(node, MatrixProduct) for node in walk(whole)) if whole is not None else False
        )
        if whole is not None and (spread or products or not letters):
            return self._number(written(whole, self.dialect), formula)
        if not letters:
            return self._number(self.entry(formula), formula)
        text = self.one_of_array(formula)
        for letter in reversed(letters):
            inner = f"[{text} for {letter} in range({lengths[letter]})]"
            text = inner if self.dialect.module == "np" else f"torch.stack({inner})"
        return f"np.array({text}, dtype=float)" if self.dialect.module == "np" else text

    def _number(self, text: str, formula: Expr) -> str:
        """A number that no quantity enters is one of the library's."""
        if any(True for _ in quantities_in(formula)):
            return text
        return f"np.float64({text})" if self.dialect.module == "np" else f"torch.tensor(float({text}))"


def _counts(*sides: Expr) -> bool:
    """Whether formulae are made of indices and numbers alone: Python compares them, not a library of arrays."""
    return not any(isinstance(node, Quantity) for side in sides for node in walk(side))


def _as_number(place: Unit) -> str:
    """The number of an index, from 1, where letters count from 0: `(i + 1)`, `j` of j − 1."""
    own = place if isinstance(place, Affine) else Affine(str(place), ((str(place), 1),), 0)
    text = _from_zero(replace(own, shift=own.shift + 1))
    return text if text.isidentifier() else f"({text})"


def _from_zero(place: Unit) -> str:
    """A place counted from 0, whose letters count from 0: 2t + s − 1 is 2·t + s + 1."""
    match place:
        case int():
            return str(place - 1)
        case Affine(_, terms, shift):
            text = ""
            for letter, factor in terms:
                size = letter if abs(factor) == 1 else f"{abs(factor)} * {letter}"
                text += (
                    f" {'-' if factor < 0 else '+'} {size}" if text else ("-" if factor < 0 else "") + size
                )
            rest = shift + sum(factor for _, factor in terms) - 1
            return text + (f" {'-' if rest < 0 else '+'} {abs(rest)}" if rest else "")
    return place.name


def number_text(given: Given) -> str:
    """A given number as a double: `-2.0`, `1 / 3`."""
    text = literal(given.value)
    return f"{text}.0" if text.lstrip("-").isdigit() else text
