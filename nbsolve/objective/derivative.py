"""The derivative of a batch's loss with respect to each output, and where it cancels with the activation's."""

from __future__ import annotations

import flint

from nbsolve.arithmetic import ONE
from nbsolve.catalogue import CANCELLATIONS
from nbsolve.expr import (
    Applied,
    Expr,
    Function,
    Matrix,
    Negation,
    Product,
    Quantity,
    Variable,
    literal,
    literals,
    number,
    product,
    quotient,
    substitute,
    total,
    with_variables,
)
from nbsolve.objective.outputs import Objective, over_base
from nbsolve.problem.functions import loss_of
from nbsolve.problem.model import LossTerm
from nbsolve.symbol import LOSS, Partial, Symbol, Unit, number_of
from nbsolve.values import Values, layer_activation


def output_derivative(objective: Objective, k: Unit, sample: int | None) -> Expr:
    """∂L/∂a_k; by its name where it is given."""
    if objective.problem.given_gradient:
        return _named(objective, k, sample)
    terms = []
    for term in objective.terms:
        record = loss_of(term)
        body = _body(objective, term, record.derivative, k, sample)
        terms.append(_scaled(objective.coefficient(term, sample), body))
    return total(*terms)


def _body(objective: Objective, term: LossTerm, formula: Expr, k: Unit, sample: int | None) -> Expr:
    """A loss's derivative in output k, with the problem's quantities in it."""
    a_k = layer_activation(objective.depth, k, sample)
    pair = objective.pair(term)
    met = loss_of(term).at_target.get(objective.met.get(a_k, -1))
    seen = pair is None or a_k in objective.saturated or objective.softmax is not None
    if met is not None and seen:
        formula = met
    elif pair is not None and a_k in objective.saturated and formula is loss_of(term).derivative:
        formula = with_variables(pair[0], objective.through_z(a_k))
    variables: dict[str, Expr] = {
        "a_k": Quantity(a_k),
        "y_k": Quantity(objective.target(k, sample)),
    }
    if entries := loss_of(term).entries:
        formula = entries[number_of(k) - 1]
        variables = objective.entries(sample, False)
    elif loss_of(term).separable:
        variables |= {"a": variables["a_k"], "y": variables["y_k"]}
    else:
        variables |= objective.vectors(sample, False)
    return objective.with_indicators(with_variables(formula, variables | literals(term.parameters)))


def plain_output_derivative(objective: Objective, k: Unit, sample: int | None) -> Expr:
    """∂L/∂a_k before it is simplified: constants apart, fractions as the rules give them."""
    if objective.problem.given_gradient:
        return _named(objective, k, sample)
    terms = []
    for term in objective.terms:
        record = loss_of(term)
        factors: list[Expr] = [literal(given) for given in (term.weight, term.scale) if given.value != ONE]
        rest = objective.factor(term) / (term.weight.value * term.scale.value)
        factors += [number(rest), number(flint.fmpq(record.coefficient))]
        if term.log_base is not None:
            factors.append(over_base(term.log_base))
        body = _body(objective, term, record.plain or record.derivative, k, sample)
        terms.append(_scaled(factors, body))
    return total(*terms)


def output_derivatives(objective: Objective, sample: int | None) -> Expr:
    """The vector of ∂L/∂a_k, shape (outputs,)."""
    if objective.problem.given_gradient:
        return _named(objective, None, sample)
    outputs = range(1, objective.outputs + 1)
    special = {*objective.saturated, *objective.met}
    seen = any(layer_activation(objective.depth, k, sample) in special for k in outputs)
    if seen or not objective.general:
        return Matrix(tuple((output_derivative(objective, k, sample),) for k in outputs))
    a = Quantity(layer_activation(objective.depth, None, sample))
    y = Quantity(objective.target(None, sample))
    together = all(loss_of(term).separable for term in objective.terms)
    terms = []
    for term in objective.terms:
        record = loss_of(term)
        slope = with_variables(record.derivative, literals(term.parameters))
        if record.separable and not together:  # beside one that looks at all outputs: a_k is its own one
            slope = with_variables(slope, {"a": Variable("a_k"), "y": Variable("y_k")})
        terms.append(product(*objective.coefficient(term, sample), slope))
    definition = total(*terms)
    if together:
        return Applied("loss", definition, (("a", a), ("y", y)), primes=1)
    return Applied("loss", definition, (("a_k", a), ("y_k", y)), (("a", a), ("y", y)), primes=1)


def _named(objective: Objective, k: Unit | None, sample: int | None) -> Expr:
    return Quantity(Partial(LOSS, layer_activation(objective.depth, k, sample)))


def cancelled(objective: Objective, k: Unit | None, sample: int | None, values: Values) -> Expr | None:
    """∂L/∂z_k where loss and activation of the output cancel (a − y); None where they do not.

    k of None is the whole vector.
    """
    if len(objective.terms) != 1:
        return None
    term = objective.terms[0]
    body = CANCELLATIONS.get((term.name, objective.activation))
    if body is None:
        return None
    targets = [objective.target(i, sample) for i in range(1, objective.outputs + 1)]
    target_sum: Expr = total(*(Quantity(symbol) for symbol in targets))
    if all(symbol in values for symbol in targets) and sum(values[symbol] for symbol in targets) == ONE:
        target_sum = number(1)
    filled = with_variables(
        body,
        {
            "a": Quantity(layer_activation(objective.depth, k, sample)),
            "y": Quantity(objective.target(k, sample)),
            "target_sum": target_sum,
            **literals(objective.problem.network.layer(objective.depth).activation.parameters),
        },
    )
    factors = filled.operands if isinstance(filled, Product) else (filled,)
    return product(*_without_inverses([*objective.coefficient(term, sample), *map(_simplified, factors)]))


def cancelled_in(objective: Objective, z: Symbol, values: Values) -> Expr | None:
    """`cancelled` of a pre-activation; None for one of another layer than an output layer."""
    for head in objective.heads:
        if z.layer == head.depth:
            return cancelled(head, z.to, z.sample, values)
    return None


def _without_inverses(factors: list[Expr]) -> list[Expr]:
    """The factors without 1/ln b and ln b, of a logarithm to the base that the powers of the softmax have."""
    for factor in factors:
        inverse = quotient(number(1), factor)
        if isinstance(factor, Function) and inverse in factors:
            return [other for other in factors if other not in (factor, inverse)]
    return factors


def _scaled(coefficient: list[Expr], body: Expr) -> Expr:
    """coefficient · body, with the sign of the body in front."""
    if isinstance(body, Negation):
        return Negation((product(*coefficient, body.operands[0]),))
    return product(*coefficient, body)


def _simplified(expression: Expr) -> Expr:
    """p · 1 − y written as p − y."""
    return substitute(expression, lambda node: product(*node.operands) if isinstance(node, Product) else None)
