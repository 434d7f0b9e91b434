"""Training of a graph at random, as YAML texts: any optimiser, schedule, clipping, state and direction."""

from __future__ import annotations

from random import Random

from nbsolve.checking.oracle.optimisers import KEPT

GRAPHS = (
    """given: {w: [0.5, -1], b: 0.25, x: [2, 3]}
equations: {z: "sum(i, w[i]*x[i]) + b", a: sigmoid(z), L: "(a - 1)^2 + 0.1*b^2"}
""",
    """given: {w: [[0.5, -1], [0.2, 0.7]], b: [0.25, -0.5], x: [1, 2]}
equations: {"z[j]": "sum(i, w[j,i]*x[i]) + b[j]", "h[j]": "tanh(z[j])", L: "sum(j, h[j])^2 + sum(j, z[j]^2)"}
""",
    """given: {w: 1.5, b: -0.75}
equations: {p: w*b, f: "w^2 + 10*b^2 + softplus(p)"}
""",
)
SCHEDULES = (
    "{step: {factor: 0.5, every: 2}}", "{exponential: {factor: 0.9}}", "{inverse: {growth: 0.5}}",
    "{cosine: {updates: 20, least: 0.01}}",
    "{linear: {updates: 12}}", "{warmup: {updates: 5}}", "[0.1, 0.05, 0.2]",
)  # fmt: skip
ONLY_DOWN = ("adamw", "lion")
"""Weight decay makes no sense on the way up."""


def random_training(seed: int) -> str:
    """The YAML text of a graph that is trained for three updates."""
    rng = Random(f"training {seed}")
    graph = rng.choice(GRAPHS)
    name = rng.choice(list(KEPT))
    said = [f"optimiser: {{{name}: {{learning_rate: {rng.choice(('0.1', '0.02', '1/4'))}}}}}"]
    said += ["parameters: [w, b]", "iterations: 3"]
    if rng.random() < 0.6:
        said.append(f"schedule: {rng.choice(SCHEDULES)}")
    if rng.random() < 0.6:
        said.append(f"clip: {{{rng.choice(('norm', 'value'))}: {rng.choice(('0.3', '1', '2.5', '20'))}}}")
    if KEPT[name] and rng.random() < 0.6:
        kept = ", ".join(f"{kind}: {rng.choice(('0.1', '0.5', '2', '1/3'))}" for kind in KEPT[name])
        said.append(f"state: {{t: {rng.randrange(8)}, {kept}}}")
    if name not in ONLY_DOWN and rng.random() < 0.4:
        said.append("direction: ascent")
    return f"kind: graph\n{graph}training: {{{', '.join(said)}}}\n"
