"""What a careful instructor looks at once everything has been read: does it all fit together?"""

from __future__ import annotations

import flint

from nbsolve.arithmetic import Value
from nbsolve.given import Entry, Given, Letter
from nbsolve.problem import wiring
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.model import AnyProblem, LossTerm, Network, Part, Problem, Sample

_ZERO_ONE = ("binary_cross_entropy", "categorical_cross_entropy", "negative_log_likelihood")
_SHARES = ("softmax", "softmax_with_temperature", "softmax_with_base")
_OF_CLASSES = ("categorical_cross_entropy", "negative_log_likelihood")
_COSINES = ("cosine_similarity", "cosine_loss")


def check_targets(
    root: Cursor, network: Network, samples: tuple[Sample, ...], losses: tuple[LossTerm, ...]
) -> None:
    """Targets in the domain of every loss, losses that suit the outputs; notes faults and warnings."""
    loss = root.get("loss") or root
    for term in losses:
        output = network.layer(term.layer or len(network.layers))
        outputs, last = output.units, output.activation.name
        own = tuple(_of_layer(network, term, sample) for sample in samples)
        if term.name == "categorical_cross_entropy" and outputs == 1:
            hint = "for one output use binary_cross_entropy"
            loss.fault(
                "categorical_cross_entropy with one output", expected="at least two outputs", hint=hint
            )
        elif term.name == "categorical_cross_entropy" and last not in _SHARES:
            loss.warn(f"categorical cross-entropy on {last} outputs: probabilities usually come from softmax")
        elif term.name == "binary_cross_entropy" and last not in ("sigmoid", *_SHARES):
            loss.warn(f"binary cross-entropy on {last} outputs, which may leave the interval (0, 1)")
        elif term.name == "negative_log_likelihood" and last != "log_softmax":
            loss.warn(
                f"negative log-likelihood on {last} outputs: "
                "logarithms of probabilities usually come from log_softmax"
            )
        elif term.name in _COSINES and outputs == 1:
            loss.warn("the cosine of one output is 1 or −1: its gradient is 0")
        for place, sample in enumerate(own):
            _check_target(_target_cursor(root, place), term, sample)
        if term.name in _OF_CLASSES and any(total is not None and total != 1 for total in map(_sum, own)):
            loss.warn("targets that do not sum to 1: the derivative with respect to z is p Σy − y, not p − y")
        if term.name == "hinge" and any(
            abs(float(y)) != 1 for sample in own for y in _numbers(sample.target)
        ):
            loss.warn("hinge loss is usually taken with targets −1 and 1")
    if losses and any(choice.name == "step" for choice in network.activations):
        loss.warn("the derivative of the step function is 0: no gradient passes through it")


def _of_layer(network: Network, term: LossTerm, sample: Sample) -> Sample:
    """A sample with the targets of the output layer alone that a term of the loss is of."""
    if term.layer is None:
        return sample
    own = {vector.layer: given for vector, given in wiring.targets(network, sample)}
    return sample.model_copy(update={"target": own.get(term.layer)})


NEED_NUMBERS = ("forward_after", "loss_after", "epoch_loss")


def check_letters(
    root: Cursor, network: Network, samples: tuple[Sample, ...], parts: tuple[Part, ...]
) -> None:
    """Note a fault for everything asked of a problem in symbols that has no formula."""
    rows = [row for layer in network.layers for row in (*layer.weights, layer.bias.values)]
    rows += [row for sample in samples for row in (sample.input, sample.target or ())]
    if not any(isinstance(cell, Letter) for row in rows for cell in row):
        return
    for part in parts:
        for word in part.ask:
            if word in NEED_NUMBERS:
                hint = "ask for updated_parameters, or replace all letters with numbers"
                root.key_fault("parts", f"{word} is asked, but the problem is in symbols", hint=hint)


def _target_cursor(root: Cursor, place: int) -> Cursor:
    samples = root.get("samples") or root
    if not samples.is_list:
        return samples
    sample = [*samples.each()][place]
    return sample.get("target") or sample.get("y") or sample


def _check_target(cursor: Cursor, term: LossTerm, sample: Sample) -> None:
    target = _numbers(sample.target)
    if term.name in _ZERO_ONE:
        for y in target:
            if not 0 <= y.value <= 1:
                expected = "targets from 0 to 1 (probabilities)"
                cursor.fault(f"the target {y} is outside the domain of {term.written}", expected=expected)
                return
    if (
        term.name in _COSINES
        and len(target) == len(sample.target or ()) > 0
        and all(y.value == 0 for y in target)
    ):
        cursor.fault(
            "the cosine with a target of zeros is not defined", expected="a target that is not all 0"
        )


def _numbers(cells: tuple[Entry, ...] | None) -> list[Given]:
    """The cells that hold numbers."""
    return [cell for cell in cells or () if isinstance(cell, Given)]


def _sum(sample: Sample) -> Value | None:
    """What the targets add up to; None where some are letters, or there are none."""
    targets = _numbers(sample.target)
    if not targets or len(targets) < len(sample.target or ()):
        return None
    return sum((y.value for y in targets), start=flint.fmpq(0))


def domain_hint(problem: AnyProblem) -> str | None:
    """What may help where a number met no function: rounding may have made it 0 or 1."""
    if not isinstance(problem, Problem) or problem.rounding.apply != "each_step":
        return None
    return "each step is rounded (rounding: each_step), here perhaps too far: raise decimals"
