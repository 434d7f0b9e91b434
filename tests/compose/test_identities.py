"""The derivative of each activation as an identity in a box, once a page, before the first line that uses it."""

from __future__ import annotations

import re

import pytest

from nbsolve import solve
from nbsolve.checking.audit.audit import Audit
from nbsolve.checking.audit.identities import BOX
from nbsolve.problem.model import Problem
from nbsolve.render import myst, text
from tests.audit.mutate import mutants
from tests.audit.pages import markdown
from tests.loading import load_problem

ACTIVATIONS = {
    "sigmoid": r"σ′(z) = σ(z)·(1 − σ(z)) = a·(1 − a)   where a = σ(z)",
    "tanh": r"tanh′(z) = 1 − tanh(z)² = 1 − a²   where a = tanh(z)",
    "relu": r"ReLU′(z) = {1 if z > 0; 0 otherwise}",
    "leaky_relu": r"LeakyReLU′(z) = {1 if z > 0; 0.01 otherwise}",
    "elu": r"ELU′(z) = {1 if z > 0; ELU(z) + 1 otherwise} = {1 if z > 0; a + 1 otherwise}   where a = ELU(z)",
    "softplus": r"softplus′(z) = 1/(1 + exp(−z)) = σ(z)",
    "gelu": r"GELU′(z) = Φ(z) + z·φ(z)   where Φ(z) = 1/2·(1 + erf(z/√(2))) and φ(z) = exp(−z²/2)/√(2·π)",
    "silu": r"SiLU′(z) = σ(z)·[1 + z·(1 − σ(z))]   where σ(z) = 1/(1 + exp(−z))",
}


def network(hidden: str, output: str = "linear", **more: str) -> str:
    """Two hidden units, two outputs, everything asked."""
    rest = "".join(f"{key}: {value}\n" for key, value in more.items())
    return f"""title: Two and two
network:
  inputs: 2
  layers:
    - {{units: 2, activation: {hidden}, weights: [[0.1, -0.9], [0.4, 0.3]], bias: [0.5, 0.2]}}
    - {{units: 2, activation: {output}, weights: [[-0.7, 0.6], [0.2, 0.8]], bias: [0.1, 0.3]}}
samples: [{{input: [1, 2], target: [0.9, 0.1]}}]
loss: squared_error
notation: {{preset: indexed}}
parts:
  - {{label: a, ask: [gradients]}}
{rest}"""


def page(source: str) -> str:
    problem = load_problem(source)
    assert isinstance(problem, Problem)
    return str(solve(problem).document())


def boxes(written: str) -> list[str]:
    return [" ".join(lines.split()) for lines in re.findall(rf"\n{BOX}\n(.*?)\n\n", written, re.S)]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("explain", ["delta", "local_derivatives", "paths"])
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_each_activation_has_its_identity(hidden: str, explain: str) -> None:
    source = network(hidden, explain=explain)
    assert boxes(page(source)) == [" ".join(ACTIVATIONS[hidden].split())]
    assert not markdown(source).report().faults


@pytest.mark.parametrize("more", [{"letters": "true"}, {"detail": "matrix"}, {"detail": "both"}])
def test_it_stands_once_before_its_first_use(more: dict[str, str]) -> None:
    written = page(network("tanh", "sigmoid", **more))
    assert len(boxes(written)) == 2
    backward = written[written.index("Backward pass") :]
    for name in ("σ′", "tanh′"):
        box = re.search(rf"{BOX}\n +{re.escape(name)}", backward)
        assert box is not None
        use = re.search(rf"{re.escape(name)}\(|∂a₁⁽[12]⁾/∂z₁⁽[12]⁾", backward[: box.start()])
        assert use is None or name == "tanh′"  # the output layer comes first
        assert f"{name}(" not in backward[: box.start()]


def test_a_page_of_two_iterations_says_it_in_the_first() -> None:
    source = network("tanh", training="{optimiser: {sgd: {learning_rate: 0.1}}, iterations: 2}")
    written = page(source)
    assert len(boxes(written)) == 1
    assert written.index(BOX) < written.index("Iteration 2")


def test_the_letters_are_those_of_the_page() -> None:
    renamed = network("sigmoid").replace(
        "preset: indexed", "preset: indexed, pre_activation: a, activation: h"
    )
    assert boxes(page(renamed)) == ["σ′(a) = σ(a)·(1 − σ(a)) = h·(1 − h) where h = σ(a)"]


@pytest.mark.parametrize("name", ["linear", "step"])
def test_what_is_constant_has_none(name: str) -> None:
    assert boxes(page(network(name))) == []


def test_softmax_has_its_jacobian() -> None:
    (box,) = boxes(page(network("linear", "softmax")))
    assert box == "∂aₖ/∂zⱼ = {aₖ·(1 − aₖ) if k = j; −aₖ·aⱼ otherwise}"


@pytest.mark.parametrize("kinds", [*((name, "linear") for name in ACTIVATIONS), ("linear", "softmax")])
def test_every_change_is_found(kinds: tuple[str, str]) -> None:
    audit: Audit = markdown(network(*kinds))
    (at,) = (n for n, b in enumerate(audit.blocks) if b.box == BOX and b.kind == "display")
    block = audit.blocks[at]
    assert not audit.check(at).faults
    passed = [
        mutant.change
        for mutant in mutants(block)
        if not audit.check(at, mutant.source).faults and mutant.kind != "bracket"
    ]
    assert passed == []


def test_it_is_a_box_in_every_format() -> None:
    problem = load_problem(network("sigmoid"))
    assert isinstance(problem, Problem)
    document = solve(problem).document()
    assert f":::{{admonition}} {BOX}" in myst.render(document)
    assert f"\n{BOX}\n" in text.render(document)
