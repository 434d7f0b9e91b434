"""The loss of a batch as an expression of a program, and what goes back from it to the output layers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import flint

from nbsolve.arithmetic import ONE
from nbsolve.catalogue import CANCELLATIONS, PENALTIES
from nbsolve.expr import (
    Expr,
    Function,
    Negation,
    Number,
    Product,
    Variable,
    literal,
    number,
    product,
    quotient,
    substitute,
    total,
    walk,
    with_variables,
)
from nbsolve.given import Given
from nbsolve.objective import penalty_slope, penalty_term
from nbsolve.problem import wiring
from nbsolve.problem.functions import loss_of
from nbsolve.problem.model import LossTerm, Problem
from nbsolve.programs.activations import filled
from nbsolve.programs.arrays import Array, arrays_of
from nbsolve.programs.identifiers import STRENGTH

__all__ = ["Objective", "X", "total_of"]

X, Y, GIVEN, OF_SAMPLES = Variable("x"), Variable("y"), Variable("g"), Variable("v")


def total_of(expression: Expr) -> Expr:
    """The sum of all entries."""
    return Function("total", (expression,))


@dataclass(frozen=True)
class Objective:
    """What is differentiated: losses of the output layers and a penalty, or gradients given at the outputs."""

    problem: Problem

    @cached_property
    def several(self) -> bool:
        """Whether a batch has more than one sample."""
        training, count = self.problem.training, len(self.problem.samples)
        return count > 1 and (training is None or training.batch == "all" or training.batch > 1)

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """The output layers."""
        return wiring.ends(self.problem.network)

    # ------------------------------------------------------------------ the loss

    @cached_property
    def loss(self) -> Expr:
        """The loss of the batch."""
        terms: list[Expr] = []
        for term in self.problem.losses:
            definition = filled(loss_of(term).definition, term.parameters)
            n = term.layer or len(self.problem.network.layers)
            letters = self._entries(definition, n) if loss_of(term).entries else self._both(n)
            body = total_of(self._weighted(with_variables(definition, letters)))
            terms.append(self._scaled(term, self._factor(term), body))
        regulariser = self.problem.regulariser
        if regulariser is not None:
            weights = (Variable(array.name) for array in arrays_of(self.problem) if array.weight)
            squares = [total_of(penalty_term(regulariser, w)) for w in weights]
            terms.append(self._of_penalty(regulariser.scale.rational, total(*squares)))
        return total(*terms)

    def _both(self, n: int) -> dict[str, Expr]:
        """The activations of an output layer and their targets: of several layers some columns of all."""
        if len(self.ends) == 1:
            return {"a": Variable(f"a{n}"), "y": Y}
        widths = [wiring.width_of(self.problem.network, end) for end in self.ends]
        first = sum(widths[: self.ends.index(n)])
        last = first + wiring.width_of(self.problem.network, n)
        return {"a": Variable(f"a{n}"), "y": Function("part", (Y, number(first), number(last)))}

    def _terms_of(self, n: int) -> list[LossTerm]:
        """The terms of the loss of an output layer."""
        return [term for term in self.problem.losses if term.layer in (None, n)]

    def _weighted(self, body: Expr) -> Expr:
        """A row for each sample, times its weight where the samples have any."""
        return product(OF_SAMPLES, body) if self.problem.weighted else body

    def _entries(self, formula: Expr, n: int) -> dict[str, Expr]:
        """a_1, y_1, a_2, … of a loss of all outputs: columns of the batch."""
        found: dict[str, Expr] = {}
        for node in walk(formula):
            match = re.fullmatch(r"([ay])_(\d+)", node.name) if isinstance(node, Variable) else None
            if match is not None:
                whole = self._both(n)[match[1]]
                found[match[0]] = Function("column", (whole, number(int(match[2]) - 1)))
        return found

    def _factor(self, term: LossTerm) -> flint.fmpq:
        factor = term.weight.value * term.scale.value
        if term.over_outputs == "mean" and loss_of(term).separable:
            factor /= wiring.width_of(self.problem.network, term.layer or len(self.problem.network.layers))
        return factor

    def _scaled(self, term: LossTerm, factor: flint.fmpq, body: Expr) -> Expr:
        """factor · body, over the number of samples and the logarithm of the base where the term wants it."""
        if isinstance(body, Negation):
            factor, body = -factor, body.operands[0]
        if factor == -ONE:
            body = Negation((body,))
        elif factor != ONE:
            body = product(Number(factor), body)
        if term.log_base is not None:
            body = quotient(body, Function("ln", (literal(term.log_base),)))
        if term.over_samples == "mean" and self.several:
            body = quotient(body, Function("count", (X,)))
        return body

    def _of_penalty(self, factor: flint.fmpq, body: Expr) -> Expr:
        regulariser = self.problem.regulariser
        assert regulariser is not None
        scaled = product(Number(factor), Variable(STRENGTH), body)
        if regulariser.over_samples == "mean" and self.several:
            scaled = quotient(scaled, Function("count", (X,)))
        return scaled

    def of_weights(self, array: Array) -> Expr | None:
        """The derivative of the penalty with respect to an array of weights; None where there is none."""
        regulariser = self.problem.regulariser
        if regulariser is None:
            return None
        scale = PENALTIES[regulariser.name].coefficient * regulariser.scale.value
        return self._of_penalty(scale, penalty_slope(regulariser, Variable(array.name)))

    # ------------------------------------------------------------------ back to the outputs

    def upstream(self, n: int) -> Expr:
        """∂L/∂a of an output layer."""
        if self.problem.given_gradient:
            return GIVEN
        terms = []
        for term in self._terms_of(n):
            record = loss_of(term)
            if record.entries:
                slopes = [filled(entry, term.parameters) for entry in record.entries]
                body: Expr = Function(
                    "columns", tuple(with_variables(s, self._entries(s, n)) for s in slopes)
                )
            else:
                both = self._both(n)
                own = {**both, "a_k": both["a"], "y_k": both["y"]}
                body = with_variables(filled(record.derivative, term.parameters), own)
            scaled = self._scaled(term, self._factor(term) * record.coefficient, body)
            terms.append(self._weighted(scaled))
        return total(*terms)

    def cancelled(self, n: int) -> Expr | None:
        """∂L/∂z of an output layer where loss and activation cancel."""
        if len(self._terms_of(n)) != 1:
            return None
        (term,) = self._terms_of(n)
        body = CANCELLATIONS.get((term.name, self.problem.network.layer(n).activation.name))
        if body is None:
            return None
        both = self._both(n)
        target_sum: Expr = Function("sum_outputs", (both["y"],))
        targets = (
            given
            for sample in self.problem.samples
            for vector, given in wiring.targets(self.problem.network, sample)
            if vector.layer in (None, n)
        )
        if all(map(_adds_to_one, targets)):
            target_sum = number(1)
        body = filled(body, self.problem.network.layer(n).activation.parameters)
        body = with_variables(body, {**both, "target_sum": target_sum})
        factors = body.operands if isinstance(body, Product) else (body,)
        body = product(*(substitute(factor, _multiplied) for factor in factors))
        return self._weighted(self._scaled(term, self._factor(term) * loss_of(term).coefficient, body))


def _multiplied(node: Expr) -> Expr | None:
    """A product without factors of 1."""
    return product(*node.operands) if isinstance(node, Product) else None


def _adds_to_one(target: tuple[object, ...] | None) -> bool:
    return sum((y.rational for y in target or () if isinstance(y, Given)), flint.fmpq(0)) == ONE
