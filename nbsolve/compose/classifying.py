"""The decision boundary of a trained unit, its predictions and their accuracy, as sections and as answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nbsolve.arithmetic import Value
from nbsolve.asking.classifying import Classified
from nbsolve.asking.writing import Writer
from nbsolve.compose.sentences import set_in
from nbsolve.compose.written_numbers import literal
from nbsolve.document import (
    Block,
    Derivation,
    Heading,
    Inline,
    Line,
    Link,
    Math,
    Paragraph,
    Result,
    Table,
    Text,
)
from nbsolve.expr import Expr, Negation, Quantity, Sum, number, product, quotient, total
from nbsolve.given import known
from nbsolve.logarithms import Logarithm
from nbsolve.phrases import phrase
from nbsolve.problem.model import Part
from nbsolve.rounding import Written, write
from nbsolve.symbol import Role, Symbol

__all__ = ["ClassBlocks"]

_ANCHOR = "decision-boundary"
_Z, _A = Symbol.pre_activation(1, 1), Symbol.activation(1, 1)


@dataclass(frozen=True)
class ClassBlocks:
    """Writes what a unit tells apart. Raises: Undecided."""

    found: Classified

    @property
    def _writer(self) -> Writer:
        return Writer(self.found.solution)

    # ------------------------------------------------------------------ sections

    def blocks(self) -> Iterator[Block]:
        """The boundary and the predictions."""
        yield Heading(2, (phrase("rule.boundary"),))
        border = self.found.border
        upper, a = Math(literal(border.classes[1])), Math(Quantity(_A), "≥", literal(border.activation))
        z = Math(Quantity(_Z), "≥", literal(border.z))
        yield Paragraph(set_in("rule.where", upper=upper, a=a, z=z))
        if not any(self._sign(self.found.value(weight)) for weight in self.found.weights):
            yield Paragraph((phrase("rule.no_boundary"),))
        else:
            yield Derivation(tuple(self._equations()), anchors=(_ANCHOR,))
        yield from self._predictions()

    def _equations(self) -> Iterator[Line]:
        found = self.found
        terms: list[Expr] = [
            product(Quantity(weight), Quantity(Symbol.input(i))) for i, weight in enumerate(found.weights, 1)
        ]
        if found.constant is not None:
            own = Quantity(found.constant)
            terms.append(Negation((own,)) if found.constant.role is Role.THRESHOLD else own)
        yield Line((("=", literal(found.border.z)),), left=total(*terms))
        explicit = self._explicit()
        left, exact = self.equation()
        yield Line((("=" if exact else "≈", Result(number(0), explicit is None)),), left=left)
        if explicit is not None:
            symbol, right, exactly = explicit
            yield Line((("=" if exactly else "≈", Result(right, True)),), left=Quantity(symbol))

    def equation(self) -> tuple[Expr, bool]:
        """Weights times inputs and what stands beside them, in numbers; and whether all of these are exact."""
        parts = [
            (self._operand(weight), Quantity(Symbol.input(i)))
            for i, weight in enumerate(self.found.weights, 1)
        ]
        rest = self._writer.result(self.found.rest)
        terms = [_term(written, of) for written, of in (*parts, (rest, None)) if written.value != 0]
        exact = all(written.exact for written, _ in parts) and rest.exact
        return (Sum(tuple(terms)) if len(terms) > 1 else terms[0]), exact

    def _explicit(self) -> tuple[Symbol, Expr, bool] | None:
        """x₂ = slope · x₁ + intercept, or x₁ = a number; None for other than two inputs."""
        arithmetic = self.found.solution.arithmetic
        if len(self.found.weights) != 2:
            return None
        first, second = (self.found.value(weight) for weight in self.found.weights)
        steep = not self._sign(second)
        below = arithmetic.negate(first if steep else second)
        values: list[tuple[Value, Expr | None]] = [(arithmetic.divide(self.found.rest, below), None)]
        if not steep:
            values.insert(0, (arithmetic.divide(first, below), Quantity(Symbol.input(1))))
        rounding = self.found.solution.problem.rounding
        written = [(write(value, rounding.answers, arithmetic), of) for value, of in values]
        kept = [(one, of) for one, of in written if one.value != 0] or written[-1:]
        terms = [_term(one, of) for one, of in kept]
        right = Sum(tuple(terms)) if len(terms) > 1 else terms[0]
        return Symbol.input(1 if steep else 2), right, all(one.exact for one, _ in written)

    def _sign(self, value: Value) -> int:
        return self.found.solution.arithmetic.sign(value)

    def _operand(self, symbol: Symbol) -> Written:
        return self._writer.operand(self.found.iteration.values, symbol)

    def _predictions(self) -> Iterator[Block]:
        """Every sample with the parameters in the end, and how many are right."""
        yield Heading(2, (phrase("rule.predictions"),))
        problem = self.found.solution.problem
        columns = [Symbol.input(i) for i in range(1, problem.network.inputs + 1)]
        columns += [Symbol.target(1), _Z]
        header: list[Text] = [(phrase("statement.number"),), *((Math(Quantity(one)),) for one in columns)]
        header += [(phrase("rule.prediction"),), (phrase("rule.correct"),)]
        rows: list[tuple[Text, ...]] = []
        for place, sample in enumerate(problem.samples):
            entries = [known(entry) for entry in (*sample.input, *(sample.target or ()))]
            z = literal(self._writer.result(self.found.weighted_sum(place)))
            own, right = self.found.prediction(place), self.found.right[place]
            cells: list[Text] = [(Math(literal(entry)),) for entry in entries]
            cells += [(Math(z),), (Math(literal(own)),), (phrase("rule.yes" if right else "rule.no"),)]
            rows.append(((str(place + 1),), *cells))
        yield Table(tuple(header), tuple(rows), frozenset(range(len(header) - 1)))
        yield Paragraph((phrase("rule.accuracy") + " ", *self._accuracy(), "."))

    def _accuracy(self) -> tuple[Inline, ...]:
        right, count = sum(self.found.right), len(self.found.right)
        share = self._writer.result(number(right).value / count)
        return (Math(quotient(number(right), number(count)), "=" if share.exact else "≈", literal(share)),)

    # ------------------------------------------------------------------ answers

    def answers(self, part: Part) -> Iterator[tuple[Text, Text]]:
        """What a part asks of the classes, each with its value."""
        for word in part.ask:
            if word == "decision_boundary":
                left, exact = self.equation()
                words = phrase("rule.answer.decision_boundary")
                yield (Link(words, _ANCHOR),), (Math(left, "=" if exact else "≈", number(0)),)
            elif word == "prediction":
                for place in range(len(self.found.right)):
                    said = Math(literal(self.found.prediction(place)))
                    yield (phrase("rule.prediction_of", sample=str(place + 1)),), (said,)
            elif word == "accuracy":
                yield (phrase("rule.answer.accuracy"),), self._accuracy()


def _term(written: Written, of: Expr | None) -> Expr:
    """2 x_1, x_2, −3: a term with its sign."""
    if isinstance(written.value, Logarithm):
        return literal(written) if of is None else product(literal(written), of)
    value = written.value
    size: Expr = literal(Written(written.text.removeprefix("-"), abs(value), written.exact))
    whole = size if of is None else of if abs(value) == 1 and written.exact else product(size, of)
    return Negation((whole,)) if value < 0 else whole
