"""What mutations choose from: numbers, functions, words, questions, letters; the layers and samples of a file."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.reference.random_problems import HIDDEN

Tree = dict[str, Any]


NUMBERS = (
    "0", "-0.0", "1", "-1", "0.5", ".25", "-1.5", "1/3", "-2/7", "1e-3", "2.5e1", "0.1234567890123", "3", "-0.01", "0.75", "2", "-0.6",
    "40", "-172", "1e4", "1e-12", "123456789", "1e-300", "1e300",
)  # fmt: skip


ORDINARY = 17
"""So many of the numbers are such as problems have."""


ACTIVATIONS: tuple[Any, ...] = (
    *HIDDEN,
    {"leaky_relu": {"slope": "1/3"}},
    {"elu": {"alpha": 1.5}},
    {"custom": {"name": "own", "formula": "where(z > 0, z^2, exp(z) - 1)"}},
    {"custom": {"name": "own", "formula": "z/(1+exp(-beta*z))", "parameters": {"beta": 1.5}, "latex": "s_\\beta"}},
    {"custom": {"name": "own", "formula": "max(z, 0.1*z)"}},
    {"custom": {"name": "own", "formula": "z*tanh(ln(1+exp(z)))"}},
    {"custom": {"name": "own", "formula": "abs(z)/(1+abs(z))"}},
)  # fmt: skip


OWN_LOSSES = (
    "ln(cosh(a-y))",
    "(a-y)^4/4",
    "abs(a-y)",
    "where(a > y, 2*(a-y), y-a)",
    "sqrt(1+(a-y)^2)-1",
    "max(0, 1-a*y)^2",
)


WORDS: dict[str, tuple[Any, ...]] = {
    "explain": ("delta", "paths", "local_derivatives"),
    "detail": ("auto", "units", "matrix", "both"),
    "letters": (True, False),
    "notation": (
        "flat", "indexed", "matrix", {"preset": "flat", "delta": "-dL/dz"}, {"pre_activation": "net"}, {"activation": "h"}, {"loss": "E"},
        {"preset": "matrix", "weight": "v_{<i><j>}^<layer>"}, {"learning_rate": "\\alpha", "bias": "\\beta"}, {"input": "i", "target": "t"},
        {"activation": "out", "preset": "flat", "output": "\\hat y"},
    ),
    "rounding": (
        "each_step", "at_end", {"decimals": 2}, {"significant": 1}, {"significant": 12}, {"apply": "each_step", "decimals": 3}, {"decimals": 30},
        {"apply": "each_step", "significant": 3}, {"decimals": 4, "minimum_significant": 2}, {"answers": {"decimals": 1}}, {"apply": "each_step", "decimals": 0},
        {"intermediates": {"significant": 9}},
    ),
    "training": (
        {"optimiser": {"sgd": {"learning_rate": 0.5}}, "batch": "all", "iterations": 3, "show": "all"}, {"optimiser": "sgd", "epochs": 2, "show": [1, "last"]},
        {"optimiser": "sgd"}, {"iterations": 50, "optimiser": {"sgd": {"learning_rate": 100}}}, {"optimiser": "sgd", "epochs": 3, "batch": "all", "show": ["last", "epochs"]},
        {"optimiser": "sgd", "iterations": 2, "show": "epochs"}, {"iterations": 20, "optimiser": {"sgd": {"learning_rate": 0.01}}, "show": ["last"]},
    ),
    "regulariser": ({"l2": {"strength": 0.1}}, {"l2": {"strength": "1/3", "scale": 1, "over_samples": "mean"}}, {"l2": {"strength": 0}}),
    "language": ("de", "en", "ar"),
    "title": ("Two layers", "Ein *langer* Titel, der über mehrere Wörter geht und geht und geht", "$W x + b$ und mehr", "100 % & more # 1"),
    "source": ("Exercise 3", "https://example.org/a_b", "*Notes*, p. 7"),
    "statement": (
        "Find $\\frac{\\partial L}{\\partial w_1}$.", "# One\n\n- a\n- b\n\n$$\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}$$\n", "> said **so**\n\n`code`\n",
        "| a | b |\n|---|---|\n| 1 | $x$ |\n", "[here](https://example.org) and \\$5, a \\< b\n\n1. one\n2. two\n",
    ),
    "pitfalls": (["$\\sigma'(z) = a(1-a)$, not *a*.", "Mind the sign."], ["漢字 und ∂L/∂w"]),
}  # fmt: skip
"""What a key may hold."""


TEXTS = ("language", "title", "source", "statement", "pitfalls")
"""Those of them that a derivation has, too."""


QUESTIONS = (
    "forward", "loss", "gradients", "deltas", "L", "x", "y", "a[1][1]", "z[1][1]", "z[1]", "a[1]", "dL/dW[1][1][1]", "dL/dW[1]", "dL/db[1]", "delta[1]", "delta[1][1]",
    "e[1]", "L_out[1]", "L_sample", "dL/dx[1]", "da[1][1]/dz[1][1]", "W[1]", "dL/da[1]", "W[1][:][1]", "dL_out[1]/da[1][1]", "dz[1][1]/dW[1][1][1]",
)  # fmt: skip


LATER = (
    "changes", "updated_parameters", "forward_after", "loss_after", "epoch_loss", "L_new", "W_new[1]", "W_change[1][1][1]", "L - L_new", "a_new[1]", "eta",
)  # fmt: skip


LETTERS = ("symbolic", "w", "v_1", "\\theta", "q")


def value(random: Random) -> Any:
    """A number as people write them, now and then a very large or small one."""
    kind = random.random()
    if kind < 0.5:
        return round(random.uniform(-1.5, 1.5), random.choice((1, 2, 2, 3)))
    text = random.choice(NUMBERS[:ORDINARY] if kind < 0.95 else NUMBERS)
    return text if "/" in text or text.startswith(".") else float(text)


def layers_of(tree: Tree) -> list[Tree]:
    found = tree.get("network", {}).get("layers", []) if isinstance(tree.get("network"), dict) else []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def samples_of(tree: Tree) -> list[Tree]:
    found = tree.get("samples")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
