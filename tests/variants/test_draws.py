"""What is drawn for a variant: a function of file, seed and id, the same for ever, and what the block says."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import pytest

from nbsolve.errors import ProblemError
from nbsolve.problem.model import Problem
from nbsolve.problem.varying import GATES
from nbsolve.variants import Family
from nbsolve.variants.stream import Stream

NETWORK = """\
title: Two sigmoid units
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.3, -0.2], [0.5, 0.4]], bias: [0.1, -0.1]}
    - {units: 1, activation: sigmoid, weights: [[0.6, -0.7]], bias: [0.2]}
samples: [{input: [1, 2], target: [1]}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.5}}, iterations: 1}
parts:
  - {label: a, ask: [forward, loss]}
  - {label: b, ask: ["dL/dW[1][1][1]"]}
"""
OPEN = f"\n  gates: {{{', '.join(f'{gate}: off' for gate in GATES)}}}\n"


def family(vary: str, base: str = NETWORK) -> Family:
    return Family(f"{base}variants:\n  vary: {vary}{OPEN}")


def drawn(vary: str, id: str = "1", seed: int = 0) -> Problem:
    problem = family(vary).variant(id, seed).problem
    assert isinstance(problem, Problem)
    return problem


def test_the_stream_is_philox_seeded_from_sha_256() -> None:
    """Philox4x64-10, written from the paper (Salmon et al., 2011); NumPy counts on before it begins."""
    text = "nbsolve variants 1\nproblem\n0\n1\n0"
    stream, digest = Stream(text), hashlib.sha256(text.encode()).digest()
    key, counter = int.from_bytes(digest[:16], "little"), int.from_bytes(digest[16:], "little")
    raw = [word for n in (1, 2) for word in philox(key, counter + n)]
    assert [stream.below(1000) for _ in raw] == [word % 1000 for word in raw]


def philox(key: int, counter: int) -> list[int]:
    mask = 2**64 - 1
    a, b, c, d = (counter >> shift & mask for shift in (0, 64, 128, 192))
    first, second = key & mask, key >> 64
    for _ in range(10):
        one, two = a * 0xD2E7470EE14C6C93, c * 0xCA5A826395121157
        a, b, c, d = (two >> 64) ^ b ^ first, two & mask, (one >> 64) ^ d ^ second, one & mask
        first, second = (first + 0x9E3779B97F4A7C15) & mask, (second + 0xBB67AE8584CAA73B) & mask
    return [a, b, c, d]


def test_every_number_below_the_bound_is_as_likely() -> None:
    stream = Stream("even")
    counts = [0] * 7
    for _ in range(7000):
        counts[stream.below(7)] += 1
    assert max(abs(count - 1000) for count in counts) < 150


def test_an_id_has_its_numbers_whatever_was_drawn_before() -> None:
    one = family("{weights: {from: -1, to: 1, step: 0.1}}")
    texts = [one.variant(id).problem.text for id in ("a", "b", "c")]
    other = family("{weights: {from: -1, to: 1, step: 0.1}}")
    assert [other.variant(id).problem.text for id in ("c", "a")] == [texts[2], texts[0]]
    assert len({*texts}) == 3
    assert one.variant("a", seed=1).problem.text != texts[0]


def test_whole_arrays_have_numbers_of_the_range_as_it_writes_them() -> None:
    problem = drawn('{"W[1]": {from: -0.5, to: 0.5, step: 0.05, without: [0, 0.5]}}')
    entries = [entry for row in problem.network.layers[0].weights for entry in row]
    assert all(len(str(entry).partition(".")[2]) == 2 for entry in entries)
    values = [Fraction(str(entry)) for entry in entries]
    assert all(
        -Fraction(1, 2) <= value < Fraction(1, 2) and value and (value * 20).denominator == 1
        for value in values
    )
    assert [str(entry) for entry in problem.network.layers[1].weights[0]] == ["0.6", "-0.7"]


@pytest.mark.parametrize("name", ["w_{21}^{(1)}", "W[1][1][2]"])
def test_one_quantity_by_any_of_its_names(name: str) -> None:
    problem = drawn(f'{{"{name}": {{choices: [7, 8]}}}}')
    rows = [[str(entry) for entry in row] for row in problem.network.layers[0].weights]
    assert rows in ([["0.3", other], ["0.5", "0.4"]] for other in "78")


def test_the_layout_says_where_a_weight_stands() -> None:
    base = NETWORK.replace("inputs: 2\n", 'inputs: 2\n  layout: "x W + b"\n').replace(
        "[[0.6, -0.7]]", "[[0.6], [-0.7]]"
    )
    problem = family('{"W[1][1][2]": {choices: [7, 8]}}', base).variant("1").problem
    assert isinstance(problem, Problem)
    assert str(problem.network.layers[0].weights[0][1]) in "78"


@pytest.mark.parametrize("layout", ["W x + b", "x W + b"])
def test_the_weights_of_one_unit(layout: str) -> None:
    base = NETWORK.replace("inputs: 2\n", f'inputs: 2\n  layout: "{layout}"\n')
    base = base.replace("[[0.6, -0.7]]", "[[0.6], [-0.7]]") if layout == "x W + b" else base
    problem = family('{"W[1][2]": {choices: [7, 8]}}', base).variant("1").problem
    assert isinstance(problem, Problem)
    first, second = problem.network.layers[0].weights
    assert not {"7", "8"} & {*map(str, first)}
    assert {*map(str, second)} <= {"7", "8"}


def test_given_values_and_the_vectors_of_a_jacobian_vary() -> None:
    samples = "samples: [{input: [1, 2], target: [1]}]"
    given = 'samples: [{input: [1, 2], target: [1], given: {"a[1]": [0.5, 0.25], "z[2][1]": 1}}]\n'
    base = NETWORK.replace(samples, given + "jacobian: {right: [1, 1]}")
    problem = family(
        '{"a[1][2]": {from: 0.6, to: 0.9, step: 0.1}, "z[2][1]": {from: 2, to: 3, step: 1}, '
        '"v[1]": {from: 2, to: 3, step: 1}}',
        base,
    ).variant("1", 0)
    found = problem.problem
    assert isinstance(found, Problem)
    assert found.samples[0].given["a[1][1]"].text == "0.5"
    assert found.samples[0].given["a[1][2]"].text in ("0.6", "0.7", "0.8", "0.9")
    assert found.samples[0].given["z[2][1]"].text in ("2", "3")
    assert [str(entry) for entry in found.jacobian.right] in (["2", "1"], ["3", "1"])
    with pytest.raises(ProblemError, match="found, not given"):
        family('{"a[1][2]": {from: 0, to: 1, step: 1}}').variant("1", 0)


def test_widths_make_arrays_of_their_size() -> None:
    ranged = "{from: -0.9, to: 0.9, step: 0.1, without: 0}"
    block = f'{{weights: {ranged}, biases: {ranged}, "network.layers[0].units": {{choices: [3, 4]}}}}'
    units = set()
    for id in "1234":
        layers = drawn(block, id).network.layers
        units.add(layers[0].units)
        assert [len(layers[0].weights), len(layers[0].bias.values), len(layers[1].weights[0])] == [
            layers[0].units
        ] * 3
    assert units == {3, 4}


def test_functions_losses_rates_targets_and_questions() -> None:
    block = (
        "{activations: {choices: [tanh, sigmoid]}, loss: {choices: [squared_error, absolute_error]}, "
        "learning_rate: {fractions: {from: 0, to: 1, denominators: [3, 7]}}, targets: {choices: [0, 1]}, "
        '"parts[1].ask": {choices: [["dL/db[1][1]"], ["dL/db[1][2]"]]}}'
    )
    problems = [drawn(block, str(id)) for id in range(8)]
    assert {layer.activation.name for one in problems for layer in one.network.layers} == {"tanh", "sigmoid"}
    assert {one.losses[0].name for one in problems} == {"squared_error", "absolute_error"}
    assert {one.parts[1].ask[0] for one in problems} == {"dL/db[1][1]", "dL/db[1][2]"}
    rates = {str(one.training.optimiser.parameters["learning_rate"]) for one in problems if one.training}
    assert rates <= {"1/3", "2/3", *(f"{n}/7" for n in range(1, 7))}
    assert len(rates) > 3


def test_shuffled_parts_keep_their_labels() -> None:
    asked = set()
    for id in "abcde":
        parts = drawn("{parts: shuffled}", id).parts
        assert [part.label for part in parts] == ["a", "b"]
        asked.add(parts[0].ask)
    assert asked == {("forward", "loss"), ("dL/dW[1][1][1]",)}


def test_entry_by_entry() -> None:
    problem = drawn('{"W[1]": [[{choices: [7, 8]}, 0.25], [{from: 1, to: 2, step: 1/2}, {choices: [5, 6]}]]}')
    (a, b), (c, d) = problem.network.layers[0].weights
    assert str(a) in "78"
    assert str(b) == "0.25"
    assert str(c) in ("1.0", "1.5", "2.0")
    assert str(d) in "56"


GRAPH = """\
kind: graph
title: Two gates
given: {x: 3, w: [1, 2]}
equations: {"q[i]": "x * w[i]", f: "sum(i, q[i])"}
gradients_of: f
"""
UPDATE = """\
kind: update
title: One step
parameters: {w: 0.5}
gradients: {w: 0.8}
optimiser: {sgd: {learning_rate: 0.1}}
"""
RULE = """\
kind: rule
title: A rule
rule: perceptron
weights: [0, 0]
samples: [{input: [0, 1], target: 0}, {input: [1, 1], target: 1}]
until: no mistakes
"""


@pytest.mark.parametrize(
    ("base", "block", "expected"),
    [
        (GRAPH, '{"w[2]": {choices: [7, 8]}}', "w: [1, "),
        (GRAPH, "{x: {from: 5, to: 9, step: 1}}", "w: [1, 2]"),
        (UPDATE, "{w: {from: 5, to: 9, step: 1}}", "gradients: {w: 0.8}"),
        (UPDATE, "{gradients: {from: 5, to: 9, step: 1}}", "parameters: {w: 0.5}"),
        (RULE, "{weights: {choices: [1, 2]}}", "samples"),
        (RULE, "{inputs: {choices: [2, 3]}}", "weights: [0, 0]"),
    ],
)
def test_problems_of_other_kinds(base: str, block: str, expected: str) -> None:
    texts = {family(block, base).variant(str(id)).problem.text for id in range(6)}
    assert len(texts) > 1
    assert all(expected in text for text in texts)


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ('{"W[7]": {choices: [1, 2]}}', r"vary\.W\[7\]: .*W\[7\]"),
        ('{"dL/dW[1]": {choices: [1, 2]}}', "is found, not given"),
        ('{"parts[5].ask": {choices: [[loss], [forward]]}}', "there are 2, from 0"),
        ('{"W[1]": [[1, 2]]}', "has 2 entries, but 1 are listed"),
        ("{title: {from: 1, to: 2, step: 1}}", "no number to be varied"),
        ("{loss: shuffled}", "no list that could be shuffled"),
        ("{netwrk.inputs: {choices: [1, 2]}}", "netwrk"),
    ],
)  # fmt: skip
def test_what_the_problem_does_not_have_is_named_with_its_line(vary: str, message: str) -> None:
    with pytest.raises(ProblemError, match=message) as raised:
        family(vary)
    assert raised.value.faults[0].line == NETWORK.count("\n") + 2


def test_shipped_numbers_stay() -> None:
    """The text of one variant of a shipped problem, once and for all."""
    path = Path(__file__).parents[2] / "problems" / "001-a-squared-error.yaml"
    own = Family(path.read_text(encoding="utf-8"), name=path.stem)
    text = own.variant("s1234567", seed=3).problem.text
    numbers = "\n".join(
        line for line in text.splitlines() if "weights" in line or "bias" in line or "input:" in line
    )
    assert hashlib.sha256(numbers.encode()).hexdigest()[:16] == SHIPPED


SHIPPED = "66f87f51073833df"
