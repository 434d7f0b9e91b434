"""Laying a line with numbers on the line with letters: same shape, every number its own letter's value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from nbsolve.checking.audit.evaluate import Evaluator, Unknown
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.logarithms import is_logarithm, is_value
from nbsolve.checking.audit.tree import (
    Call,
    Matrix,
    Neg,
    Node,
    Num,
    Product,
    Quotient,
    Sum,
    Sym,
    children,
    has_symbols,
)
from nbsolve.checking.oracle.numbers import Number
from nbsolve.checking.oracle.rounding import as_fraction, round_half_away

Evaluate = Callable[[Node], Number]


@dataclass
class Laid:
    """What came of it: the first fault, or whether every number is exactly its letter's value.

    `letters` tells whether the upper line has letters: its numbers are then constants, which stay as they are;
    a number of an evaluated line may be rounded further. `signed` are letters that are given as −0.
    """

    fault: str | None = None
    exact: bool = True
    letters: bool = True
    signed: Collection[str] = ()

    def fail(self, why: str) -> None:
        self.fault = self.fault or why


def tidy(node: Node) -> Node:
    """Braces and boxes taken off, products of products and sums of sums made flat."""
    match node:
        case Call("brace" | "boxed", (inner, *_)):
            return tidy(inner)
        case Call(name, arguments):
            return Call(name, tuple(tidy(a) for a in arguments))
        case Neg(inner):
            return Neg(tidy(inner))
        case Product(factors):
            flat: list[Node] = []
            for f in map(tidy, factors):
                flat += f.factors if isinstance(f, Product) else (f,)
            return Product(tuple(flat))
        case Sum(terms):
            parts: list[Node] = []
            for t in map(tidy, terms):
                parts += t.terms if isinstance(t, Sum) else (t,)
            return Sum(tuple(parts))
    parts_of = children(node)
    return type(node)(*(tidy(c) for c in parts_of)) if parts_of and not _is_matrix(node) else node  # type: ignore[arg-type]


def _is_matrix(node: Node) -> bool:
    return isinstance(node, Matrix)


def literal(node: Node) -> tuple[Fraction, Num] | None:
    """A number with its sign, where the node is nothing else."""
    if isinstance(node, Num):
        return node.value, node
    if isinstance(node, Neg) and isinstance(node.inner, Num):
        return -node.inner.value, node.inner
    return None


def rounds_to(value: Number, number: tuple[Fraction, Num]) -> bool:
    """Whether the printed number is `value` rounded half away from zero to its last place."""
    if is_logarithm(number[1]):
        return is_value(number[0], value)
    return round_half_away(as_fraction(value), number[1].decimals) == number[0]


def lay(letters: Node, numbers: Node, evaluate: Evaluate, signed: Collection[str] = ()) -> Laid:
    """Lay `numbers` on `letters` (both tidy); `evaluate` gives the letters' own values."""
    out = Laid(letters=has_symbols(letters), signed=signed)
    _lay(letters, numbers, evaluate, out)
    return out


def follows_faults(before: Iterable[Node], node: Node, target: str, evaluate: Evaluate) -> Iterator[str]:
    """What is wrong where a line is calculated from the numbers of the lines above it."""
    for line in before:
        if literal(node) is None and literal(line) is not None:
            yield f"{target}: a formula after a number"
        elif fault := lay(line, node, evaluate).fault:
            yield f"{target}, calculated from the line above: {fault}"


def _lay(letters: Node, numbers: Node, evaluate: Evaluate, out: Laid) -> None:
    printed = literal(numbers)
    if printed is not None:
        _number(letters, printed, evaluate, out)
        return
    if _constant(numbers) and isinstance(letters.inner if isinstance(letters, Neg) else letters, (Sym, Call)):
        _fraction(letters, numbers, evaluate, out)
        return
    if isinstance(numbers, Matrix) and isinstance(letters, Sym):
        _column(letters, numbers, evaluate, out)
        return
    if isinstance(numbers, Neg) and not isinstance(letters, Neg):
        numbers = _sign_inside(numbers)
    if isinstance(letters, Neg) and isinstance(numbers, Neg):
        _lay(letters.inner, numbers.inner, evaluate, out)
        return
    if type(letters) is not type(numbers):
        out.fail(f"shape: {_kind(letters)} became {_kind(numbers)}")
        return
    if isinstance(letters, Call) and isinstance(numbers, Call) and letters.name != numbers.name:
        out.fail(f"shape: {letters.name} became {numbers.name}")
        return
    ours, theirs = children(letters), children(numbers)
    if isinstance(letters, Sum) and len(ours) > len(theirs) > 1 and _collected(ours, theirs, evaluate, out):
        return
    if len(ours) != len(theirs):
        out.fail(f"shape: {len(ours)} parts became {len(theirs)}")
        return
    if not ours and letters != numbers:
        out.fail(f"{letters} became {numbers}")
    for a, b in zip(ours, theirs, strict=True):
        bare = isinstance(a, Neg) and isinstance(a.inner, Sym) and isinstance(b, Num)
        if bare and (isinstance(letters, Sum) or not evaluate(a) > 0):  # −(−30) is 30
            out.fail("a minus is missing")  # even before a 0
        plain = isinstance(letters, Sum) and not isinstance(a, Neg)
        if plain and _minus_zero(b) and _first(a) not in out.signed:
            out.fail("a minus before a 0")
        _lay(a, b, evaluate, out)


def _number(letters: Node, printed: tuple[Fraction, Num], evaluate: Evaluate, out: Laid) -> None:
    own = literal(letters)
    if own is not None and out.letters:
        if own[0] != printed[0] or own[1].text != printed[1].text:
            out.fail(f"{own[1].text} became {printed[1].text}")
        return
    try:
        value = evaluate(letters)
    except (Unknown, ZeroDivisionError, ValueError) as error:
        out.fail(f"{_kind(letters)} has no value: {error}")
        return
    if not rounds_to(value, printed):
        out.fail(f"{printed[1].text} stands for {float(value):.12g}")
    if value != printed[0] and not is_logarithm(printed[1]):
        out.exact = False


def _collected(ours: tuple[Node, ...], theirs: tuple[Node, ...], evaluate: Evaluate, out: Laid) -> bool:
    """Whether each number is the sum of the next few terms: `1.2533 + 1.2216` under `L^{[1]} + L^{[2]} + Ω`."""
    first = literal(theirs[0])
    if first is None:
        return False
    if len(theirs) == 1:
        trial = Laid(letters=False)
        _number(Sum(ours), first, evaluate, trial)
        out.exact = out.exact and trial.exact
        return trial.fault is None
    for taken in range(1, len(ours) - len(theirs) + 2):
        trial = Laid(letters=False)
        _number(Sum(ours[:taken]), first, evaluate, trial)
        if (
            trial.fault is None
            and not (_minus_zero(theirs[0]) and not isinstance(ours[0], Neg))
            and _collected(ours[taken:], theirs[1:], evaluate, out)
        ):
            out.exact = out.exact and trial.exact
            return True
    return False


def _first(node: Node) -> str:
    """The letter that a term begins with."""
    first = node.factors[0] if isinstance(node, Product) else node
    return first.name if isinstance(first, Sym) else ""


def _minus_zero(node: Node) -> bool:
    """−0, or −0 · x."""
    inner = node.inner if isinstance(node, Neg) else None
    first = inner.factors[0] if isinstance(inner, Product) else inner
    return isinstance(first, Num) and first.value == 0


def _constant(node: Node) -> bool:
    """A given written as a fraction, with or without a sign."""
    node = node.inner if isinstance(node, Neg) else node
    return isinstance(node, Quotient) and isinstance(node.top, (Num, Neg)) and isinstance(node.bottom, Num)


def _fraction(letters: Node, numbers: Node, evaluate: Evaluate, out: Laid) -> None:
    try:
        value = evaluate(letters)
    except (Unknown, ZeroDivisionError, ValueError) as error:
        out.fail(f"{_kind(letters)} has no value: {error}")
        return
    if value != Evaluator()(numbers):
        out.fail(f"a fraction stands for {letters} = {float(value):.12g}")


def _column(letters: Sym, numbers: Matrix, evaluate: Evaluate, out: Laid) -> None:
    """A column of numbers on the letter of a vector."""
    stem, _, sample = letters.name.removeprefix("vector ").partition("@")
    if not letters.name.startswith("vector ") or any(len(row) != 1 for row in numbers.rows):
        out.fail(f"{letters.name} became a matrix")
        return
    mark = f"@{sample}" if sample else ""
    for n, row in enumerate(numbers.rows, 1):
        _lay(Sym(f"{stem}[{n}]{mark}"), row[0], evaluate, out)


def _sign_inside(node: Neg) -> Node:
    """−(0.06 · x) read as (−0.06) · x, as a sign before a product of numbers is meant."""
    inner = node.inner
    if isinstance(inner, Product) and (literal(inner.factors[0]) is not None or _constant(inner.factors[0])):
        first = inner.factors[0]
        return Product((first.inner if isinstance(first, Neg) else Neg(first), *inner.factors[1:]))
    return node


def _kind(node: Node) -> str:
    return f"{type(node).__name__}{'' if has_symbols(node) else ' of numbers'}"


__all__ = ["Laid", "Unreadable", "lay", "literal", "rounds_to", "tidy"]
