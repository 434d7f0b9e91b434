"""Trees to SymPy and back, keeping what the author wrote wherever it comes out again.

Going there, a function can stay closed: ln(1 + e^z) is one letter, and rational algebra happens around it. Coming
back, every part that equals a part of the formula gets that part's own tree: 1 + e^z stays in this order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import flint

from nbsolve.arithmetic import ONE
from nbsolve.expr import (
    Applied,
    Expr,
    Function,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    negated,
    number,
    walk,
)

ODD = frozenset({"tanh", "sinh", "sin", "atan", "erf", "sign"})
_NAMES = {"log": "ln", "Abs": "abs", "Max": "max", "Min": "min"}
_BACK = frozenset(
    {"exp", "log", "tanh", "sinh", "cosh", "sin", "cos", "atan", "erf", "Abs", "sign", "Max", "Min"}
)

_LARGEST = 10_000


class NotAFormula(Exception):
    """SymPy came to something that a formula cannot say."""


@dataclass
class Bridge:
    """One formula's way to SymPy and back.

    `closed`: functions stay letters. `signs_as_quotients`: sign(u) is |u|/u, so that u · sign(u) becomes |u|.
    """

    sympy: Any
    closed: bool
    signs_as_quotients: bool = False
    decimals: bool = False
    _letters: dict[Expr, Any] = field(default_factory=dict)
    _trees: dict[Any, Expr] = field(default_factory=dict)

    # ------------------------------------------------------------------ there

    def learn(self, author: Expr) -> None:
        """Remember the parts of an author's expression, so that they come back as they were written."""
        for part in walk(author):
            if isinstance(part, Sum | Function | Applied):
                try:
                    self._trees.setdefault(self.there(part), part)
                except NotAFormula:
                    continue

    def learn_sums(self, e: Expr) -> None:
        """Short sums in which nothing can be simplified: 1 + z² keeps its order."""
        for part in walk(e):
            if not (isinstance(part, Sum) and all(map(_is_short, part.operands))):
                continue
            try:
                found = self.there(part)
            except NotAFormula:
                continue
            if found.is_Add and len(found.args) == len(part.operands):
                self._trees.setdefault(found, part)

    def there(self, e: Expr) -> Any:
        """The SymPy expression. Raises: NotAFormula for a node that has none, and where SymPy fails."""
        try:
            return self._there(e)
        except (TypeError, ValueError) as error:
            raise NotAFormula(str(error)) from error

    def _there(self, e: Expr) -> Any:
        sp = self.sympy
        match e:
            case Number(value):
                return sp.Rational(int(value.p), int(value.q))
            case Variable(name):
                return sp.Symbol(name, real=True)
            case Sum(operands):
                return sp.Add(*map(self.there, operands))
            case Product(operands):
                return sp.Mul(*map(self.there, operands))
            case Negation((inner,)):
                return -self.there(inner)
            case Quotient((above, below)):
                return self.there(above) / self.there(below)
            case Power((base, exponent)) if not self.closed or not _has_letters(exponent):
                return self.there(base) ** self.there(exponent)
            case Function("sqrt", (inner,)) if not self.closed or _has_letters(inner):
                return sp.sqrt(self.there(inner))
            case Function("sign", (inner,)) if self.signs_as_quotients:
                return self.there(Function("abs", (inner,))) / self.there(inner)
        if self.closed:
            return self._letter(e)
        match e:
            case Applied():
                return self.there(e.expanded)
            case Function("pi"):
                return sp.pi
            case Function("exp" | "sinh" | "cosh", (inner,)) if self._is_large(inner):
                return self._letter(e)
            case Function(name, operands):
                return getattr(sp, _FORWARD.get(name, name))(*map(self.there, operands))
        raise NotAFormula(type(e).__name__)

    def _is_large(self, argument: Expr) -> bool:
        """Whether SymPy would work for seconds to learn how large e to this power is."""
        found = self.there(argument)
        return bool(found.is_Rational and abs(found) > _LARGEST)

    def _letter(self, e: Expr) -> Any:
        """A letter of its own for a function; what SymPy knows of it is its sign."""
        if e not in self._letters:
            positive = isinstance(e, Function) and e.name in ("exp", "cosh", "pi")
            letter = self.sympy.Symbol(f"_{len(self._letters):02}", real=True, positive=positive or None)
            self._letters[e] = letter
            self._trees[letter] = e
        return self._letters[e]

    def functions_in(self, letters: Any) -> list[Expr]:
        """The functions that closed letters stand for."""
        return [function for function, letter in self._letters.items() if letter in letters]

    # ------------------------------------------------------------------ back

    def back(self, x: Any) -> Expr:
        """The tree. Raises: NotAFormula."""
        known = self._trees.get(x)
        if known is not None:
            return known
        if x.is_Rational:
            return self._number(x)
        if x.is_Symbol:
            return Variable(x.name)
        if x.is_Add:
            return self._sum(x)
        if x.is_Mul:
            return self._product(x)
        if x.is_Pow:
            return self._product(x) if _is_below(x) else self._power(*x.as_base_exp())
        if x is self.sympy.pi:
            return Function("pi", ())
        if x is self.sympy.E:
            return Function("exp", (number(1),))
        name = type(x).__name__
        if name in _BACK:
            return Function(_NAMES.get(name, name), tuple(map(self.back, x.args)))
        raise NotAFormula(name)

    def _number(self, x: Any) -> Number:
        value = flint.fmpq(int(x.p), int(x.q))
        return Number(value, as_decimal(value) if self.decimals else None)

    def _sum(self, x: Any) -> Expr:
        """Positive terms first, as people write: 1 − t²."""
        terms = [self.back(term) for term in x.as_ordered_terms()]
        terms.sort(key=lambda term: _is_negative(term))
        return Sum(tuple(_with_sign(term) for term in terms))

    def _product(self, x: Any) -> Expr:
        coefficient, rest = x.as_coeff_Mul()
        above: list[Expr] = []
        below: list[Expr] = []
        negative = bool(coefficient < 0)
        for factor in self.sympy.Mul.make_args(rest):
            factor, turned_over = self._as_written(factor)
            negative ^= turned_over
            if factor in self._trees and not _is_below(factor):
                above.append(self._trees[factor])
            elif _is_below(factor):
                base, exponent = factor.as_base_exp()
                below.append(self.back(base**-exponent))
            elif factor != 1:
                above.append(self.back(factor))
        size = abs(coefficient)
        if negative and (turned := self._turned(above)) is not None:
            above, negative = turned, False
        above.sort(key=usual_place)
        below.sort(key=usual_place)
        front, under = (size, 1) if self.decimals and _terminates(size) else (size.p, size.q)
        if front != 1 or not above:
            above.insert(0, self._number(self.sympy.Rational(front)))
        if under != 1:
            below.insert(0, number(int(under)))
        found = _one(above)
        if below:
            found = Quotient((found, _one(below)))
        return Negation((found,)) if negative else found

    def _turned(self, factors: list[Expr]) -> list[Expr] | None:
        """−tanh(y − a) as tanh(a − y), −(y − a) as a − y; None where no factor takes the sign in.

        What the author wrote is not turned.
        """
        written = set(self._trees.values())
        for place, factor in enumerate(factors):
            odd = isinstance(factor, Function) and factor.name in ODD
            inner = factor.children[0] if odd else factor
            if not isinstance(inner, Sum) or inner in written:
                continue
            turned = negated(inner)
            if isinstance(turned, Negation):
                continue
            new = Function(factor.name, (turned,)) if isinstance(factor, Function) else turned
            return [*factors[:place], new, *factors[place + 1 :]]
        return None

    def _as_written(self, factor: Any) -> tuple[Any, bool]:
        """a − 1 as 1 − a where the author wrote that; whether this changes the sign."""
        base, exponent = factor.as_base_exp()
        if base.is_Add and exponent.is_Integer and base not in self._trees and -base in self._trees:
            return (-base) ** exponent, bool(exponent % 2)
        return factor, False

    def _power(self, base: Any, exponent: Any) -> Expr:
        if exponent == self.sympy.Rational(1, 2):
            return Function("sqrt", (self.back(base),))
        if base is self.sympy.E:
            return Function("exp", (self.back(exponent),))
        return Power((self.back(base), self.back(exponent)))


_FORWARD = {"ln": "log", "abs": "Abs", "max": "Max", "min": "Min"}


def _is_short(term: Expr) -> bool:
    if isinstance(term, Negation | Power):
        return _is_short(term.operands[0])
    return isinstance(term, Number | Variable | Function | Applied)


def _has_letters(e: Expr) -> bool:
    return any(isinstance(node, Variable) for node in walk(e))


def _is_below(x: Any) -> bool:
    """Whether it is a power that a person writes under the bar; e^(−z) stays above."""
    return bool(x.is_Pow and x.exp.is_Rational and x.exp < 0)


def _is_negative(term: Expr) -> bool:
    return isinstance(term, Negation) or (isinstance(term, Number) and term.value < 0)


def _with_sign(term: Expr) -> Expr:
    if isinstance(term, Number) and term.value < 0:
        text = None if term.text is None else term.text.removeprefix("-")
        return Negation((Number(-term.value, text),))
    return term


def usual_place(factor: Expr) -> int:
    """Numbers, parameters, the variable and its powers, sums, functions, exponentials."""
    match factor:
        case Number():
            return 0
        case Variable(name):
            return 2 if name in ("z", "a", "y") else 1
        case Power((Variable(), _)):
            return 3
        case Sum() | Power((Sum(), _)):
            return 4
        case Function("exp"):
            return 6
    return 5


def _one(factors: list[Expr]) -> Expr:
    return factors[0] if len(factors) == 1 else Product(tuple(factors))


def _terminates(x: Any) -> bool:
    q = int(x.q)
    for prime in (2, 5):
        while q % prime == 0:
            q //= prime
    return q == 1


def as_decimal(value: flint.fmpq) -> str | None:
    """The number as a decimal, where it has one that ends."""
    if value.q == ONE:
        return None
    for places in range(1, 40):
        scaled = value * flint.fmpq(10) ** places
        if scaled.q == ONE:
            digits = str(abs(int(scaled.p))).rjust(places + 1, "0")
            return ("-" if value < 0 else "") + f"{digits[:-places]}.{digits[-places:]}"
    return None


Operation = Callable[[Any], Any]
