"""From what a problem says to the record of a function or an optimiser, or to the author's own formula."""

from __future__ import annotations

from nbsolve.catalogue import ACTIVATIONS, LOSSES, OPTIMISERS, Activation, Loss, Optimiser, clipped
from nbsolve.catalogue.losses import output_itself
from nbsolve.catalogue.softmaxes import Softmax, softmax
from nbsolve.expr import literals
from nbsolve.formula import OwnFunction, joint_loss, own_activation, own_loss
from nbsolve.problem.model import Choice, LossTerm, Topic


def activation_of(choice: Choice) -> Activation:
    """The record of a layer's activation."""
    own = own_function(choice)
    return ACTIVATIONS[choice.name] if own is None else own_activation(own)


def softmax_of(choice: Choice) -> Softmax | None:
    """The function of all units of a layer at once; None for one of a single unit."""
    if choice.formula is not None or choice.units or not ACTIVATIONS[choice.name].vector:
        return None
    return softmax(choice.name, literals(choice.parameters))


def optimiser_of(choice: Choice) -> Optimiser:
    """The record of an optimiser, with gradients that are clipped before where the problem says so."""
    record = OPTIMISERS[choice.name]
    return clipped(record, choice.clip) if choice.clip else record


def loss_of(term: LossTerm) -> Loss:
    """The record of a term of the loss."""
    if term.unit is not None and term.outputs is not None:
        return output_itself(term.unit, term.outputs)
    own = own_function(term)
    if own is None:
        return LOSSES[term.name]
    return own_loss(own) if term.outputs is None else joint_loss(own, term.outputs)


def own_function(chosen: Choice | LossTerm | Topic) -> OwnFunction | None:
    """The author's own formula; None for a function of the catalogue."""
    if chosen.formula is None:
        return None
    latex = None if isinstance(chosen, LossTerm) else chosen.latex
    return OwnFunction(chosen.name, chosen.formula, tuple(chosen.parameters.items()), latex)
