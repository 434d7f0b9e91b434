"""Numbers fit for a pencil: every value of both passes is short, by an arithmetic that knows nothing of nbsolve.

The passes are calculated anew from the variant's file with mpmath at 50 digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from mpmath import mp, mpf

from nbsolve.checking.audit.update_world import UpdateWorld
from nbsolve.checking.oracle import network, rules
from nbsolve.checking.oracle.graph_precise import precise_values_and_gradients
from nbsolve.checking.oracle.numbers import big
from nbsolve.checking.oracle.reading import load
from nbsolve.errors import ProblemError
from nbsolve.problem.model import Choice, Problem
from nbsolve.variants import Family, NoVariant
from nbsolve.variants.pencil.short import arguments, is_short
from tests.variants.kinds import KINDS, OTHERS, text_of

FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "linear": (lambda z: z, lambda z: mpf(1)),
    "relu": (lambda z: max(z, mpf(0)), lambda z: mpf(z > 0)),
    "leaky_relu": (lambda z: z if z > 0 else z / 100, lambda z: mpf(1) if z > 0 else mpf(1) / 100),
    "sigmoid": (lambda z: 1 / (1 + mp.exp(-z)), lambda z: mp.exp(-z) / (1 + mp.exp(-z)) ** 2),
    "tanh": (mp.tanh, lambda z: 1 - mp.tanh(z) ** 2),
    "hard_sigmoid": (
        lambda z: max(mpf(0), min(mpf(1), z / 5 + mpf(1) / 2)),
        lambda z: mpf(1) / 5 if abs(z) < mpf(5) / 2 else mpf(0),
    ),
}


def number(text: str) -> Any:
    """A number of the file, `ln` included."""
    return mp.mpf(1) * eval(
        "".join(f"mpf('{p}')" if p[:1].isdigit() else p for p in _pieces(str(text))),
        {"mpf": mpf, "ln": mp.log},
    )


def _pieces(text: str) -> Iterator[str]:
    import re

    yield from re.findall(r"[0-9.]+|ln|[-+*/() ]", text)


def passes(text: str) -> Iterator[tuple[str, Any]]:
    """Every value of the forward and the backward pass of one sample, by its sort."""
    tree = yaml.load(text, Loader=yaml.BaseLoader)
    (sample,) = tree["samples"]
    incoming = [number(x) for x in sample["input"]]
    targets = [number(y) for y in sample["target"]]
    kept = []
    for layer in tree["network"]["layers"]:
        rows = [[number(w) for w in row] for row in layer["weights"]]
        biases = [number(b) for b in layer["bias"]]
        z = [
            sum(w * a for w, a in zip(row, incoming, strict=True)) + b
            for row, b in zip(rows, biases, strict=True)
        ]
        if "softmax" in str(layer["activation"]):
            powers = [(mp.e if layer["activation"] == "softmax" else mpf(2)) ** one for one in z]
            out, slopes = [one / sum(powers) for one in powers], []
        else:
            function, slope = FUNCTIONS[layer["activation"]]
            out, slopes = [function(one) for one in z], [slope(one) for one in z]
        kept.append((rows, incoming, slopes))
        yield from (("a", a) for a in out)
        incoming = out
    logarithmic = "entropy" in str(tree["loss"])
    delta = [a - y for a, y in zip(incoming, targets, strict=True)]
    if not logarithmic:
        yield "L", sum(d**2 for d in delta) / 2
        delta = [d * s for d, s in zip(delta, kept[-1][2], strict=True)]
    for place in range(len(kept) - 1, -1, -1):
        rows, incoming, _ = kept[place]
        yield from (("delta", d) for d in delta)
        yield from (("dL/dw", d * a) for d in delta for a in incoming)
        if place:
            back = [sum(d * row[i] for d, row in zip(delta, rows, strict=True)) for i in range(len(incoming))]
            yield from (("dL/da", one) for one in back)
            delta = [one * s for one, s in zip(back, kept[place - 1][2], strict=True)]


def digits_of(value: Any) -> int:
    """How many digits a decimal has, zeros around them not counted; 99 where it does not end soon."""
    scaled = abs(value) * 10**9
    if abs(scaled - mp.nint(scaled)) > mpf(10) ** -25:
        return 99
    return len(str(int(mp.nint(scaled))).strip("0"))


@pytest.mark.parametrize("name", KINDS)
def test_every_value_is_short(name: str) -> None:
    digits, _ = KINDS[name]
    family = Family(text_of(name), name="pencil")
    seen = set()
    for id in ("1", "2"):
        variant = family.variant(id)
        assert variant.problem.text == family.variant(id).problem.text
        seen.add(variant.problem.text)
        with mp.workdps(50):
            found = list(passes(variant.problem.text))
            assert len(found) >= 4
            for sort, value in found:
                assert digits_of(value) <= digits, (sort, value, variant.problem.text)
                assert sort in ("L", "a") or value != 0
    assert len(seen) == 2


def others(text: str) -> Iterator[tuple[str, Any]]:
    """What is found for problems of other kinds, by the oracles."""
    kind = yaml.load(text, Loader=yaml.BaseLoader).get("kind", "network")
    if kind == "network":
        for (name, _, _), value in network.solve(load(text)).items():
            if "dL/dx" not in name and "L_out" not in name:  # the last is not on the page
                yield name, big(value)
    elif kind == "graph":
        yield from precise_values_and_gradients(text).items()
    elif kind == "update":
        for update in UpdateWorld(text).iterations:
            yield from ((name, big(value)) for name, value in update.values.items())
    else:
        for row in rules.run(text).rows:
            yield from (("rule", big(value)) for value in (row["z"], row["e"], *row["w"]))


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_drawn_is_short(name: str) -> None:
    digits, _ = OTHERS[name]
    family = Family(text_of(name), name="pencil")
    texts = {family.variant(id).problem.text for id in ("1", "2")}
    assert len(texts) == 2
    for text in texts:
        with mp.workdps(50):
            found = list(others(text))
            assert len(found) > 5
            assert all(digits_of(value) <= digits + 2 * ("new" in name) for name, value in found), found


def test_a_derivation_has_no_numbers() -> None:
    with pytest.raises(ProblemError, match="says nothing that varies in a problem of the kind derivation"):
        Family("kind: derivation\nfunctions: [sigmoid]\nvariants: {pencil: {digits: 2}}\n", name="pencil")


def test_a_long_value_is_seen() -> None:
    text = text_of("a sigmoid unit, squared error").replace("ln(4) + 0.1", "0.4")
    with mp.workdps(50):
        assert max(digits_of(value) for _, value in passes(text)) == 99


def test_the_table_is_read_off_the_record() -> None:
    table = {str(one.z): (str(one.a), str(one.slope)) for one in arguments(Choice(name="sigmoid"), 4)}
    assert table["0"] == ("1/2", "1/4")
    assert table["ln(3)"] == ("3/4", "3/16")
    assert table["-ln(3)"] == ("1/4", "3/16")
    short = arguments(Choice(name="sigmoid"), 2)
    assert len(short) == 9
    assert all(is_short(one.slope, 2) for one in short)


def test_only_what_is_said_varies() -> None:
    text = text_of("a sigmoid unit, cross-entropy, update").replace(
        "variants: {pencil: {digits: 2}}",
        "variants: {pencil: {digits: 2}, vary: {x: {choices: [1, 2, 4, 5]}, biases: {from: -9, to: 9, step: 0.1}}}",
    )
    family = Family(text, name="pencil")
    problem = family.variant("1").problem
    assert isinstance(problem, Problem)
    assert [str(w) for w in problem.network.layers[0].weights[0]] == ["0.3", "-0.2"]
    assert {str(x) for x in problem.samples[0].input} <= {"1", "2", "4", "5"}


def test_a_loss_that_is_never_short_is_said() -> None:
    text = text_of("a sigmoid unit, squared error").replace("{squared_error: {scale: 1/2}}", "log_cosh")
    text = text.replace("digits: 2}", "digits: 2}, attempts: 3")
    with pytest.raises(NoVariant, match="pencil 3"):
        Family(text, name="pencil").variant("1")


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("variants: {pencil: {digits: 9}}", "whole number from 1 to 6"),
        ("variants: {pencil: {figures: 2}}", "figures"),
        ("variants: {gates: {work: off}}", "says nothing that varies"),
        ("variants: {pencil: {}, vary: {}}", "vary is an empty mapping"),
    ],
)
def test_bad_blocks_are_refused(block: str, said: str) -> None:
    text = text_of("a sigmoid unit, squared error").partition("variants:")[0] + block + "\n"
    with pytest.raises(ProblemError, match=said):
        Family(text, name="pencil")
