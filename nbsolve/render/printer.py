"""One printer of expressions for all formats: precedence and signs here, markup in a dialect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nbsolve.expr import (
    Applied,
    Brace,
    Cases,
    Columns,
    Comparison,
    Expr,
    FactorReference,
    Function,
    Hadamard,
    Known,
    Matrix,
    MatrixProduct,
    Negation,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Stacked,
    Sum,
    Total,
    Transpose,
    Variable,
)
from nbsolve.expr.general import (
    Derivative,
    Indexed,
    IndexedExtreme,
    IndexedSum,
    IndexNumber,
    Kronecker,
    Remainder,
)
from nbsolve.render.dialect import Dialect
from nbsolve.render.operands import has_sum, is_dot, is_numeric, negative, unwrapped
from nbsolve.symbol import Partial

CONDITION, SUM, NEGATION, PRODUCT, POWER, ATOM = 0, 1, 2, 3, 4, 5
MOST_NAMES = 4
"""Each dialect keeps the printers of so many problems."""
MOST_REMEMBERED = 10_000
"""A printer remembers what it wrote for so many nodes."""


class Printer:
    """Prints expression trees in a dialect. Raises TypeError for a node it does not know."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._printed: dict[int, tuple[Expr, tuple[str, int]]] = {}
        self._rules: dict[type[Expr], Callable[[Any], tuple[str, int]]] = {
            Number: self._number,
            Quantity: self._quantity,
            Variable: self._variable,
            Sum: self._sum,
            Negation: self._negation,
            Product: self._product,
            Quotient: self._quotient,
            Power: self._power,
            Function: self._function,
            Applied: lambda e: (self._call(e.name, [e.argument], e.primes), ATOM),
            Comparison: self._comparison,
            Cases: self._cases,
            Matrix: lambda e: (dialect.matrix([[self._value(x) for x in row] for row in e.rows]), ATOM),
            MatrixProduct: self._matrix_product,
            Hadamard: self._hadamard,
            Transpose: self._transpose,
            Stacked: self._stacked,
            Columns: self._columns,
            Total: lambda e: (self._call(dialect.all_of, e.operands, 0), ATOM),
            Brace: self._brace,
            FactorReference: self._reference,
            Known: lambda e: self._print(e.name),
            IndexedSum: self._indexed_sum,
            IndexedExtreme: self._indexed_extreme,
            IndexNumber: lambda e: self._print(e.written),
            Kronecker: self._kronecker,
            Derivative: self._derivative,
            Remainder: lambda e: (dialect.remainder(self.print(e.body)), ATOM),
        }

    def _kronecker(self, e: Kronecker) -> tuple[str, int]:
        left, right = (self.dialect.variable(str(index)) for index in (e.left, e.right))
        return self.dialect.indicator(f"{left} {self.relation('=')} {right}"), ATOM

    def print(self, expression: Expr) -> str:
        """The expression as it stands alone."""
        return self._print(expression)[0]

    def equation(self, left: Expr, relation: str | None, right: Expr | None) -> str:
        """Left and right with the relation between them; the left side alone where there is none."""
        text = self.print(left)
        if relation is None or right is None:
            return text
        return f"{text} {self.relation(relation)} {self.print(right)}"

    def _print(self, expression: Expr) -> tuple[str, int]:
        """The text and its precedence: worked out once for each node, which may stand in many places."""
        printed = self._printed.get(id(expression))
        if printed is not None:
            return printed[1]
        rule = self._rules.get(type(expression))
        if rule is None:
            raise TypeError(f"{type(expression).__name__} cannot be printed")
        result = rule(expression)
        if len(self._printed) >= MOST_REMEMBERED:
            self._printed.clear()
        self._printed[id(expression)] = expression, result  # with the node: else another might get its id
        return result

    def _value(self, expression: Expr) -> str:
        return self._at(expression, CONDITION)

    def _at(self, expression: Expr, precedence: int) -> str:
        """The expression, in parentheses where it binds less than `precedence`; of a condition 1 or 0."""
        text, own = self._print(expression)
        if own == CONDITION:
            return self.dialect.indicator(text)
        if own >= precedence:
            return text
        deep = isinstance(unwrapped(expression), Sum) and any(
            isinstance(unwrapped(node), Brace) or has_sum(node) for node in expression.children
        )
        return (self.dialect.brackets if deep else self.dialect.parentheses)(text)

    def _number(self, e: Number) -> tuple[str, int]:
        text = e.text if e.text is not None else str(e.value)
        if "/" in text:
            sign, body = ("-", text[1:]) if text.startswith("-") else ("", text.lstrip("+"))
            numerator, denominator = body.split("/")
            fraction = self.dialect.fraction(numerator, denominator)
            inner = ATOM if self.dialect.fraction_is_atom else PRODUCT
            return (self.dialect.minus + fraction, NEGATION) if sign else (fraction, inner)
        written = self.dialect.number(text)
        if text.startswith("-"):
            return written, NEGATION
        return written, PRODUCT if "e" in text.lower() else ATOM

    def _quantity(self, e: Quantity) -> tuple[str, int]:
        slashed = isinstance(e.atom, Partial) and not self.dialect.fraction_is_atom
        return self.dialect.atom(e.atom), PRODUCT if slashed else ATOM

    def _sum(self, e: Sum) -> tuple[str, int]:
        first = e.operands[0]
        parts = [self._at(first, NEGATION) if isinstance(unwrapped(first), Sum) else self._value(first)]
        for term in e.operands[1:]:
            if isinstance(unwrapped(term), Negation):
                parts.append(
                    f" {self.dialect.subtracted or self.dialect.minus} "
                    + self._at(unwrapped(term).children[0], PRODUCT)
                )
            elif isinstance(term, Number) and negative(term):
                parts.append(f" {self.dialect.plus} " + self.dialect.parentheses(self._print(term)[0]))
            else:
                parts.append(f" {self.dialect.plus} " + self._after_sign(term))
        return "".join(parts), SUM

    def _after_sign(self, term: Expr) -> str:
        """A term after +: what begins with a minus sign is put in parentheses."""
        bare = unwrapped(term)
        if isinstance(bare, Product) and isinstance(bare.operands[0], Number) and negative(bare.operands[0]):
            return self._product(bare, signed_first=False)[0]
        text = self._value(term)
        return self.dialect.parentheses(text) if text.startswith(self.dialect.minus) else text

    def _negation(self, e: Negation) -> tuple[str, int]:
        if isinstance(unwrapped(e.operands[0]), Indexed):  # −Σ needs no parentheses
            return self.dialect.minus + self.print(e.operands[0]), NEGATION
        return self.dialect.minus + self._at(e.operands[0], PRODUCT), NEGATION

    def _product(self, e: Product, signed_first: bool = True) -> tuple[str, int]:
        """The factors; `signed_first` allows the first one to begin with a bare minus sign."""
        text = ""
        previous: Expr | None = None
        for factor in e.operands:
            body = unwrapped(factor)
            if is_dot(factor) and len(e.operands) > 1:
                written = self.dialect.parentheses(self._print(factor)[0])
                text += written if previous is None else self.dialect.juxtaposed + written
            elif previous is None:
                text = self._at(factor, NEGATION if isinstance(body, Number) and signed_first else PRODUCT)
            else:
                written = self._at(factor, PRODUCT)
                text += self._between(previous, factor, written) + written
            previous = factor
        return text, PRODUCT if not text.startswith(self.dialect.minus) else NEGATION

    def _between(self, left: Expr, right: Expr, written: str) -> str:
        """A dot where two numbers would run together, nothing visible between letters."""
        if isinstance(unwrapped(right), Sum):
            return self.dialect.juxtaposed
        one = isinstance(unwrapped(right), Comparison) or self.dialect.starts_with_digit(written)
        if is_numeric(right) or (is_numeric(left) and one):
            return f" {self.dialect.dot} "
        return self.dialect.juxtaposed

    def _quotient(self, e: Quotient) -> tuple[str, int]:
        numerator, denominator = e.operands
        if self.dialect.fraction_is_atom:
            return self.dialect.fraction(self._value(numerator), self._value(denominator)), ATOM
        above = self._at(numerator, PRODUCT)
        if is_dot(numerator):
            above = self.dialect.parentheses(above)
        return self.dialect.fraction(above, self._at(denominator, POWER)), PRODUCT

    def _power(self, e: Power) -> tuple[str, int]:
        base, exponent = e.operands
        bare = unwrapped(base)
        written = self._at(base, ATOM)
        called = isinstance(bare, Function) and bare.name in ("exp", "tanh", "ln")
        if called or isinstance(bare, Quotient) or isinstance(base, Brace | FactorReference):
            written = self.dialect.parentheses(self._print(base)[0])
        elif isinstance(bare, Number | Quantity):
            text, own = self._print(base)
            written = self.dialect.parentheses(text) if own < ATOM or self.dialect.is_long(text) else text
        return self.dialect.power(written, self._value(exponent)), POWER

    def _function(self, e: Function) -> tuple[str, int]:
        arguments = [self._value(operand) for operand in e.operands]
        simple: dict[str, Callable[[], str]] = {
            "exp": lambda: self.dialect.exponential(arguments[0]),
            "sqrt": lambda: self.dialect.root(arguments[0]),
            "abs": lambda: self.dialect.absolute(arguments[0]),
            "norm": lambda: self.dialect.norm(arguments[0]),
            "log": lambda: self.dialect.logarithm(arguments[0], arguments[1]),
            "pi": lambda: self.dialect.pi,
        }
        if e.name == "dot":
            return (
                f"{self._at(e.operands[0], PRODUCT)} {self.dialect.dot} {self._at(e.operands[1], PRODUCT)}",
                PRODUCT,
            )
        if e.name in simple:
            return simple[e.name](), POWER if e.name == "exp" else ATOM
        return self.dialect.call(e.name, arguments, 0), ATOM

    def _call(self, name: str, arguments: Sequence[Expr], primes: int) -> str:
        return self.dialect.call(name, [self._value(argument) for argument in arguments], primes)

    def _comparison(self, e: Comparison) -> tuple[str, int]:
        return f"{self._value(e.left)} {self.relation(e.relation)} {self._value(e.right)}", CONDITION

    def relation(self, sign: str) -> str:
        """=, ≈, <, … in the dialect."""
        return self.dialect.relations[sign]

    def _cases(self, e: Cases) -> tuple[str, int]:
        rows = [(self._value(value), None if c is None else self.print(c)) for value, c in e.branches]
        return self.dialect.cases(rows), ATOM

    def _matrix_product(self, e: MatrixProduct) -> tuple[str, int]:
        parts = [self._apart(operand, Hadamard) for operand in e.operands]
        return self.dialect.juxtaposed.join(parts), PRODUCT

    def _apart(self, operand: Expr, other: type[Expr] | tuple[type[Expr], ...]) -> str:
        """A factor, in parentheses where it is a product of the other kind: (W δ) ⊙ f is not W (δ ⊙ f)."""
        if isinstance(unwrapped(operand), other):
            return self.dialect.parentheses(self._value(operand))
        return self._at(operand, PRODUCT)

    def _transpose(self, e: Transpose) -> tuple[str, int]:
        base = self._at(e.operands[0], ATOM)
        if self.dialect.is_raised(base) and isinstance(unwrapped(e.operands[0]), Quantity):
            base = self.dialect.parentheses(base)
        return self.dialect.power(base, self.dialect.transpose), POWER

    def _stacked(self, e: Stacked) -> tuple[str, int]:
        return self._print(Matrix(tuple((operand,) for operand in e.operands)))

    def _columns(self, e: Columns) -> tuple[str, int]:
        body = self.dialect.parentheses(self._value(e.body))
        places = f"{e.first}" if e.first == e.last else f"{e.first}:{e.last}"
        return self.dialect.subscript(body, f"{places},:" if e.rows else f":,{places}"), ATOM

    def _hadamard(self, e: Hadamard) -> tuple[str, int]:
        parts = [self._apart(operand, (MatrixProduct, Product)) for operand in e.operands]
        return f" {self.dialect.hadamard} ".join(parts), PRODUCT

    def _brace(self, e: Brace) -> tuple[str, int]:
        note = self.dialect.note(e.phrase, e.names)
        if self.dialect.fraction_is_atom:
            return self.dialect.brace(self._value(e.body), note), ATOM
        # without a brace that is seen, the words must not stand for more than they name
        return self.dialect.brace(self._at(e.body, PRODUCT), note), PRODUCT

    def _reference(self, e: FactorReference) -> tuple[str, int]:
        body = self._at(e.body, PRODUCT if isinstance(e.body, Quantity) else ATOM)
        return self.dialect.reference(body, e.number), ATOM

    def _variable(self, e: Variable) -> tuple[str, int]:
        letter = self.dialect.variable(e.name)
        letter = self.dialect.bold(letter) if e.vector else letter
        return letter if e.index is None else self.dialect.subscript(letter, str(e.index)), ATOM

    def _indexed_sum(self, e: IndexedSum) -> tuple[str, int]:
        sign = self.dialect.indexed_sum(str(e.index), e.first, "n" if e.last is None else str(e.last))
        body = unwrapped(e.body)
        several = isinstance(body, IndexedSum)  # a sum of sums needs no parentheses
        return f"{sign}{self._applied}{self._at(body, NEGATION if several else PRODUCT)}", NEGATION

    def _indexed_extreme(self, e: IndexedExtreme) -> tuple[str, int]:
        sign = self.dialect.indexed_extreme(
            e.name, str(e.index), e.first, "n" if e.last is None else str(e.last)
        )
        body = unwrapped(e.body)
        several = isinstance(body, IndexedExtreme)
        return f"{sign}{self._applied}{self._at(body, NEGATION if several else PRODUCT)}", NEGATION

    @property
    def _applied(self) -> str:
        return self.dialect.juxtaposed if self.dialect.applied is None else self.dialect.applied

    def _derivative(self, e: Derivative) -> tuple[str, int]:
        """∂L/∂a of a single letter, d/dz […] of anything longer."""
        under = self.print(e.variable)
        short = isinstance(e.body, Quantity) or (isinstance(e.body, Variable) and not e.body.vector)
        if short:
            text = self.dialect.derivative(self.print(e.body), under, e.partial)
            return text, ATOM if self.dialect.fraction_is_atom else PRODUCT
        text = self.dialect.derivative("", under, e.partial)
        return f"{text}{self._applied}{self.dialect.brackets(self._value(e.body))}", PRODUCT
