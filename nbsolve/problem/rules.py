"""Reading a problem of the kind `rule`: samples of two classes, the parameters at the start, the rule, its end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nbsolve.catalogue.rules import RULES, LearningRule
from nbsolve.given import Entry, Given, Letter
from nbsolve.problem.biases import read_bias
from nbsolve.problem.choices import read_named
from nbsolve.problem.cursor import Cursor, describe, listing, suggestion
from nbsolve.problem.digits import read_rounding
from nbsolve.problem.model import (
    Bias,
    Choice,
    DenseLayer,
    Network,
    Notation,
    Part,
    Rounding,
    RuleProblem,
    Sample,
)
from nbsolve.problem.naming import read_notation
from nbsolve.problem.parts import MAXIMUM_PARTS, read_label, read_space
from nbsolve.problem.samples import read_samples
from nbsolve.problem.texts import TEXTS, group_of, read_string, read_texts, title_of
from nbsolve.problem.training import read_iteration
from nbsolve.problem.weights import read_weights

__all__ = ["ASKS", "KEYS", "RULE_NAMES", "RULE_PARAMETERS", "read_rule_problem"]

KEYS = (
    "kind",
    "title",
    "source",
    "group",
    "statement",
    "language",
    "rule",
    "weights",
    "bias",
    "threshold",
    "samples",
    "features",
    "batch",
    "until",
    "epochs",
    "most_epochs",
    "show",
    "notation",
    "rounding",
    "parts",
    "pitfalls",
)
RULE_NAMES = ("perceptron", "adaline", "hebb")
RULE_PARAMETERS: dict[str, tuple[str, ...]] = {
    "perceptron": ("learning_rate", "change", "at_zero", "undecided"),
    "adaline": ("learning_rate", "factor"),
    "hebb": ("learning_rate",),
}
CHANGES = ("error", "target")
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
NO_MISTAKES = "no mistakes"
PART_KEYS = ("label", "ask", "marks", "space", "text")
MAXIMUM_SAMPLES, MAXIMUM_INPUTS, MAXIMUM_UNITS = 200, 20, 10
MAXIMUM_TURNS = 20_000
"""Samples × epochs: numbers stay exact, and grow with every change."""
MAXIMUM_SHOWN = 100
_USUAL_MOST = 100
"""Epochs after which a training ends that would go on for ever, where the problem says nothing."""
_CLASSES = (("0", "1"), ("-1", "1"))
_ZERO = Given.read("0")


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
    if not root.mapping(KEYS, "the problem", _HINTS):
        return None
    for key, expected in (
        ("rule", f"rule: {listing(RULE_NAMES, 'or')}"),
        ("samples", "a list of {input: […], target: …}"),
    ):
        if not root.has(key):
            root.fault(
                f"the problem has no {key}", expected=f"{key}: {expected}" if key != "rule" else expected
            )
    rule_cursor, samples_cursor = root.get("rule"), root.get("samples")
    rule = None if rule_cursor is None else _rule(rule_cursor)
    samples = None if samples_cursor is None else _samples(samples_cursor, folder)
    classes = None if samples is None or samples_cursor is None else _classes(samples_cursor, samples[0])
    network = None if samples is None else _network(root, samples[0], folder)
    at_zero = None
    if rule is not None and rule_cursor is not None and classes is not None:
        at_zero = _at_zero(rule_cursor, rule, classes)
    batch = root.get("batch")
    batched = None if batch is None else batch.word("batch", ("sample", "all"))
    count = None if samples is None else len(samples[0])
    end = None if rule is None else _end(root, rule.record, count)
    show = None if end is None else _show(root.get("show"), end[1])
    notation: Notation | None = Notation()
    if (inner := root.get("notation")) is not None:
        notation = read_notation(inner, network)
    rounding: Rounding | None = Rounding()
    if (inner := root.get("rounding")) is not None:
        rounding = read_rounding(inner)
    parts = _parts(root.get("parts"))
    texts = {key: read_string(root, key) for key in TEXTS}
    pitfalls = read_texts(root.get("pitfalls"))
    features = () if samples is None else _features(root.get("features"), samples)
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
        name=name,
        text=text,
        title=texts["title"] or title_of(name),
        source=texts["source"],
        group=group_of(texts),
        language=texts["language"] or root.notes.language,
        trust=root.notes.trust,
        statement=texts["statement"],
        pitfalls=pitfalls,
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
        warnings=tuple(root.notes.warnings),
    )


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
    named = read_named(cursor, "rule", RULE_NAMES)
    if named is None:
        return None
    name, settings = named
    allowed = RULE_PARAMETERS[name]
    if settings is not None and not settings.mapping(allowed, name):
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
        return _ZERO
    if rule.at_zero is None:
        return high
    allowed = [low, high, *([_ZERO] if bipolar else [])]
    found = next((one for one in allowed if one.value == rule.at_zero.value), None)
    if found is None and settings is not None:
        inner = settings.get("at_zero")
        if inner is not None:
            inner.fault(f"at_zero is {rule.at_zero}", expected=listing([one.text for one in allowed], "or"))
    return found


# ------------------------------------------------------------------ samples and parameters


def _samples(cursor: Cursor, folder: Path | None) -> tuple[tuple[Sample, ...], tuple[str, ...]] | None:
    """The samples, all alike, and what their columns are called; None after noting a fault."""
    first = cursor.node
    read = read_samples(cursor, *_sizes(cursor), folder)
    if read is None:
        return None
    samples = read.samples
    if samples[0].target is None:
        cursor.fault("the samples have no targets", expected="a target of 0 or 1, or of −1 or 1, for each")
        return None
    inputs, units = len(samples[0].input), len(samples[0].target)
    for size, most, what in (
        (len(samples), MAXIMUM_SAMPLES, "samples"),
        (inputs, MAXIMUM_INPUTS, "inputs"),
        (units, MAXIMUM_UNITS, "outputs"),
    ):
        if not 1 <= size <= most:
            cursor.fault(f"there are {size} {what}", expected=f"1 to {most}")
            return None
    assert cursor.node is first
    for place, sample in enumerate(samples):
        for values, what in ((sample.input, "input"), (sample.target or (), "target")):
            if any(isinstance(value, Letter) for value in values):
                where = [*cursor.each()][place] if cursor.is_list else cursor
                where.fault(f"an entry of {what} is a letter", expected="a number: a rule compares numbers")
                return None
    return samples, read.features


def _sizes(cursor: Cursor) -> tuple[int | None, int | None]:
    """How many inputs and targets the first sample has, which the others are held against."""
    first = next(iter(cursor.each()), None)
    if first is None:
        return None, None
    input_, target = first.get("input") or first.get("x"), first.get("target") or first.get("y")

    def size(one: Cursor | None) -> int | None:
        return None if one is None else one.length() if one.is_list else 1

    return size(input_), size(target)


def _classes(cursor: Cursor, samples: tuple[Sample, ...]) -> tuple[Given, Given] | None:
    """The two targets, the lower first; None after noting a fault."""
    places = [*cursor.each()]
    seen: dict[str, int] = {}
    for place, sample in enumerate(samples):
        for entry in sample.target or ():
            assert isinstance(entry, Given)
            seen.setdefault(str(entry.value), place)
    expected = "two classes: 0 and 1, or −1 and 1"
    for pair in _CLASSES:
        if set(seen) == set(pair):
            return Given.read(pair[0]), Given.read(pair[1])
    allowed = {text for pair in _CLASSES for text in pair}
    odd = next((text for text in seen if text not in allowed), None)
    if odd is not None:
        where = places[seen[odd]] if places else cursor
        where = where.get("target") or where.get("y") or where
        where.fault(f"a target is {odd}", expected=expected)
    elif len(seen) == 1:
        (only,) = seen
        cursor.fault(f"every target is {only}: there is one class", expected=expected)
    else:
        cursor.fault(f"the targets are {listing(sorted(seen, key=int))}", expected=expected)
    return None


def _network(root: Cursor, samples: tuple[Sample, ...], folder: Path | None) -> Network | None:
    """One layer of as many units as a target has numbers; None after noting a fault."""
    inputs, units = len(samples[0].input), len(samples[0].target or ())
    weights_cursor = root.get("weights")
    weights: tuple[tuple[Entry, ...], ...] | None = ((_ZERO,) * inputs,) * units
    if weights_cursor is not None:
        weights = _weights(weights_cursor, units, inputs, folder)
    bias = _bias(root, units, folder)
    if weights is None or bias is None:
        return None
    for key, entries in (
        ("weights", [e for row in weights for e in row]),
        (_constant(root), list(bias.values)),
    ):
        if any(isinstance(entry, Letter) for entry in entries):
            root.key_fault(key, f"{key} has a letter", expected="numbers: a rule compares numbers")
            return None
    layer = DenseLayer(units=units, activation=Choice(name="step"), weights=weights, bias=bias)
    return Network(inputs=inputs, layers=(layer,))


def _weights(
    cursor: Cursor, units: int, inputs: int, folder: Path | None
) -> tuple[tuple[Entry, ...], ...] | None:
    """A row for each unit; for one unit its numbers alone will do."""
    if units == 1 and cursor.is_list and all(one.is_scalar for one in cursor.each()):
        row = cursor.numbers("weights")
        if row is not None and len(row) != inputs:
            found = "1 number" if len(row) == 1 else f"{len(row)} numbers"
            cursor.fault(f"weights has {found}", expected=f"{inputs}, one for each input")
            return None
        return None if row is None else (row,)
    read = read_weights(cursor, units, inputs, False, folder)
    if read is None:
        return None
    if read.trainable is not True or read.missing:
        cursor.fault(
            "a rule changes every weight",
            expected="no trainable (a bias or threshold may be held), and no empty cells",
        )
        return None
    return read.rows


def _constant(root: Cursor) -> str:
    return "threshold" if root.has("threshold") else "bias"


def _bias(root: Cursor, units: int, folder: Path | None) -> Bias | None:
    if root.has("bias") and root.has("threshold"):
        root.key_fault("threshold", "there are both a bias and a threshold", expected="one of them")
        return None
    cursor = root.get(_constant(root))
    if cursor is None:
        return Bias(kind="units", values=(_ZERO,) * units)
    bias = read_bias(cursor, "threshold" if root.has("threshold") else "bias", units, folder)
    if bias is not None and bias.kind == "shared":
        cursor.fault("units that learn by a rule share no bias", expected="a number for each unit")
        return None
    if bias is not None and not isinstance(bias.trainable, bool):
        same = set(bias.trainable)
        if len(same) > 1:
            cursor.fault("some are held and some are not", expected="trainable: true or false, for all units")
            return None
        return bias.model_copy(update={"trainable": same == {True}})
    return bias


def _features(cursor: Cursor | None, samples: tuple[tuple[Sample, ...], tuple[str, ...]]) -> tuple[str, ...]:
    if cursor is None:
        return samples[1]
    wanted = len(samples[0][0].input)
    elements = cursor.elements("features", "a list of names, one for each input") or []
    names = tuple(name for one in elements if (name := one.string("a name")) is not None)
    if len(names) == len(elements) and len(names) != wanted:
        cursor.fault(f"features has {len(names)} names", expected=f"{wanted}, one for each input")
    return names


# ------------------------------------------------------------------ the end


def _end(root: Cursor, rule: LearningRule, samples: int | None) -> tuple[bool, int] | None:
    """Whether training ends after an epoch without a mistake, and after how many epochs in any case."""
    until, epochs, most = root.get("until"), root.get("epochs"), root.get("most_epochs")
    least = MAXIMUM_TURNS // (samples or 1)
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
    elements = cursor.elements("parts", "a list of {label: …, ask: […], marks: …}") or []
    if not 1 <= len(elements) <= MAXIMUM_PARTS and cursor.is_list:
        cursor.fault(f"there are {len(elements)} parts", expected=f"1 to {MAXIMUM_PARTS}")
        return ()
    parts: list[Part] = []
    for place, element in enumerate(elements):
        part = _part(element, place)
        if part is not None and part.label in [other.label for other in parts]:
            expected = "a label of its own for each part"
            element.fault(f"two parts have the label {part.label!r}", expected=expected)
        elif part is not None:
            parts.append(part)
    return tuple(parts)


def _part(cursor: Cursor, place: int) -> Part | None:
    if not cursor.mapping(PART_KEYS, "a part", {"at": "what is asked is what training ends with"}):
        return None
    label = read_label(cursor) or (chr(ord("a") + place) if place < 26 else str(place + 1))
    expected = listing(ASKS, "or")
    ask_cursor = cursor.get("ask")
    ask: list[str] = []
    if ask_cursor is None:
        cursor.fault("the part asks nothing", expected=f"ask: {expected}")
        return None
    words = [ask_cursor] if ask_cursor.is_scalar else ask_cursor.elements("ask", expected) or []
    if not words and ask_cursor.is_list:
        ask_cursor.fault("ask is an empty list", expected=expected)
    for word in words:
        if not word.is_scalar or word.text not in ASKS:
            hint = suggestion(word.text, ASKS) if word.is_scalar else None
            word.fault(f"an entry of ask is {describe(word.node)}", expected=expected, hint=hint)
        else:
            ask.append(word.text)
    marks_cursor = cursor.get("marks")
    marks = None if marks_cursor is None else marks_cursor.number("marks", least=0)
    space, text = read_space(cursor), read_string(cursor, "text")
    return Part(label=label, ask=tuple(ask), marks=marks, space=space, text=text)
