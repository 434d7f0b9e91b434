"""From what a person says is to be worked out again to a replay: quantities by name, rules by name."""

from __future__ import annotations

from collections.abc import Mapping

from nbsolve.catalogue.changes import change_named
from nbsolve.errors import UnknownChangeError, UnknownQuantityError
from nbsolve.given import Given
from nbsolve.notation import Names
from nbsolve.solving.replay import Replay
from nbsolve.solving.solution import Solution
from nbsolve.symbol import LOSS, PARAMETERS, Partial, Role, Symbol, canonical
from nbsolve.values import whole

__all__ = ["replay_of"]


def replay_of(
    solution: Solution,
    names: Names,
    values: Mapping[str, str],
    rules: Mapping[str, str | None],
    iteration: int,
    sample: int | None,
) -> Replay:
    """The replay. Raises: UnknownQuantityError, UnknownChangeError, DomainError (what is put in is no number)."""
    problem = solution.problem
    if problem.symbolic:
        raise UnknownChangeError("a problem in symbols has no numbers to be worked out again")
    if "updated_weights" in rules and problem.training is None:
        raise UnknownChangeError("updated_weights: without training no weight is updated")
    if (
        "updated_weights" in rules
        and problem.training is not None
        and problem.training.optimiser.clip == "norm"
    ):
        raise UnknownChangeError("updated_weights: the norm of all gradients is known only after going back")
    if "weights_transposed" in rules:
        uneven = [layer.index for layer in solution.layers[1:] if layer.inputs != len(layer.units)]
        if uneven:
            raise UnknownChangeError(
                f"weights_transposed: the weight matrix of layer {uneven[0]} is not square, so it does not fit"
            )
    found = {
        _replaceable(names.resolve(name), name, solution, iteration, sample): _number(name, text)
        for name, text in values.items()
    }
    for name, told in rules.items():  # what is unknown is refused here, not while it is solved
        change_named(name, told)
    return Replay({iteration: found} if found else {}, dict(rules))


def _number(name: str, text: str) -> Given:
    try:
        return Given.read(str(text))
    except ValueError as error:
        raise UnknownQuantityError(f"the value for {name} is no number: {text!r}") from error


def _replaceable(
    atom: Symbol | Partial, name: str, solution: Solution, iteration: int, sample: int | None
) -> Symbol | Partial:
    """The quantity as the iteration writes it down on the way."""
    shown = [one.number for one in solution.iterations]
    if iteration not in shown:
        raise UnknownQuantityError(
            f"iteration {iteration} is not shown; there are {', '.join(map(str, shown))}"
        )
    one = solution.iteration(iteration)
    if sample not in one.labels:
        known = ", ".join(str(label) for label in one.labels if label is not None) or "only one"
        raise UnknownQuantityError(f"{name}: which sample? This batch has {known}")
    place = _of_sample(_as_written(atom, solution), sample)
    array, index = whole(place)
    if array in one.values.givens and not _is_new(place):
        raise UnknownQuantityError(f"{name} is given; change it in the problem (overrides) instead")
    if (index is None and not _single(place)) or array not in one.values.stored:
        raise UnknownQuantityError(f"{name} is no single quantity that is found on the way")
    return place


def _as_written(atom: Symbol | Partial, solution: Solution) -> Symbol | Partial:
    """An error signal by the name that it has: δ, or ∂L/∂z."""
    if isinstance(atom, Symbol) and atom.role is Role.DELTA and solution.how.way != "delta":
        return Partial(LOSS, Symbol.pre_activation(atom.layer, atom.to))
    if isinstance(atom, Partial) and atom.of == LOSS and atom.wrt.role is Role.PRE_ACTIVATION:
        if solution.how.turned:
            raise UnknownQuantityError(
                f"{canonical(atom)} is written as an error signal with the other sign here: name delta instead"
            )
        signal = solution.how.signal(atom.wrt)
        return signal
    return atom


def _of_sample(atom: Symbol | Partial, sample: int | None) -> Symbol | Partial:
    if isinstance(atom, Symbol):
        has_none = atom.role in (Role.LOSS, *PARAMETERS, Role.PENALTY)
        return atom if has_none else atom._replace(sample=sample)
    if atom.wrt.role in PARAMETERS:
        return atom
    of = atom.of if atom.of == LOSS else atom.of._replace(sample=sample)
    return Partial(of, atom.wrt._replace(sample=sample))


def _single(atom: Symbol | Partial) -> bool:
    symbol = atom if isinstance(atom, Symbol) else atom.wrt
    return symbol.shared or symbol.role in (Role.LOSS, Role.SAMPLE_LOSS, Role.PENALTY)


def _is_new(atom: Symbol | Partial) -> bool:
    return isinstance(atom, Symbol) and atom.new
