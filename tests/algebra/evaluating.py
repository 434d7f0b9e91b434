"""The value of a formula in letters: at one point, with numbers for its index variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from operator import add
from typing import Any

from tests.algebra.alphabet import Indices, Letters, Whole
from tests.algebra.calling import Own, function_of
from tests.algebra.matrices import Matrix, Value, single
from tests.algebra.model import Model, Place
from tests.algebra.scalars import Scalar, pi_like, plain, power, slope_of
from tests.algebra.scanning import Unreadable
from tests.algebra.tree import (
    Call,
    Cases,
    Compared,
    Derivative,
    Grid,
    Hadamard,
    IndexedSum,
    Indicator,
    Letter,
    Marked,
    Neg,
    Node,
    Num,
    Power,
    Product,
    Quotient,
    Remainder,
    Share,
    Sum,
    Transposed,
    letters,
)

RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "≠": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    ">": lambda a, b: bool(a > b),
    "≤": lambda a, b: bool(a <= b),
    "≥": lambda a, b: bool(a >= b),
}
Parameters = Callable[["Evaluator", Node], Mapping[str, Scalar]]


class Evaluator:
    """Evaluates trees at one point. `parameters` are those of an activation, by its argument."""

    def __init__(
        self,
        model: Model,
        alphabet: Letters,
        number: Callable[[Fraction], Scalar],
        parameters: Parameters,
        own: Own,
        indices: Indices | None = None,
        *,
        inside: bool = False,
    ) -> None:
        self.model, self.alphabet, self.number = model, alphabet, number
        self.parameters, self.own = parameters, own
        self.indices = indices or {}
        self.inside = inside
        self.remainder = False
        self._rules: dict[type, Callable[[Any], Value]] = {
            Num: lambda node: number(node.value),
            Letter: self._letter,
            Neg: lambda node: self._each(self(node.inner), lambda x: -x),
            Sum: self._sum,
            Product: self._product,
            Quotient: lambda node: self._over(self(node.top), self.scalar(node.bottom)),
            Power: self._power,
            Call: self._call,
            Derivative: self._derivative,
            Share: self._share,
            IndexedSum: self._indexed_sum,
            Indicator: lambda node: number(Fraction(int(self.holds(node.condition)))),
            Cases: self._cases,
            Grid: lambda node: Matrix(tuple(tuple(map(self.scalar, row)) for row in node.rows)),
            Transposed: self._transposed,
            Hadamard: self._hadamard,
            Marked: lambda node: self(node.body),
            Remainder: lambda node: self(node.body) if self.remainder else number(Fraction(0)),
        }

    def __call__(self, node: Node) -> Value:
        """The value: a scalar or a matrix."""
        rule = self._rules.get(type(node))
        if rule is None:
            raise Unreadable(f"no value: {node}")
        return rule(node)

    def scalar(self, node: Node) -> Scalar:
        """The value of what must be a number."""
        value = single(self(node))
        if isinstance(value, Matrix):
            raise Unreadable("a vector where a number should be")
        return value

    def at(self, indices: Indices) -> Evaluator:
        """This evaluator with more index variables placed."""
        chosen = {**self.indices, **indices}
        return self._other(self.model, chosen, inside=self.inside)

    def with_remainder(self) -> Evaluator:
        """This evaluator, for which O(x) is x, not 0."""
        other = self._other(self.model, self.indices, inside=self.inside)
        other.remainder = True
        return other

    def _other(self, model: Model, indices: Indices, *, inside: bool) -> Evaluator:
        return Evaluator(model, self.alphabet, self.number, self.parameters, self.own, indices, inside=inside)

    # letters and derivatives

    def _letter(self, node: Letter) -> Value:
        if node.core in self.indices and not node.sub and not node.sup and node not in self.alphabet.table:
            raise Unreadable(f"the place {node.core} as a value")
        meaning = self.alphabet.meaning(node, self.indices)
        if isinstance(meaning, Whole):
            return Matrix(tuple(tuple(self.model(place) for place in row) for row in meaning.rows))
        return self.model(meaning)

    def _derivative(self, node: Derivative) -> Value:
        if self.inside:
            raise Unreadable("a derivative inside a derivative")
        variable = self.alphabet.meaning(node.variable, self.indices)
        if not isinstance(variable, Whole):
            return self._along(variable, node.body)
        found = [[self._along(place, node.body) for place in row] for row in variable.rows]
        if not isinstance(found[0][0], Matrix):
            return Matrix(tuple(map(tuple, found)))
        # the Jacobian of a vector in a vector: entry (k, j) is ∂a_k / ∂z_j
        columns = [entry.entries for row in found for entry in row]
        return Matrix(tuple(zip(*columns, strict=True)))

    def _along(self, place: Place, body: Node) -> Value:
        moved = self._other(self.model.along(place), self.indices, inside=True)
        value = self._each(moved(body), slope_of)
        return value if isinstance(value, Matrix) else value + self.number(Fraction(0))

    def _share(self, node: Share) -> Scalar:
        """∂L/∂u · ∂u/∂h, u being what the derivative is taken through."""
        through = (
            Derivative(node.derivative.body, node.through),
            Derivative(node.through, node.derivative.variable),
        )
        return self.scalar(through[0]) * self.scalar(through[1])

    # arithmetic

    @staticmethod
    def _each(value: Value, function: Callable[[Scalar], Scalar]) -> Value:
        return value.each(function) if isinstance(value, Matrix) else function(value)

    def _sum(self, node: Sum) -> Value:
        total = single(self(node.terms[0]))
        for term in node.terms[1:]:
            value = single(self(term))
            if isinstance(total, Matrix) and self._shared(term):
                total = total.each(partial(add, value))
                continue
            if isinstance(total, Matrix) != isinstance(value, Matrix):
                raise Unreadable("a number added to a vector")
            total = total.with_(value, lambda a, b: a + b) if isinstance(total, Matrix) else total + value
        return total

    def _shared(self, term: Node) -> bool:
        """Whether a term is the bias that all units of a layer share: it is added to each of them."""
        inner = term.inner if isinstance(term, Neg) else term
        if not isinstance(inner, Letter):
            return False
        meaning = self.alphabet.find(inner, self.indices)
        return isinstance(meaning, tuple) and meaning[:1] == ("b",) and meaning[-1] == 0

    def _product(self, node: Product) -> Value:
        values = [single(self(factor)) for factor in node.factors]
        vectors = [n for n, value in enumerate(values) if isinstance(value, Matrix)]
        if len(vectors) == 2 and len(values) == 2 and values[0].shape == values[1].shape:
            return values[0].dot(values[1])
        result = values[0]
        for value in values[1:]:
            result = self._times(result, value)
        return result

    @staticmethod
    def _times(left: Value, right: Value) -> Value:
        if isinstance(left, Matrix) and isinstance(right, Matrix):
            return left.times(right)
        if isinstance(right, Matrix):
            return right.each(lambda x: left * x)
        return left.each(lambda x: x * right) if isinstance(left, Matrix) else left * right

    def _over(self, top: Value, bottom: Scalar) -> Value:
        if plain(bottom) == 0:
            raise Unreadable("a division by zero")
        return self._each(top, lambda x: x / bottom)

    def _power(self, node: Power) -> Scalar:
        whole = _whole(node.exponent)
        return power(self.scalar(node.base), self.scalar(node.exponent), whole)

    def _hadamard(self, node: Hadamard) -> Value:
        values = [single(self(factor)) for factor in node.factors]
        result = values[0]
        for value in values[1:]:
            if isinstance(result, Matrix) != isinstance(value, Matrix):
                raise Unreadable("⊙ between a number and a vector")
            result = result.with_(value, lambda a, b: a * b) if isinstance(result, Matrix) else result * value
        return result

    def _transposed(self, node: Transposed) -> Value:
        value = self(node.inner)
        if not isinstance(value, Matrix):
            return value  # a vector of one entry: letters that stand for one are scalars
        return value.transposed

    def _indexed_sum(self, node: IndexedSum) -> Value:
        total: Value = None
        for number in self._range(node):
            value = self.at({node.index: number})(node.body)
            if total is None:
                total = value
            else:
                total = total.with_(value, lambda a, b: a + b) if isinstance(value, Matrix) else total + value
        return total

    def _range(self, node: IndexedSum) -> range | list[int]:
        if node.index in self.indices:
            raise Unreadable(f"a sum over {node.index}, which has a value already")
        ranges = {
            self.alphabet.range_of(letter, node.index, self.indices)
            for letter in letters(node.body)
            if node.index in self.alphabet.free(letter) and letter.core != node.index
        }
        if node.first is not None and isinstance(node.last, int):
            said = range(node.first, node.last + 1)
            if not ranges or not all(set(said) <= one for one in ranges):
                raise Unreadable(f"a sum over {node.index} from {node.first} to {node.last}")
            return said
        if len(ranges) != 1:
            raise Unreadable(f"a sum over {node.index} with the ranges {sorted(map(sorted, ranges))}")
        whole = sorted(ranges.pop())
        if node.first is not None and node.last is not None:
            last = node.last if isinstance(node.last, int) else len(whole)
            return range(node.first, last + 1)
        return whole

    # functions and conditions

    def _call(self, node: Call) -> Value:
        if node.name == "pi":
            return pi_like(self.number(Fraction(1)))
        values = [self(argument) for argument in node.arguments]
        if len(values) == 1:
            function = function_of(
                node, partial(self.parameters, self, node.arguments[0]), self.own, self.model
            )
            return function(values[0])
        if node.name in ("max", "min") and not node.primes:
            return (max if node.name == "max" else min)(values, key=plain)
        raise Unreadable(f"{node.name} of {len(values)}")

    def holds(self, condition: Compared) -> bool:
        """Whether a condition is true here; one between places compares the places."""
        sides = [self._place(side) for side in (condition.left, condition.right)]
        if None not in sides:
            return RELATIONS[condition.relation](*sides)
        left, right = self.scalar(condition.left), self.scalar(condition.right)
        return RELATIONS[condition.relation](plain(left), plain(right))

    def _place(self, node: Node) -> int | None:
        if isinstance(node, Letter) and not node.sub and not node.sup and node not in self.alphabet.table:
            return self.indices.get(node.core)
        return int(node.value) if isinstance(node, Num) and node.value.denominator == 1 else None

    def _cases(self, node: Cases) -> Value:
        for value, condition in node.branches:
            if condition is None or self.holds(condition):
                return self(value)
        raise Unreadable("no case applies")


def _whole(node: Node) -> Fraction | None:
    match node:
        case Num(value):
            return value
        case Neg(Num(value)):
            return -value
        case Quotient(Num(top), Num(bottom)):
            return top / bottom
        case Neg(Quotient(Num(top), Num(bottom))):
            return -top / bottom
    return None
