"""The value of a batch's loss as a formula.

L = (sum or mean over samples) of Σ_m weight_m · scale_m · (sum or mean over outputs) ℓ_m(a_k, y_k), plus the
penalty. Shapes: predictions and targets are vectors (outputs,), per sample.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, chapter 6.
"""

from __future__ import annotations

import flint

from nbsolve.arithmetic import ONE
from nbsolve.expr import (
    Expr,
    Function,
    Number,
    Quantity,
    literal,
    literals,
    number,
    product,
    quotient,
    substitute,
    total,
    with_variables,
)
from nbsolve.objective.outputs import Objective
from nbsolve.problem.functions import loss_of
from nbsolve.problem.model import LossTerm
from nbsolve.symbol import Role, Symbol
from nbsolve.values import layer_activation


def _weighted(objective: Objective, loss: Expr, sample: int | None) -> Expr:
    weight = objective.weight_of(sample)
    return loss if weight is None else product(literal(weight), loss)


def parts(objective: Objective, k: int, sample: int | None, new: bool) -> list[Expr]:
    """What output k adds to each term of the loss; the term itself where it does not split into outputs."""
    return [
        output_term(objective, term, k, sample, new)
        if loss_of(term).separable
        else term_loss(objective, term, sample, new)
        for term in objective.terms
    ]


def batch_loss(objective: Objective, new: bool) -> Expr:
    """The loss of the batch, from those of its samples where it has several."""
    if len(objective.samples) == 1:
        data = _weighted(objective, sample_loss(objective, objective.samples[0], new), objective.samples[0])
    else:
        data = total(
            *(
                _weighted(objective, Quantity(Symbol(Role.SAMPLE_LOSS, sample=sample, new=new)), sample)
                for sample in objective.samples
            )
        )
        if objective.problem.losses[0].over_samples == "mean":
            data = product(Number(flint.fmpq(1, len(objective.samples))), data)
    if objective.problem.regulariser is not None:
        data = total(data, Quantity(Symbol(Role.PENALTY, new=new)))
    return data


def sample_loss(objective: Objective, sample: int | None, new: bool = False) -> Expr:
    """The loss of one sample: its terms added, without the penalty."""
    terms = objective.problem.losses
    if len(terms) == 1:
        weight = [] if terms[0].weight.value == ONE else [literal(terms[0].weight)]
        return product(*weight, term_loss(objective.of(terms[0]), terms[0], sample, new))
    parts: list[Expr] = []
    for m, term in enumerate(terms, start=1):
        own = Quantity(Symbol(Role.TERM_LOSS, to=m, sample=sample, new=new))
        parts.append(own if term.weight.value == ONE else product(literal(term.weight), own))
    return total(*parts)


def term_loss(objective: Objective, term: LossTerm, sample: int | None, new: bool) -> Expr:
    """scale · (sum or mean over outputs) of one loss on one sample."""
    record = loss_of(term)
    if record.separable:
        body = total(*(output_term(objective, term, k, sample, new) for k in range(1, objective.outputs + 1)))
        if term.over_outputs == "mean" and objective.outputs > 1:
            body = product(Number(flint.fmpq(1, objective.outputs)), body)
    else:
        names = objective.entries(sample, new) if record.entries else objective.vectors(sample, new)
        body = objective.with_indicators(with_variables(record.definition, names | literals(term.parameters)))
    return product(literal(term.scale), body) if term.scale.value != ONE else body


def output_term(objective: Objective, term: LossTerm, k: int, sample: int | None, new: bool = False) -> Expr:
    """ℓ(a_k, y_k), without scale."""
    a, y = (
        layer_activation(objective.depth, k, sample, new),
        Quantity(objective.target(k, sample)),
    )
    pair, side = objective.pair(term), objective.saturated.get(a)
    if pair is not None and side is not None:
        body = with_variables(pair[side], objective.through_z(a) | {"y": y})
        return body if term.log_base is None else quotient(body, Function("ln", (literal(term.log_base),)))
    variables = {"a": Quantity(a), "y": y}
    return _in_base(with_variables(loss_of(term).definition, variables | literals(term.parameters)), term)


def output_loss(objective: Objective, k: int, sample: int | None) -> Expr | None:
    """Output k's contribution to the batch's loss; None where a loss does not split into outputs.

    Nor does that of several output layers: each has a term of its own.
    """
    if len(objective.heads) > 1 or not all(loss_of(term).separable for term in objective.terms):
        return None
    return total(
        *(
            product(number(objective.factor(term, sample)), output_term(objective, term, k, sample))
            for term in objective.terms
        )
    )


def _in_base(expression: Expr, term: LossTerm) -> Expr:
    """Natural logarithms replaced by logarithms to the loss's base."""
    if term.log_base is None:
        return expression
    base = literal(term.log_base)

    def replaced(node: Expr) -> Expr | None:
        if isinstance(node, Function) and node.name == "ln":
            return Function("log", (base, *(substitute(operand, replaced) for operand in node.operands)))
        return None

    return substitute(expression, replaced)
