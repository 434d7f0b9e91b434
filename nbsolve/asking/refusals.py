"""Why a problem gives a quantity no value, in words for the one who asked for it."""

from __future__ import annotations

from nbsolve.asking.asked_words import UPDATED
from nbsolve.expr import Atom
from nbsolve.problem.cursor import listing
from nbsolve.problem.functions import loss_of, optimiser_of
from nbsolve.problem.jacobian_vectors import PRODUCTS
from nbsolve.problem.model import Problem
from nbsolve.symbol import LOSS, Partial, Role, Symbol

__all__ = ["refusal"]

_NEED_LOSS = frozenset(
    {
        Role.LOSS, Role.SAMPLE_LOSS, Role.LOSS_DECREASE, Role.EPOCH_LOSS, Role.OUTPUT_LOSS, Role.DELTA,
        Role.PENALTY,
    }
)  # fmt: skip
_NEED_TRAINING = frozenset({Role.LOSS_DECREASE, Role.EPOCH_LOSS, Role.LEARNING_RATE})


def _no_state(atom: Symbol, problem: Problem) -> str | None:
    """Why there is no such state of an optimiser; None where there is."""
    training = problem.training
    if training is None:
        return "the problem has no training"
    name, record = training.optimiser.name, optimiser_of(training.optimiser)
    found = [one for one in record.equations if one.name == atom.state_name]
    if not found:
        known = listing(one.name for one in record.equations) if record.equations else "nothing"
        return f"the optimiser {name} finds {known} for a parameter"
    return f"{found[0].name} is not kept, so it has no new value" if atom.new and not found[0].kept else None


def refusal(atom: Atom, problem: Problem) -> str | None:
    """Why a problem gives a quantity no value; None where it does."""
    if isinstance(atom, Partial):
        known = problem.given_gradient and atom.of == LOSS
        return (None if known else refusal(atom.of, problem)) or refusal(atom.wrt, problem)
    if atom.role is Role.STATE and (reason := _no_state(atom, problem)):
        return reason
    later = atom.new and atom.role not in UPDATED
    if problem.symbolic and (later or atom.role in (Role.LOSS_DECREASE, Role.EPOCH_LOSS)):
        return "the problem is in symbols"
    if atom.role in (Role.TARGET, Role.ERROR) and problem.samples[0].target is None:
        return "the samples have no targets"
    if problem.given_gradient and atom.role in _NEED_LOSS - {Role.DELTA}:
        return "only the gradient of the loss is given (upstream), not the loss"
    if atom.role in _NEED_LOSS and not problem.differentiated:
        return "the problem has no loss (add one, such as loss: squared_error)"
    if (atom.role in _NEED_TRAINING or atom.new or atom.change) and problem.training is None:
        return "the problem has no training (add training: {optimiser: {sgd: {learning_rate: 0.1}}})"
    if atom.role in (Role.PENALTY, Role.STRENGTH) and problem.regulariser is None:
        return "the problem has no penalty"
    for product in PRODUCTS.values():
        if atom.role in (product.vector, product.product) and not product.given(problem.jacobian):
            return f"the Jacobian is multiplied by no vector there (add jacobian: {{{product.side}: […]}})"
    if atom.role is Role.OUTPUT_LOSS and not all(loss_of(term).separable for term in problem.losses):
        return "its loss does not split into outputs"
    return None
