"""Training of a computation graph from a given state, with clipped gradients and a changing learning rate."""

from __future__ import annotations

import math

import pytest

from nbsolve import ProblemError, load_problem, solve
from nbsolve.asking.answers import Answer
from nbsolve.checking.oracle import optimisers

TEXT = """\
kind: graph
given: {x: 4, w_0: 1, v: [1, 2]}
equations: {f: "x^2 + w_0^2*x + v[1]*v[2]"}
training:
  optimiser: {OPTIMISER: {learning_rate: 0.1}}
  iterations: 3
  show: [1, 2, 3]
  direction: DIRECTION
  REST
"""
RATES = {
    "": lambda t: 0.1,
    "schedule: [0.3, 0.2, 0.1]": lambda t: (0.3, 0.2, 0.1)[t - 4],
    "schedule: {cosine: {updates: 10}}": lambda t: 0.05 * (1 + math.cos((t - 1) / 10 * math.pi)),
}
KEPT = {"w_0": 0.1, "x": 0.2, "v[1]": 0.3, "v[2]": 0.4}


def gradients(at: dict[str, float]) -> dict[str, float]:
    return {
        "x": 2 * at["x"] + at["w_0"] ** 2,
        "w_0": 2 * at["w_0"] * at["x"],
        "v[1]": at["v[2]"],
        "v[2]": at["v[1]"],
    }


@pytest.mark.parametrize("schedule", [*RATES])
@pytest.mark.parametrize("clip", ["", "norm", "value"])
@pytest.mark.parametrize(("optimiser", "direction"), [("adam", "descent"), ("momentum", "ascent")])
def test_the_numbers(schedule: str, clip: str, optimiser: str, direction: str) -> None:
    """Against the recursions of tests/reference, from a state that differs from entry to entry."""
    kept = optimisers.KEPT[optimiser]
    state = ", ".join(f"{one}: {{x: 0.2, w_0: 0.1, v: [0.3, 0.4]}}" for one in kept)
    lines = [f"state: {{t: 3, {state}}}", schedule, f"clip: {{{clip}: 1.5}}" if clip else ""]
    rest = "\n  ".join(line for line in lines if line)
    text = TEXT.replace("OPTIMISER", optimiser).replace("DIRECTION", direction).replace("REST", rest)
    worked = solve(load_problem(text))
    found = {
        (one.quantity, one.iteration): one.value
        for one in worked.entries(everything=True)
        if isinstance(one, Answer)
    }
    at = {"x": 4.0, "w_0": 1.0, "v[1]": 1.0, "v[2]": 2.0}
    own = {name: dict.fromkeys(kept, number) for name, number in KEPT.items()}
    for step in (1, 2, 3):
        slopes = gradients(at)
        norm = math.hypot(*slopes.values())
        for name, slope in slopes.items():
            if clip == "value":
                slope = max(-1.5, min(1.5, slope))
            elif clip == "norm" and norm > 1.5:
                slope *= 1.5 / norm
            usual = {key: float(number) for key, number in optimisers.USUAL[optimiser].items()}
            settings = usual | {"learning_rate": RATES[schedule](step + 3)}
            new, after = optimisers.update(optimiser, settings, at[name], slope, own[name], step + 3)
            own[name] = {one: after[one] for one in kept}
            at[name] = 2 * at[name] - new if direction == "ascent" else new
            letter, bracket, rest = name.partition("[")
            assert found[f"{letter}_new{bracket}{rest}", step] == pytest.approx(at[name], rel=1e-12), name


def test_what_is_given_and_agreed_is_said() -> None:
    rest = "clip: {norm: 2}\n  schedule: {step: {factor: 0.5, every: 2}}\n  state: {t: 3, m: 0.5}"
    text = TEXT.replace("OPTIMISER", "adam").replace("DIRECTION", "descent").replace("REST", rest)
    words = " ".join(str(solve(load_problem(text)).document()).split())
    assert "The optimiser has made 3 updates before, and starts with: mₓ = 0.5" in words
    assert "clipped by the norm G" in words
    assert "c = 2" in words
    assert "η₀ = 0.1" in words


@pytest.mark.parametrize(
    ("optimiser", "rest", "message"),
    [
        ("sgd", "state: {m: 1}", "training.state: sgd keeps nothing"),
        ("adam", "state: {m: {x: 1, w_0: 2}}", "training.state.m: m has no v"),
        ("adam", "state: {m: {x: 1, w_0: 2, v: 3}}", "training.state.m.v: v has a single number here"),
        ("adam", "state: {q: 1}", "q"),
        ("adam", "clip: 3", "training.clip: clip is '3'"),
        ("adam", "schedule: [0.1, 0.1]", "the schedule ends before training does"),
        ("adam", "state: {t: 8}\n  schedule: {cosine: {updates: 10}}", "ends before training does"),
    ],
)
def test_faults(optimiser: str, rest: str, message: str) -> None:
    text = TEXT.replace("OPTIMISER", optimiser).replace("DIRECTION", "descent").replace("REST", rest)
    with pytest.raises(ProblemError) as caught:
        load_problem(text)
    assert message in str(caught.value)
    assert len(caught.value.faults) == 1


STATE = """\
kind: graph
given: {w: [1, 2], c: 5}
equations: {d: "w[1]*w[2] - c", L: "d^2"}
training: {optimiser: {adam: {learning_rate: 0.1}}, parameters: [w], iterations: 2}
parts:
  - {label: a, ask: [state]}
  - {label: b, ask: ["m_hat_w[2]", v_w_new], at: 2}
pitfalls: ["{{m_w_new[1] at 2}} after {{m_w[1] at 2}}, {{eta*(1 - beta1)/sqrt(1 - beta2): 2 decimals}}"]
"""


def test_parts_ask_for_what_the_optimiser_keeps() -> None:
    """D. Kingma and J. Ba, arXiv:1412.6980, algorithm 1."""
    worked = solve(load_problem(STATE))
    answers = [one for one in worked.entries() if isinstance(one, Answer)]
    found = {(one.part, one.quantity, one.iteration): one.exact for one in answers}
    w, m, v = [1.0, 2.0], [0.0, 0.0], [0.0, 0.0]
    expected: dict[tuple[str, str, int], float] = {}
    for t in (1, 2):
        d = w[0] * w[1] - 5
        slopes = [2 * d * w[1], 2 * d * w[0]]
        for k, slope in enumerate(slopes):
            m[k] = 0.9 * m[k] + 0.1 * slope
            v[k] = 0.999 * v[k] + 0.001 * slope**2
            expected["a", f"m_w_new[{k + 1}]", t] = m[k]
            expected["a", f"v_w_new[{k + 1}]", t] = v[k]
            m_hat, v_hat = m[k] / (1 - 0.9**t), v[k] / (1 - 0.999**t)
            w[k] -= 0.1 * m_hat / (v_hat**0.5 + 1e-8)
            if t == 2:
                expected["b", f"v_w_new[{k + 1}]", t] = v[k]
                expected |= {("b", "m_hat_w[2]", t): m_hat} if k else {}
    assert found.keys() == expected.keys()
    assert all(found[key] == pytest.approx(value, rel=1e-12) for key, value in expected.items())
    (text,) = (text for path, text in worked.texts().items() if path == "pitfalls[0]")
    assert text.replace("$", "") == "-2.210 after -1.2, 0.32"


@pytest.mark.parametrize(
    ("optimiser", "ask", "message"),
    [("sgd", "state", "keeps nothing"), ("adam", "q_w_new", "no quantity"), ("adam", "m_w", "no quantity")],
)
def test_a_state_that_there_is_not(optimiser: str, ask: str, message: str) -> None:
    text = STATE.replace("{adam: {", f"{{{optimiser}: {{").replace("ask: [state]", f"ask: [{ask}]")
    text = text.replace('["m_hat_w[2]", v_w_new]', "[w_new]").partition("pitfalls")[0]
    with pytest.raises(ProblemError, match=message):
        load_problem(text)


def test_the_rule_stands_among_the_conventions() -> None:
    words = " ".join(str(solve(load_problem(STATE)).conventions()).split())
    assert "Adam with learning rate 0.1; the averages are corrected" in words
    up = "kind: graph\ngiven: {x: 1}\nequations: {f: 3 - x^2}\ntraining: {learning_rate: 0.1, direction: ascent}\n"
    words = " ".join(str(solve(load_problem(up)).conventions()).split())
    assert "gradient ascent with learning rate 0.1" in words
    assert "descent" not in words
