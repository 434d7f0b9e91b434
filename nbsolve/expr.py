"""The closed expression tree: what formulae are made of, in the order in which they were written.

Nodes hold no markup (a renderer prints them) and no numbers but literals (bindings supply those).
`evaluate` computes a tree in an `Arithmetic`; vectors and matrices are numpy object arrays of values.
`substitute` replaces leaves, which is how a line with letters becomes a line with numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import flint
import numpy as np

from nbsolve.arithmetic import ONE, ZERO, Arithmetic, Value
from nbsolve.symbol import Partial, Role, Symbol

Atom = Symbol | Partial
Array = np.ndarray[Any, np.dtype[Any]]
Operand = Value | Array


class Bindings(Protocol):
    """Where the values of atoms come from."""

    def __getitem__(self, atom: Atom, /) -> Operand: ...


LARGEST_EXACT = 4096
"""Products of arrays with more entries are not searched for exact zeros."""


class Expr:
    """A node of the tree."""

    __slots__ = ()

    @property
    def children(self) -> tuple[Expr, ...]:
        """The parts, in the order in which they are written."""
        return ()

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        """The same node with other parts."""
        return self


@dataclass(frozen=True, slots=True)
class Number(Expr):
    """A literal; `text` where it must be printed as written or as rounded (its value is then the text's)."""

    value: flint.fmpq
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity(Expr):
    """A symbol or a partial derivative, to be found in the bindings."""

    atom: Atom


@dataclass(frozen=True, slots=True)
class Variable(Expr):
    """A placeholder of a catalogue formula (z, a, y, a parameter); replaced before it is used."""

    name: str


class _Many(Expr):
    __slots__ = ()
    operands: tuple[Expr, ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        return self.operands

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return type(self)(children)  # type: ignore[call-arg]


@dataclass(frozen=True, slots=True)
class Sum(_Many):
    """Terms added; a `Negation` among them is printed as a subtraction."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Product(_Many):
    """Factors multiplied; a scalar may multiply a vector or matrix."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Quotient(_Many):
    """numerator / denominator (scalars)."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Power(_Many):
    """base ^ exponent, the exponent rational (scalars)."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Negation(_Many):
    """−operand."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Function(Expr):
    """One of `FUNCTIONS`, known by name: exp, ln, sqrt, tanh, erf, abs, sign, max, dot, norm."""

    name: str
    operands: tuple[Expr, ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        return self.operands

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return Function(self.name, children)


@dataclass(frozen=True, slots=True)
class Applied(Expr):
    """A catalogue function named `name` (σ, ReLU, …): `definition` is its formula in placeholders.

    `entries` fill the placeholders; where they are vectors the formula acts entry by entry, while `whole`
    placeholders keep their vectors. Printed as the function of its first entry; `primes` marks a derivative (σ′).
    """

    name: str
    definition: Expr
    entries: tuple[tuple[str, Expr], ...]
    whole: tuple[tuple[str, Expr], ...] = ()
    primes: int = 0

    @property
    def argument(self) -> Expr:
        return self.entries[0][1]

    @property
    def children(self) -> tuple[Expr, ...]:
        return tuple(value for _, value in (*self.entries, *self.whole))

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        count = len(self.entries)
        entries = tuple((name, new) for (name, _), new in zip(self.entries, children[:count], strict=True))
        whole = tuple((name, new) for (name, _), new in zip(self.whole, children[count:], strict=True))
        return Applied(self.name, self.definition, entries, whole, self.primes)

    @property
    def expanded(self) -> Expr:
        """The definition with its placeholders filled in."""
        return with_variables(self.definition, dict((*self.entries, *self.whole)))


@dataclass(frozen=True, slots=True)
class Comparison(Expr):
    """left `relation` right, with relation one of < ≤ = ≥ > ≠."""

    left: Expr
    relation: str
    right: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        return (self.left, self.right)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return Comparison(children[0], self.relation, children[1])


@dataclass(frozen=True, slots=True)
class Cases(Expr):
    """value where condition, … ; the last value holds otherwise (its condition is None)."""

    branches: tuple[tuple[Expr, Comparison | None], ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        return tuple(part for value, condition in self.branches for part in (value, condition) if part)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        rest = iter(children)
        pairs = []
        for _, condition in self.branches:
            value = next(rest)
            pairs.append((value, next(rest) if condition else None))
        return Cases(tuple(pairs))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Matrix(Expr):
    """Rows of expressions; one column makes a vector."""

    rows: tuple[tuple[Expr, ...], ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        return tuple(entry for row in self.rows for entry in row)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        width = len(self.rows[0])
        return Matrix(tuple(children[k : k + width] for k in range(0, len(children), width)))


@dataclass(frozen=True, slots=True)
class MatrixProduct(_Many):
    """Matrices and vectors multiplied from the left to the right."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Hadamard(_Many):
    """Vectors or matrices of one shape multiplied entry by entry (⊙)."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Transpose(_Many):
    """The transpose of a matrix, or of a vector (then a row)."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Total(_Many):
    """The sum of the entries of a vector or matrix."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Brace(Expr):
    """An expression with a note under a brace: the id of a phrase and the atoms that it names."""

    body: Expr
    phrase: str
    names: tuple[Atom, ...] = ()

    @property
    def children(self) -> tuple[Expr, ...]:
        return (self.body,)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return Brace(children[0], self.phrase, self.names)


@dataclass(frozen=True, slots=True)
class FactorReference(Expr):
    """An expression found earlier, printed with (or as) its circled number."""

    number: int
    body: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        return (self.body,)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return FactorReference(self.number, children[0])


# ------------------------------------------------------------------------------------- building


def number(value: int | flint.fmpq) -> Number:
    """A literal without a text of its own."""
    return Number(flint.fmpq(value))


def product(*factors: Expr) -> Expr:
    """The product, flattened, without factors of 1; a single factor is itself."""
    flat: list[Expr] = []
    for factor in factors:
        flat.extend(factor.operands if isinstance(factor, Product) else (factor,))
    kept = [f for f in flat if not (isinstance(f, Number) and f.value == ONE and f.text is None)]
    if not kept:
        return number(1)
    return kept[0] if len(kept) == 1 else Product(tuple(kept))


def total(*terms: Expr) -> Expr:
    """The sum, without terms of 0; a single term is itself."""
    kept = [t for t in terms if not (isinstance(t, Number) and t.value == ZERO and t.text is None)]
    if not kept:
        return number(0)
    return kept[0] if len(kept) == 1 else Sum(tuple(kept))


def collected(*terms: Expr) -> Expr:
    """The sum with the leading factors that all its terms share taken out: p a + p b is p (a + b)."""
    if len(terms) < 2:
        return total(*terms)
    factors = [term.operands if isinstance(term, Product) else (term,) for term in terms]
    shared = 0
    while all(len(own) > shared and own[shared] == factors[0][shared] for own in factors):
        shared += 1
    rest = total(*(product(*own[shared:]) for own in factors))
    return product(*factors[0][:shared], rest)


def quotient(numerator: Expr, denominator: Expr) -> Expr:
    """numerator / denominator."""
    return Quotient((numerator, denominator))


def negated(expression: Expr) -> Expr:
    """−expression in the shape a person writes: y − a for −(a − y), c for −(−c)."""
    if isinstance(expression, Negation):
        return expression.operands[0]
    if isinstance(expression, Number):
        return Number(-expression.value)
    if isinstance(expression, Sum) and len(expression.operands) == 2:
        first, second = expression.operands
        if isinstance(second, Negation):
            return Sum((second.operands[0], Negation((first,))))
    if isinstance(expression, Product | Hadamard):
        for position, factor in enumerate(expression.operands):
            turned = negated(factor)
            if isinstance(factor, Sum | Negation | Product) and not isinstance(turned, Negation):
                operands = (*expression.operands[:position], turned, *expression.operands[position + 1 :])
                return product(*operands) if isinstance(expression, Product) else Hadamard(operands)
    return Negation((expression,))


# ------------------------------------------------------------------------------------- walking


def walk(expression: Expr) -> Iterator[Expr]:
    """Every node, parents before children, in written order."""
    yield expression
    for child in expression.children:
        yield from walk(child)


def atoms(expression: Expr) -> tuple[Atom, ...]:
    """The symbols and partial derivatives of an expression, each once, in written order."""
    return tuple(dict.fromkeys(node.atom for node in walk(expression) if isinstance(node, Quantity)))


def substitute(expression: Expr, replace: Callable[[Expr], Expr | None]) -> Expr:
    """The expression with every node for which `replace` gives another one replaced by it (not re-entered)."""
    new = replace(expression)
    if new is not None:
        return new
    children = expression.children
    if not children:
        return expression
    replaced = tuple(substitute(child, replace) for child in children)
    same = all(new is old for new, old in zip(replaced, children, strict=True))
    return expression if same else expression.rebuilt(replaced)


def with_variables(expression: Expr, variables: Mapping[str, Expr]) -> Expr:
    """The catalogue formula with those placeholders filled in that are among the variables."""
    return substitute(
        expression, lambda node: variables.get(node.name) if isinstance(node, Variable) else None
    )


# ------------------------------------------------------------------------------------- evaluating


def evaluate(expression: Expr, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    """The value of an expression: fmpq or arb, or an object array of them.

    Raises: Undecided (more bits are needed), DomainError, KeyError (an unbound atom), TypeError (a node that
    has no value, such as a placeholder).
    """
    rule = _RULES.get(type(expression))
    if rule is None:
        raise TypeError(f"{type(expression).__name__} has no value")
    return rule(expression, bindings, arithmetic)


def _operands(expression: Any, bindings: Bindings, arithmetic: Arithmetic) -> list[Any]:
    return [evaluate(operand, bindings, arithmetic) for operand in expression.operands]


def _sum(e: Sum, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    result, *rest = _operands(e, bindings, arithmetic)
    for term in rest:
        result = result + term
    return result  # type: ignore[no-any-return]


def _product(e: Product | Hadamard, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    result, *rest = _operands(e, bindings, arithmetic)
    for factor in rest:
        # An array stands first: a flint number on the left would not know what to do with it.
        result = factor * result if isinstance(factor, np.ndarray) else result * factor
    return result  # type: ignore[no-any-return]


def _quotient(e: Quotient, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    numerator, denominator = _operands(e, bindings, arithmetic)
    if isinstance(numerator, np.ndarray):
        return elementwise(lambda entry: arithmetic.divide(entry, denominator), numerator)
    return arithmetic.divide(numerator, denominator)


def _power(e: Power, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    base, exponent = _operands(e, bindings, arithmetic)
    if isinstance(base, np.ndarray):
        return elementwise(lambda entry: arithmetic.power(entry, exponent), base)
    return arithmetic.power(base, exponent)


class _Scope:
    """Bindings inside an `Applied`: values of placeholders; its formula has no atoms."""

    def __init__(self, values: dict[str, Operand]) -> None:
        self.values = values

    def __getitem__(self, atom: Atom, /) -> Operand:
        raise KeyError(atom)


def _variable(e: Variable, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    if not isinstance(bindings, _Scope):
        raise TypeError(f"the placeholder {e.name} has no value here")
    return bindings.values[e.name]


def _applied(e: Applied, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    scope = {name: evaluate(value, bindings, arithmetic) for name, value in e.whole}
    entries = [(name, evaluate(value, bindings, arithmetic)) for name, value in e.entries]
    arrays = [value for _, value in entries if isinstance(value, np.ndarray)]
    if not arrays:
        return evaluate(e.definition, _Scope(scope | dict(entries)), arithmetic)
    result = np.empty(arrays[0].shape, dtype=object)
    for place in np.ndindex(result.shape):
        here = {name: value[place] if isinstance(value, np.ndarray) else value for name, value in entries}
        result[place] = evaluate(e.definition, _Scope(scope | here), arithmetic)
    return result


def elementwise(function: Callable[[Any], Any], array: Array) -> Array:
    """The function applied to each entry, as an object array of the same shape."""
    result = np.empty(array.shape, dtype=object)
    flat, source = result.reshape(-1), array.reshape(-1)
    for position in range(flat.size):
        flat[position] = function(source[position])
    return result


_HOLDS: dict[str, Callable[[int], bool]] = {
    "<": lambda sign: sign < 0,
    "≤": lambda sign: sign <= 0,
    "=": lambda sign: sign == 0,
    "≥": lambda sign: sign >= 0,
    ">": lambda sign: sign > 0,
    "≠": lambda sign: sign != 0,
}


def holds(condition: Comparison, bindings: Bindings, arithmetic: Arithmetic) -> bool:
    """Whether a comparison of scalars is true. Raises: Undecided."""
    left = evaluate(condition.left, bindings, arithmetic)
    right = evaluate(condition.right, bindings, arithmetic)
    return _HOLDS[condition.relation](arithmetic.sign(left - right))  # type: ignore[arg-type]


def _cases(e: Cases, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    return evaluate(branch(e, bindings, arithmetic), bindings, arithmetic)


def branch(e: Cases, bindings: Bindings, arithmetic: Arithmetic) -> Expr:
    """The formula that holds here. Raises: Undecided."""
    for value, condition in e.branches:
        if condition is None or holds(condition, bindings, arithmetic):
            return value
    raise TypeError("a case distinction without a last branch")


def _matrix_product(e: MatrixProduct, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    result: Any = evaluate(e.operands[0], bindings, arithmetic)
    row = _is_row(e.operands[0], result)
    for operand in e.operands[1:]:
        factor: Any = evaluate(operand, bindings, arithmetic)
        if _is_row(operand, factor):
            # A column times a row: all products of their entries.
            result, row = np.multiply.outer(result, factor[0]), False
        elif row and factor.ndim == 1:
            result, row = dot_product(result[0], factor), False
        else:
            result = dot_product(result, factor)
    return result  # type: ignore[no-any-return]


def dot_product(left: Any, right: Any) -> Any:
    """The product of vectors or matrices; what is multiplied by an exact 0 does not touch the sum.

    (0 · a + 0.1 is 0.1 itself, not an enclosure of it, also where a is irrational.)
    """
    if left.size > LARGEST_EXACT or not (_has_zero(left) or _has_zero(right)):
        return np.dot(left, right)
    if left.ndim == 1 and right.ndim == 1:
        pairs = [(x, y) for x, y in zip(left, right, strict=True) if not (_is_zero(x) or _is_zero(y))]
        return sum((x * y for x, y in pairs[1:]), start=pairs[0][0] * pairs[0][1]) if pairs else ZERO
    if left.ndim == 1:
        return dot_product(right.T, left)
    if right.ndim == 1:
        result = np.empty(left.shape[0], dtype=object)
        for row in range(left.shape[0]):
            result[row] = dot_product(left[row], right)
        return result
    return np.dot(left, right)


def _is_zero(value: Value) -> bool:
    return isinstance(value, flint.fmpq) and value == 0


def _has_zero(array: Array) -> bool:
    return any(_is_zero(value) for value in array.reshape(-1))


def _is_row(expression: Expr, value: Any) -> bool:
    """Whether the value is a vector laid on its side, which a matrix of one row is not."""
    if not isinstance(expression, Transpose) or value.shape[0] != 1:
        return False
    inner = expression.operands[0]
    return not (isinstance(inner, Quantity) and _is_matrix(inner.atom))


def _is_matrix(atom: Atom) -> bool:
    symbol = atom if isinstance(atom, Symbol) else atom.wrt
    return symbol.role is Role.WEIGHT


def _transpose(e: Transpose, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    (array,) = _operands(e, bindings, arithmetic)
    return array.reshape(1, -1) if array.ndim == 1 else array.T  # type: ignore[no-any-return]


def _total(e: Total, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    (array,) = _operands(e, bindings, arithmetic)
    return sum(array.reshape(-1)[1:], start=array.reshape(-1)[0])  # type: ignore[no-any-return]


def _matrix(e: Matrix, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    rows, columns = len(e.rows), len(e.rows[0])
    result = np.empty((rows, columns), dtype=object)
    for i, row in enumerate(e.rows):
        for j, entry in enumerate(row):
            result[i, j] = evaluate(entry, bindings, arithmetic)
    return result[:, 0] if columns == 1 else result


def _indicator(e: Comparison, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    return ONE if holds(e, bindings, arithmetic) else ZERO


def _maximum(arithmetic: Arithmetic, *values: Any) -> Value:
    result: Value = values[0]
    for value in values[1:]:
        if arithmetic.compare(value, result) > 0:
            result = value
    return result


def _dot(arithmetic: Arithmetic, left: Any, right: Any) -> Value:
    return dot_product(left, right)  # type: ignore[no-any-return]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": Arithmetic.exp,
    "ln": Arithmetic.ln,
    "sqrt": Arithmetic.sqrt,
    "tanh": Arithmetic.tanh,
    "erf": Arithmetic.erf,
    "abs": Arithmetic.absolute,
    "sign": lambda arithmetic, x: flint.fmpq(arithmetic.sign(x)),
    "max": _maximum,
    "dot": _dot,
    "norm": lambda arithmetic, x: arithmetic.sqrt(np.dot(x, x)),
    "log": lambda arithmetic, base, x: arithmetic.divide(arithmetic.ln(x), arithmetic.ln(base)),
    "pi": lambda arithmetic: flint.arb.pi(),
}
"""Name to rule; `dot` and `norm` take vectors."""


def _function(e: Function, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    operands = _operands(e, bindings, arithmetic)
    rule = FUNCTIONS[e.name]
    if e.name not in ("dot", "norm") and any(isinstance(operand, np.ndarray) for operand in operands):
        return elementwise(lambda entry: rule(arithmetic, entry), operands[0])
    return rule(arithmetic, *operands)  # type: ignore[no-any-return]


_RULES: dict[type[Expr], Callable[[Any, Bindings, Arithmetic], Operand]] = {
    Number: lambda e, bindings, arithmetic: e.value,
    Variable: _variable,
    Quantity: lambda e, bindings, arithmetic: bindings[e.atom],
    Sum: _sum,
    Product: _product,
    Hadamard: _product,
    Quotient: _quotient,
    Power: _power,
    Negation: lambda e, bindings, arithmetic: -evaluate(e.operands[0], bindings, arithmetic),
    Function: _function,
    Applied: _applied,
    Comparison: _indicator,
    Cases: _cases,
    Matrix: _matrix,
    MatrixProduct: _matrix_product,
    Transpose: _transpose,
    Total: _total,
    Brace: lambda e, bindings, arithmetic: evaluate(e.body, bindings, arithmetic),
    FactorReference: lambda e, bindings, arithmetic: evaluate(e.body, bindings, arithmetic),
}
