"""Reading what a rule learns from: samples of two classes, and the parameters at the start."""

from __future__ import annotations

from pathlib import Path

from nbsolve.given import Entry, Given, Letter
from nbsolve.problem.biases import read_bias
from nbsolve.problem.cursor import Cursor, listing
from nbsolve.problem.model import Bias, Choice, DenseLayer, Network, Sample
from nbsolve.problem.samples import read_samples
from nbsolve.problem.weights import read_weights

__all__ = ["ZERO", "read_classes", "read_features", "read_rule_network", "read_rule_samples"]

MAXIMUM_SAMPLES, MAXIMUM_INPUTS, MAXIMUM_UNITS = 200, 20, 10
ZERO = Given.read("0")
_CLASSES = (("0", "1"), ("-1", "1"))


def read_rule_samples(
    cursor: Cursor, folder: Path | None
) -> tuple[tuple[Sample, ...], tuple[str, ...]] | None:
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


def read_classes(cursor: Cursor, samples: tuple[Sample, ...]) -> tuple[Given, Given] | None:
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


def read_rule_network(root: Cursor, samples: tuple[Sample, ...], folder: Path | None) -> Network | None:
    """One layer of as many units as a target has numbers; None after noting a fault."""
    inputs, units = len(samples[0].input), len(samples[0].target or ())
    weights_cursor = root.get("weights")
    weights: tuple[tuple[Entry, ...], ...] | None = ((ZERO,) * inputs,) * units
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
        return Bias(kind="units", values=(ZERO,) * units)
    bias = read_bias(cursor, "threshold" if root.has("threshold") else "bias", units, folder)
    if bias is not None and bias.folded is not None:
        cursor.fault("a rule has its bias beside the weights", expected="bias: 0, or a number for each unit")
        return None
    if bias is not None and bias.shared:
        cursor.fault("units that learn by a rule share no bias", expected="a number for each unit")
        return None
    if bias is not None and not isinstance(bias.trainable, bool):
        same = set(bias.trainable)
        if len(same) > 1:
            cursor.fault("some are held and some are not", expected="trainable: true or false, for all units")
            return None
        return bias.model_copy(update={"trainable": same == {True}})
    return bias


def read_features(
    cursor: Cursor | None, samples: tuple[tuple[Sample, ...], tuple[str, ...]]
) -> tuple[str, ...]:
    """The names of the inputs: those of the problem, else those of the columns of its data."""
    if cursor is None:
        return samples[1]
    wanted = len(samples[0][0].input)
    elements = cursor.elements("features", "a list of names, one for each input") or []
    names = tuple(name for one in elements if (name := one.string("a name")) is not None)
    if len(names) == len(elements) and len(names) != wanted:
        cursor.fault(f"features has {len(names)} names", expected=f"{wanted}, one for each input")
    return names
