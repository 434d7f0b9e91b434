"""Short numbers, and the arguments at which a function and its derivative are short.

At `digits: 2` a number is short that has at most two digits, zeros around them not counted, and at most four
decimals: 0.16, −3, 0.024, 120. A logarithm r + c ln b is short where r and c are, and b is a fraction of small
numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import gcd

import flint
import numpy as np

from nbsolve.arithmetic import Arithmetic, Undecided, Value
from nbsolve.errors import DomainError
from nbsolve.evaluate import evaluate
from nbsolve.expr import Expr, number, with_variables
from nbsolve.expr.literals import literal_of
from nbsolve.given import Given
from nbsolve.logarithms import Logarithm, logarithm_of
from nbsolve.problem.functions import activation_of
from nbsolve.problem.model import Choice
from nbsolve.values import Values

__all__ = [
    "EXACT",
    "MORE",
    "ZERO",
    "Argument",
    "Number",
    "Shares",
    "arguments",
    "is_short",
    "shares",
    "value_at",
]

Number = flint.fmpq | Logarithm
ZERO = flint.fmpq(0)
EXACT = Arithmetic()
MORE = 2
"""How many digits more new parameters may have, which are differences of short numbers, and ∂L/∂x."""
_MORE_DECIMALS = 2
_LARGEST_BASE = 100
_EXPONENTS = 3
_MOST = 20
"""Arguments are ln(m/n) and half of it for m, n up to this, and decimals up to ±5."""


def is_short(value: object, digits: int) -> bool:
    """Whether a value, or every entry of an array, is short."""
    if isinstance(value, np.ndarray):
        return all(is_short(entry, digits) for entry in value.reshape(-1))
    if isinstance(value, Logarithm):
        base = value.base
        return (
            is_short(value.rest, digits)
            and is_short(value.coefficient, digits)
            and max(int(base.p), int(base.q)) <= _LARGEST_BASE
        )
    if not isinstance(value, flint.fmpq):
        return False
    decimals = digits + _MORE_DECIMALS
    whole, rest = divmod(abs(int(value.p)) * 10**decimals, int(value.q))
    if rest or whole >= 10 ** (decimals + digits + 1):
        return False
    return whole < 10**digits or len(str(whole).rstrip("0")) <= digits


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument z at which a function has the short value a, and the short derivative `slope`, which is not 0."""

    z: Number
    a: flint.fmpq
    slope: flint.fmpq


@dataclass(frozen=True, slots=True)
class Shares:
    """Arguments of all units of a softmax layer, and its short outputs."""

    z: tuple[Number, ...]
    p: tuple[flint.fmpq, ...]


def arguments(choice: Choice, digits: int) -> tuple[Argument, ...]:
    """The table of a function of one unit: read off its record, nothing else."""
    return _arguments(choice.name, _texts(choice), choice.formula, digits)


def _texts(choice: Choice) -> tuple[tuple[str, str], ...]:
    return tuple((name, given.text) for name, given in choice.parameters.items())


@lru_cache(maxsize=64)
def _arguments(
    name: str, texts: tuple[tuple[str, str], ...], formula: str | None, digits: int
) -> tuple[Argument, ...]:
    own = Choice(name=name, parameters={key: Given.read(text) for key, text in texts}, formula=formula)
    record = activation_of(own)
    parameters = {name: given.value for name, given in own.parameters.items()}
    found: list[Argument] = []
    for z in _candidates(digits):
        a, slope = (value_at(part, {**parameters, "z": z}) for part in (record.definition, record.derivative))
        fits = isinstance(a, flint.fmpq) and isinstance(slope, flint.fmpq) and slope != 0 and a != 0
        if fits and all(is_short(value, digits) for value in (z, a, slope)):
            assert isinstance(a, flint.fmpq)
            assert isinstance(slope, flint.fmpq)
            if record.kink is None or z != 0:
                found.append(Argument(z, a, slope))
    return tuple(found)


@lru_cache(maxsize=64)
def shares(units: int, digits: int, base: flint.fmpq | None = None) -> tuple[Shares, ...]:
    """The table of a softmax layer: e^z are small whole numbers whose sum divides them into short parts.

    With a base, base^z are powers of it, and their sum is one: then the loss to this base is a whole number.
    """
    if base is not None:
        return tuple(_powers(units, digits, base))
    found: list[Shares] = []
    for whole in _wholes(units, 12):
        total = sum(whole)
        p = tuple(flint.fmpq(one, total) for one in whole)
        if (
            gcd(*whole) == 1
            and len(set(whole)) == units
            and all(is_short(one * other, digits) for one in p for other in (flint.fmpq(1), 1 - one, *p))
        ):
            z = tuple(_ln(one) for one in whole)
            if all(is_short(one, digits) for one in z):
                found.append(Shares(z, p))
    return tuple(found)


def _powers(units: int, digits: int, base: flint.fmpq) -> Iterator[Shares]:
    powers = [base**n for n in range(-_EXPONENTS, _EXPONENTS + 1)]
    for exponents in product(range(-_EXPONENTS, _EXPONENTS + 1), repeat=units):
        raised = [base**n for n in exponents]
        total = sum(raised, flint.fmpq(0))
        p = tuple(one / total for one in raised)
        if (
            total in powers
            and len({*p}) > 1
            and all(is_short(x, digits) for one in p for x in (one, 1 - one))
        ):
            yield Shares(tuple(map(flint.fmpq, exponents)), p)


def _ln(whole: int) -> Number:
    """ln of a whole number."""
    value = logarithm_of(flint.fmpq(0), flint.fmpq(whole))
    assert isinstance(value, flint.fmpq | Logarithm)
    return value


def _wholes(units: int, most: int) -> Iterator[tuple[int, ...]]:
    if not units:
        yield ()
        return
    for first in range(1, most + 1):
        yield from ((first, *rest) for rest in _wholes(units - 1, most))


@lru_cache(maxsize=8)
def _candidates(digits: int) -> tuple[Number, ...]:
    """Decimals from −5 to 5, and the logarithms of fractions of small numbers, and half of them."""
    decimals = [flint.fmpq(n, 10) for n in range(-50, 51)]
    fractions = sorted(
        {
            flint.fmpq(m, n)
            for m in range(1, _MOST + 1)
            for n in range(1, _MOST + 1)
            if gcd(m, n) == 1 and m != n
        },
        key=lambda q: (int(q.p), int(q.q)),
    )
    logarithms = [logarithm_of(flint.fmpq(0), q, d) for q in fractions for d in (1, 2)]
    unique = {str(one): one for one in logarithms if isinstance(one, Logarithm)}
    return (*decimals, *unique.values())


def value_at(formula: Expr, values: Mapping[str, Value]) -> Value | None:
    """The value of a formula in placeholders; None where it has none that is known exactly."""
    filled = with_variables(formula, {name: _literal(value) for name, value in values.items()})
    try:
        found = evaluate(filled, Values(), EXACT)
    except (DomainError, Undecided):
        return None
    return found if isinstance(found, flint.fmpq | Logarithm) else None


def _literal(value: Value) -> Expr:
    if isinstance(value, Logarithm):
        return literal_of(str(value), value)
    assert isinstance(value, flint.fmpq)
    return number(value)
