"""The oracles of `kind: graph` agree with one another, with difference quotients, and with what was published."""

from __future__ import annotations

import re

import pytest

from nbsolve.checking.oracle.graph_oracle import iterations, local_factors, values_and_gradients
from nbsolve.checking.oracle.graph_precise import precise_values_and_gradients, quotient
from tests.reference.published_graphs import Published, as_printed, published
from tests.reference.random_graphs import MOST_EQUATIONS, random_graph

SEEDS = range(40)
PIECES = ["max(", "min(", "where(", "relu(", "abs(", "ln(", "sqrt(", "sum(", "^", "ranges", "padding"]


@pytest.mark.parametrize("example", published(), ids=lambda example: example.source)
def test_published_numbers(example: Published) -> None:
    values = values_and_gradients(example.text)
    precise = precise_values_and_gradients(example.text)
    for name, printed in example.expected.items():
        assert as_printed(values[name], printed), name
        assert as_printed(float(precise[name]), printed), name
    if example.local:
        factors = local_factors(example.text)
        assert all(as_printed(factors[name], printed) for name, printed in example.local.items())
    if example.after:
        (after,) = iterations(example.text)
        assert all(as_printed(after[name], printed) for name, printed in example.after.items())


def test_there_are_enough_of_them() -> None:
    assert len(published()) >= 30
    assert len({example.source for example in published()}) == len(published())


def test_a_wrong_number_would_be_found() -> None:
    example = published()[0]
    values = values_and_gradients(example.text.replace("q * z", "q * z + x"))
    assert not all(as_printed(values[name], printed) for name, printed in example.expected.items())


def test_the_two_oracles_agree() -> None:
    for seed in SEEDS:
        text = random_graph(seed)
        values, precise = values_and_gradients(text), precise_values_and_gradients(text)
        assert values.keys() == precise.keys()
        for name, value in values.items():
            assert value == pytest.approx(float(precise[name]), rel=1e-9, abs=1e-11), (seed, name)


def test_the_sweep_agrees_with_difference_quotients() -> None:
    """Where no kink is near: one gradient of each graph without any."""
    tried = 0
    for seed in SEEDS:
        text = random_graph(seed)
        if re.search(r"max|min|relu|abs|where", text):
            continue
        precise = precise_values_and_gradients(text)
        name = next(name for name in precise if not name.startswith("d"))
        slope = next(value for key, value in precise.items() if key.endswith(f"/d{name}"))
        assert abs(quotient(text, name) - slope) <= 1e-20 * (1 + abs(slope)), seed
        tried += 1
    assert tried > 2


def test_random_graphs_are_of_all_kinds() -> None:
    texts = [random_graph(seed) for seed in SEEDS]
    assert texts[7] == random_graph(7)
    assert len(set(texts)) == len(texts)
    every = "\n".join(texts)
    for piece in PIECES:
        assert piece in every, piece
    assert re.search(r"\[\w,\w,\w\]", every)
    assert "upstream: [" in every
    assert max(text.count('\n  "') for text in texts) == MOST_EQUATIONS


@pytest.mark.parametrize(
    ("formula", "slopes"),
    [
        ("max(x, y)", (1, 0)),
        ("max(y, x)", (0, 1)),
        ("min(x, y)", (1, 0)),
        ("max(x, 0.3)", (0, 0)),
        ("min(3/10, y)", (0, 0)),
        ("relu(x - y)", (0, 0)),
        ("abs(x - y)", (0, 0)),
        ("where(x >= y, x^2, y)", (0.6, 0)),
        ("where(x > y, x^2, y)", (0, 1)),
        ("x*x + x", (1.6, 0)),
    ],
)
def test_ties_by_convention(formula: str, slopes: tuple[float, float]) -> None:
    """x is 0.3 and y 0.1 + 0.2, which doubles would tell apart."""
    text = f"kind: graph\ngiven: {{x: 0.3, a: 0.1, b: 0.2}}\nequations: {{y: a + b, f: '{formula}'}}"
    for values in (values_and_gradients(text), precise_values_and_gradients(text)):
        assert (float(values["df/dx"]), float(values["df/dy"])) == pytest.approx(slopes)


def test_padding_strides_and_what_is_outside() -> None:
    text = """
        given: {x: [1, 2, 3], k: [10, 1]}
        equations: {"y[t]": "sum(s, k[s]*x[t+s-2])", "u[r]": "x[2*r-1]", L: "sum(t, y[t]) + sum(r, u[r])"}
        ranges: {t: 4, r: 2}
    """
    values = values_and_gradients(text + "    padding: {x: 5}\n")
    assert [values[f"y[{t}]"] for t in (1, 2, 3, 4)] == [51, 12, 23, 35]
    assert [values[f"dL/dx[{i}]"] for i in (1, 2, 3)] == [12, 11, 12]
    with pytest.raises(ValueError, match=r"x\[0\] is outside"):
        values_and_gradients(text)
