"""Reading a problem of the kind `rule`: samples of two classes, the parameters at the start, the rule, its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nbsolve.catalogue.rules import RULES, LearningRule
from nbsolve.given import Entry, Given
from nbsolve.logarithms import Logarithm
from nbsolve.problem.choices import read_named
from nbsolve.problem.common import has_keys, read_common, rounding_of
from nbsolve.problem.cursor import Cursor, describe, listing, suggestion
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.kinds import RuleFile
from nbsolve.problem.keys.rules import CHANGES, NO_MISTAKES, RULE_KEYS
from nbsolve.problem.model import (
    Choice,
    Network,
    Notation,
    Part,
    RuleProblem,
    Sample,
)
from nbsolve.problem.naming import read_notation
from nbsolve.problem.part_lists import read_part, read_part_list
from nbsolve.problem.rule_samples import (
    ZERO,
    read_classes,
    read_features,
    read_rule_network,
    read_rule_samples,
)
from nbsolve.problem.training import read_iteration

__all__ = ["ASKS", "read_rule_problem"]

ASKS = (
    "changes",
    "updated_parameters",
    "epochs",
    "mistakes",
    "decision_boundary",
    "prediction",
    "accuracy",
    "separable",
)
MAXIMUM_TURNS, MAXIMUM_CHANGES = 10_000, 40_000
"""Samples × epochs; and that times the parameters: all of them are exact numbers that are kept."""
MAXIMUM_SHOWN = 100
_USUAL_MOST = 100
"""Epochs after which a training ends that would go on for ever, where the problem says nothing."""


@dataclass(frozen=True)
class _Rule:
    """What stands under `rule`."""

    choice: Choice
    at_zero: Given | None
    undecided: Given | None

    @property
    def record(self) -> LearningRule:
        return RULES[self.choice.name]


def read_rule_problem(root: Cursor, name: str, text: str) -> RuleProblem | None:
    """The problem; None after noting a fault."""
    folder = root.notes.folder
    if not has_keys(root, RuleFile, hints=_HINTS):
        return None
    rule_cursor, samples_cursor = root.get("rule"), root.get("samples")
    rule = None if rule_cursor is None else _rule(rule_cursor)
    samples = None if samples_cursor is None else read_rule_samples(samples_cursor, folder)
    classes = None if samples is None or samples_cursor is None else read_classes(samples_cursor, samples[0])
    network = None if samples is None else read_rule_network(root, samples[0], folder)
    at_zero = None
    if rule is not None and rule_cursor is not None and classes is not None:
        at_zero = _at_zero(rule_cursor, rule, classes)
    batch = root.get("batch")
    batched = None if batch is None else batch.word("batch", ("sample", "all"))
    count = None if samples is None else len(samples[0])
    parameters = 1 if network is None else _parameters(network)
    end = None if rule is None else _end(root, rule.record, count, parameters)
    show = None if end is None else _show(root.get("show"), end[1])
    notation: Notation | None = Notation()
    if (inner := root.get("notation")) is not None:
        notation = read_notation(inner, network)
    rounding = rounding_of(root)
    parts = _parts(root.get("parts"))
    common = read_common(root, name, text)
    features = () if samples is None else read_features(root.get("features"), samples)
    if samples is not None and network is not None:
        _refuse_logarithms(root, samples[0], network)
    if root.notes.faults:
        return None
    if (
        rule is None
        or samples is None
        or classes is None
        or network is None
        or at_zero is None
        or end is None
        or show is None
        or notation is None
        or rounding is None
    ):
        raise AssertionError("what could not be read was not noted as a fault")
    return RuleProblem(
        **common,
        network=network,
        samples=samples[0],
        features=features,
        rule=rule.choice,
        classes=classes,
        at_zero=at_zero,
        undecided=rule.undecided,
        batch="all" if batched == "all" else "sample",
        until_right=end[0],
        epochs=end[1],
        show=show,
        rounding=rounding,
        notation=notation,
        parts=parts or _default_parts(end[0]),
    )


def _refuse_logarithms(root: Cursor, samples: tuple[Sample, ...], network: Network) -> None:
    """A rule counts exactly in rationals, and decides at 0 what a unit says."""
    layer = network.layers[0]
    given: dict[str, tuple[Entry, ...]] = {
        "weights": tuple(cell for row in layer.weights for cell in row),
        "threshold" if root.has("threshold") else "bias": layer.bias.values,
        "samples": tuple(cell for sample in samples for cell in sample.entries),
    }
    for key, cells in given.items():
        for cell in cells:
            if isinstance(cell, Given) and isinstance(cell.value, Logarithm):
                inner = root.get(key) or root
                where = next((one for one in inner.scalars() if one.text == cell.text), inner)
                where.fault(
                    f"{cell.text} has a logarithm", expected="rational numbers: a rule is worked out exactly"
                )
                return


_HINTS = {
    "network": "a rule has one layer: weights and bias stand by themselves: weights: [0, 0], bias: 0",
    "learning_rate": "it belongs to the rule: rule: {perceptron: {learning_rate: 0.5}}",
    "training": "rule: perceptron, and until: no mistakes, or epochs: 2",
    "layers": "a rule has one layer; networks with hidden layers learn by gradients (kind: network)",
    "loss": "a rule has no loss; what has one learns by gradients (kind: network)",
    "activation": "the unit's output is a step; {perceptron: {at_zero: 0}} says what it is at 0",
    "inputs": "the samples say how many inputs there are",
    "iterations": "epochs: how often all samples are gone through",
}


# ------------------------------------------------------------------ the rule


def _rule(cursor: Cursor) -> _Rule | None:
    named = read_named(cursor, "rule", RULE_KEYS)
    if named is None:
        return None
    name, settings = named
    if settings is not None and not settings.mapping(keys_of(RULE_KEYS[name]), name):
        return None
    before = len(cursor.notes.faults)
    numbers: dict[str, Given | None] = {}
    for key in ("learning_rate", "factor", "undecided"):
        inner = None if settings is None else settings.get(key)
        least = {"least": 0} if key == "undecided" else {"above": 0}
        numbers[key] = None if inner is None else inner.number(key, **least)
    change = None if settings is None else settings.get("change")
    word = None if change is None else change.word("change", CHANGES)
    at_zero_cursor = None if settings is None else settings.get("at_zero")
    at_zero = None if at_zero_cursor is None else at_zero_cursor.number("at_zero")
    if settings is not None and at_zero is not None and numbers["undecided"] is not None:
        settings.key_fault(
            "at_zero", "undecided already says what the unit gives near 0", expected="one of them"
        )
    if len(cursor.notes.faults) > before:
        return None
    record = RULES["perceptron_target" if word == "target" else name]
    parameters = {"learning_rate": numbers["learning_rate"] or Given.read(record.learning_rate)}
    for key, usual in record.parameters.items():
        parameters[key] = numbers[key] or usual
    return _Rule(Choice(name=record.name, parameters=parameters), at_zero, numbers["undecided"])


def _at_zero(cursor: Cursor, rule: _Rule, classes: tuple[Given, Given]) -> Given | None:
    """What the unit gives on the border; None after noting a fault."""
    low, high = classes
    bipolar = low.value < 0
    settings = cursor.get(cursor.keys()[0]) if cursor.is_mapping else None
    if settings is not None and rule.choice.name == "perceptron_target" and not bipolar:
        settings.key_fault(
            "change",
            "change: target needs the targets −1 and 1: a target of 0 would never change anything",
            expected="change: error, or targets −1 and 1",
        )
        return None
    if settings is not None and rule.undecided is not None and not bipolar:
        settings.key_fault(
            "undecided",
            "undecided needs the targets −1 and 1: 0, which it stands for, is a class here",
            expected="targets −1 and 1",
        )
        return None
    if rule.undecided is not None:
        return ZERO
    if rule.at_zero is None:
        return high
    allowed = [low, high, *([ZERO] if bipolar else [])]
    found = next((one for one in allowed if one.value == rule.at_zero.value), None)
    if found is None and settings is not None:
        inner = settings.get("at_zero")
        if inner is not None:
            inner.fault(f"at_zero is {rule.at_zero}", expected=listing([one.text for one in allowed], "or"))
    return found


# ------------------------------------------------------------------ the end


def _parameters(network: Network) -> int:
    layer = network.layers[0]
    return sum(map(len, (*layer.weights, layer.bias.values)))


def _end(root: Cursor, rule: LearningRule, samples: int | None, parameters: int) -> tuple[bool, int] | None:
    """Whether training ends after an epoch without a mistake, and after how many epochs in any case."""
    until, epochs, most = root.get("until"), root.get("epochs"), root.get("most_epochs")
    least = min(MAXIMUM_TURNS, MAXIMUM_CHANGES // parameters) // (samples or 1)
    if until is not None and epochs is not None:
        root.key_fault(
            "epochs", "there are both until and epochs", expected="epochs, or until with most_epochs"
        )
        return None
    if until is None and most is not None:
        root.key_fault("most_epochs", "most_epochs goes with until", expected=f"until: {NO_MISTAKES}")
        return None
    if until is not None:
        if not rule.mistakes:
            until.fault(
                f"{rule.name} changes its parameters after right predictions, too",
                expected="epochs: how often all samples are gone through",
            )
            return None
        if until.word("until", (NO_MISTAKES,)) is None:
            return None
        count = min(_USUAL_MOST, least) if most is None else most.integer("most_epochs", 1, least)
        return None if count is None else (True, count)
    if epochs is not None:
        count = epochs.integer("epochs", 1, least)
        return None if count is None else (False, count)
    if rule.name == "hebb":
        return False, 1
    expected = f"until: {NO_MISTAKES}, or epochs: 2" if rule.mistakes else "epochs: 2, for one"
    root.fault("the problem does not say when training ends", expected=expected)
    return None


def _show(cursor: Cursor | None, epochs: int) -> Literal["all", "auto"] | tuple[int, ...] | None:
    if cursor is None:
        return "auto"
    if cursor.is_scalar and cursor.text == "all":
        if epochs > MAXIMUM_SHOWN:
            cursor.fault(f"up to {epochs} epochs are too many to show", expected=f"at most {MAXIMUM_SHOWN}")
            return None
        return "all"
    elements = [*cursor.each()] if cursor.is_list else [cursor]
    if not 1 <= len(elements) <= MAXIMUM_SHOWN:
        cursor.fault(f"show lists {len(elements)} epochs", expected="1 or more of them, such as [1, last]")
        return None
    found = [read_iteration(one, "show", epochs, ", or all") for one in elements]
    known = {one for one in found if one is not None}
    return tuple(sorted(known)) if len(known) == len(set(found)) else None


# ------------------------------------------------------------------ parts


def _default_parts(until_right: bool) -> tuple[Part, ...]:
    ask = ("changes", "updated_parameters", *(("epochs",) if until_right else ()), "decision_boundary")
    return (Part(label="a", ask=ask),)


def _parts(cursor: Cursor | None) -> tuple[Part, ...]:
    """The parts; () where there are none, or after noting a fault."""
    if cursor is None:
        return ()
    expected = listing(ASKS, "or")
    hints = {"at": "what is asked is what training ends with"}

    def word(element: Cursor) -> str | None:
        if element.is_scalar and element.text in ASKS:
            return element.text
        near = suggestion(element.text, ASKS) if element.is_scalar else None
        element.fault(f"an entry of ask is {describe(element.node)}", expected=expected, hint=near)
        return None

    return (
        read_part_list(cursor, lambda part, place: read_part(part, place, word, expected, None, hints)) or ()
    )
