"""Problem files mutated: into others that are valid (`milder`), and where it hurts: values, keys, types, nesting, huge
numbers, signs of all alphabets, YAML itself."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from ruamel.yaml import YAML

from tests.fuzzing import kinds
from tests.reference import random_problems, small_problems

PROBLEMS = Path(__file__).parent.parent.parent / "problems"
Case = tuple[str, str]
"""A text, and how it was mutated: `valid` into another valid problem, `harsh` in its values, `text` letter by letter."""

NUMBERS = (
    *(
        "0",
        "-0",
        "1",
        "-1",
        "0.5",
        "1e3",
        "1e-3",
        "1e300",
        "-1e300",
        "1e-300",
        "1e399",
        "1e400",
        "1e999",
        "nan",
        ".inf",
    ),
    *(
        "1/3",
        "1/0",
        "0/5",
        "99999999999999999999",
        "0.1000000000000000000001",
        "172",
        "-157",
        "2838",
        "50000",
        "-50000",
    ),
    *("1_000", "0x10", "1:30", "٣", "½", "1,5", "--1", "+", "e", "1e", "", "9" * 401, "1e-9999999999"),
)
TEXTS = (
    "", " ", "\n", "\t", "\0", "\x1b[31m", "é", "漢字", "עברית", "🙂", "\ud800", "\udc80", "\u202e", "\ue000", "\ue0000\ue001", "\ufeff", "a" * 5000,
    "$", "$$", "$x$", "$\\frac{1}{$", "$\\begin{array}{c}1\\end{array}$", "\\", "{", "}", "#", "%", "*a*", "`", "```\n", "```{include} x\n```",
    "<script>", "</script>", "[a](javascript:x)", "{ref}`x`", "# h", "- a", "|a|b|\n|-|-|\n|1|2|", ":::", "---", "../../x", "/etc/passwd", "con", "null", "~",
    "true", "yes", "symbolic", "w", "w_1", "\\theta", "\\hat y", "w_{", "x^", "_", "^", "x_{1}^{2}^{3}", "all", "last", "none", "epochs", "forward", "loss", "deltas",
    "dL/dw1", "dL/dW[1]", "dL/dW[1][1][1]", "a[1][1]", "a[9][9]", "z[0][0]", "x", "L", "y", "e[1]", "L_out[1]", "theta_new", "dL/dL", "dL/d", "L(", "δ",
)  # fmt: skip
FUNCTIONS = (
    "linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu", "step", "softmax", "squared_error", "absolute_error",
    "huber", "binary_cross_entropy", "categorical_cross_entropy", "hinge", "cosine_similarity", "cosine_loss", "sse", "mse", "mae", "sgd", "custom",
)  # fmt: skip
CUSTOM = (
    {"custom": {"name": "own", "formula": "where(z > 0, z^2, exp(z) - 1)"}},
    {"custom": {"name": "own", "formula": "z/(1+exp(-beta*z))", "parameters": {"beta": 1.5}}},
    {"custom": {"name": "own", "formula": "ln(cosh(a-y))"}},
    {"custom": {"name": "own", "formula": "max(z, 1/z)"}},
)
WORDS: dict[str, tuple[Any, ...]] = {
    "explain": ("delta", "paths", "local_derivatives"),
    "detail": ("auto", "units", "matrix", "both"),
    "letters": (True, False),
    "notation": (
        "flat",
        "indexed",
        "matrix",
        {"preset": "flat", "delta": "-dL/dz"},
        {"output": "y"},
        {"activation": "h"},
    ),
    "rounding": (
        "each_step",
        "at_end",
        {"decimals": 2},
        {"significant": 1},
        {"apply": "each_step", "decimals": 0},
        {"decimals": 30},
    ),
    "training": (
        {"optimiser": {"sgd": {"learning_rate": 0.5}}, "batch": "all", "iterations": 3, "show": "all"},
        {"epochs": 2, "show": [1, "last"]},
        {"iterations": 100000},
        {"iterations": 50, "optimiser": {"sgd": {"learning_rate": 100}}},
    ),
    "regulariser": ({"l2": {"strength": 0.1}}, {"l2": {"strength": -1, "over_samples": "mean"}}),
}
"""What a key may hold besides."""


@cache
def _seeds() -> tuple[Any, ...]:
    yaml = YAML(typ="safe", pure=True)
    return tuple(
        _texts(yaml.load(path.read_text(encoding="utf-8"))) for path in sorted(PROBLEMS.glob("*.yaml"))
    )


def _texts(node: Any) -> Any:
    """Keys are texts; everything else as YAML has it."""
    if isinstance(node, dict):
        return {str(key): _texts(value) for key, value in node.items()}
    return [_texts(item) for item in node] if isinstance(node, list) else node


def cases(seed: int) -> Iterator[Case]:
    """Mutated problems without end; the same ones for the same seed."""
    number = seed
    while True:
        yield _mutated(Random(number))
        number += 1_000_003


def _mutated(random: Random) -> Case:
    tree = _whole_problem(random)
    way = random.choices(("valid", "harsh", "text"), (57, 33, 10))[0]
    for _ in range(random.choice((1, 2, 2, 3, 4))):
        random.choice(kinds.OF_KIND[tree.get("kind", "network")])(random, tree)
    if way == "harsh":
        for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5))):
            random.choice(MUTATIONS)(random, tree)
    text = json.dumps(tree, ensure_ascii=random.random() < 0.5, indent=random.choice((None, 1)))
    for escaped in ("\\ud800", "\\udc80"):
        if random.random() < 0.5:
            text = text.replace(escaped, "x")
    text = text.encode("utf-8", "replace").decode()
    return random.choice(SURFACES)(random, text) if way == "text" else text, way


def _whole_problem(random: Random) -> Any:
    """One of the collection's problems, or a random one, small or large, of any kind."""
    if random.random() < 0.35:
        return kinds.problem(random, list(_seeds()))
    kind = random.random()
    if kind < 0.4:
        networks = [seed for seed in _seeds() if "network" in seed]
        return copy.deepcopy(random.choice(networks if kind < 0.35 else _seeds()))
    if kind < 0.8:
        made = small_problems.small_problem(random, edge=random.random() < 0.3)
    else:
        made = random_problems.problem(random)
    return _texts(YAML(typ="safe", pure=True).load(random_problems.to_text(made)))


# ------------------------------------------------------------------ in the tree


def _places(node: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys or positions."""
    found: list[tuple[Any, Any]] = []
    keys = node.keys() if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in list(keys):
        found.append((node, key))
        found.extend(_places(node[key]))
    return found


def _place(random: Random, tree: Any) -> tuple[Any, Any]:
    return random.choice(_places(tree) or [({"x": 1}, "x")])


def _raw(text: str) -> Any:
    """A number as JSON would write it, else its text."""
    try:
        return json.loads(text, parse_constant=lambda word: word)
    except ValueError:
        return text


def _value(random: Random) -> Any:
    kind = random.randrange(8)
    if kind < 3:
        return _raw(random.choice(NUMBERS))
    if kind < 5:
        return random.choice(TEXTS)
    if kind == 5:
        return random.choice((random.choice(FUNCTIONS), *CUSTOM))
    return random.choice([None, True, [], {}, [[]], [[0.5]], {"a": 1}, [1, [2]], 10**30, -1])


def _replace(random: Random, tree: Any) -> None:
    container, key = _place(random, tree)
    container[key] = _value(random)


def _replace_number(random: Random, tree: Any) -> None:
    places = [
        (c, k) for c, k in _places(tree) if isinstance(c[k], int | float) and not isinstance(c[k], bool)
    ]
    for container, key in random.sample(places, min(len(places), random.choice((1, 1, 3, 1000)))):
        container[key] = _raw(random.choice(NUMBERS))


def _remove(random: Random, tree: Any) -> None:
    container, key = _place(random, tree)
    del container[key]


def _duplicate(random: Random, tree: Any) -> None:
    lists = [node for node in (c[k] for c, k in _places(tree)) if isinstance(node, list) and node]
    if lists:
        chosen = random.choice(lists)
        chosen.extend(copy.deepcopy(random.choice(chosen)) for _ in range(random.choice((1, 2, 30))))


def _swap(random: Random, tree: Any) -> None:
    (a, i), (b, j) = _place(random, tree), _place(random, tree)
    a[i], b[j] = copy.deepcopy(b[j]), copy.deepcopy(a[i])


def _rename(random: Random, tree: Any) -> None:
    container, key = _place(random, tree)
    if isinstance(container, dict):
        new = random.choice((key[:-1], key + "s", key.upper(), random.choice(TEXTS), "<<", "x"))
        container[new] = container.pop(key)


def _word(random: Random, tree: Any) -> None:
    key = random.choice([*WORDS])
    tree[key] = copy.deepcopy(random.choice(WORDS[key]))


def _nest(random: Random, tree: Any) -> None:
    container, key = _place(random, tree)
    for _ in range(random.choice((1, 2, 39, 200))):
        container[key] = [container[key]] if random.random() < 0.5 else {"value": container[key]}


def _function(random: Random, tree: Any) -> None:
    places = [(c, k) for c, k in _places(tree) if k in ("activation", "loss")]
    if places:
        container, key = random.choice(places)
        name = random.choice((random.choice(FUNCTIONS), *CUSTOM))
        container[key] = copy.deepcopy(name)


def _text(random: Random, tree: Any) -> None:
    key = random.choice(("title", "statement", "source", "group", "pitfalls", "classes", "features"))
    text = random.choice(TEXTS) + random.choice(("", "a", " b")) + random.choice(TEXTS)
    tree[key] = text if key in ("title", "statement", "source", "group") else [text]


def _ask(random: Random, tree: Any) -> None:
    asks = [random.choice(TEXTS) for _ in range(random.choice((1, 2, 5)))]
    tree["parts"] = [{"label": random.choice(TEXTS), "ask": asks, "at": random.choice((1, "last", 2))}]
    if random.random() < 0.7:
        del tree["parts"][0]["at"]


MUTATIONS: tuple[Callable[[Random, Any], None], ...] = (
    *(_replace, _replace_number, _replace_number, _remove, _duplicate, _swap, _rename, _word, _word, _nest),
    *(_function, _function, _text, _ask),
)

# ------------------------------------------------------------------ in the text


def _cut(random: Random, text: str) -> str:
    start = random.randrange(len(text) + 1)
    return text[:start] + text[start + random.randrange(40) :]


def _insert(random: Random, text: str) -> str:
    start = random.randrange(len(text) + 1)
    return (
        text[:start]
        + random.choice(
            (*TEXTS, "&a ", "*a", "!!python/object:os.system ", "!x ", "<<: *a", "? ", "|\n", ">-\n")
        )
        + text[start:]
    )


def _bomb(random: Random, text: str) -> str:
    lines = [f"b0: &b0 {random.choice(('[x, x]', '{x: 1}', '0'))}"]
    lines += [f"b{i}: &b{i} [{', '.join([f'*b{i - 1}'] * 10)}]" for i in range(1, 9)]
    return (
        "\n".join(lines) + "\n" + random.choice((f"samples: {text}", "network: *b8\nsamples: *b8", "&a [*a]"))
    )


def _twice(random: Random, text: str) -> str:
    return random.choice(
        (
            text + "\n" + text,
            "---\n" + text + "\n---\n" + text,
            text.replace(":", ": &a", 1),
            "%YAML 9.9\n---\n" + text,
        )
    )


def _quotes(random: Random, text: str) -> str:
    return text.replace('"', random.choice(("", "'", '""', "“")), random.choice((1, 2, -1)))


SURFACES: tuple[Callable[[Random, str], str], ...] = (_cut, _insert, _bomb, _twice, _quotes)
