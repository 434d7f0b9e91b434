"""The English of what users read: "with respect to", derivative rather than slope, one spelling."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent

OF_LOSS = r"(?: of (?:the )?[\w'$\\]+(?: [\w'$\\]+){0,2})?"
TURNS = {
    rf"\b(?:gradient|derivative|slope|Jacobian)s?{OF_LOSS} (?:in|at) "
    r"(?:the (?:pre-?activation|prediction|parameter|weight|bias|output|input)|all par|a (?:weight|par|bias)|"
    r"every|each|one (?:\$|of|weight|par)|it\b|\$[azpw]|[zpw]\b|[azpw]_\w)": '"with respect to"',
    r"\b(?:is|be|been|already) taken in\b": '"with respect to"',
    r"\bslopes?\b": '"derivative"; a slope is that of a line',
    r"\b[Ww]hoever\b|\bof one's own\b|\b[Ii]n letters\b|\bput in\b|\btaken away\b": "what a teacher would say",
    r"\b(?:[Aa]bove|[Bb]elow|over one|the) bar\b": '"numerator", "denominator"',
    r"\bformulas\b": '"formulae"',
    r"\bhas to be said\b|\bbehind it\b|\b[Aa]sked besides\b|\bfor the pencil\b": "what a teacher would say",
}
"""A turn that is not English, or not the term, and what is said instead."""

WITH_RESPECT_TO = tuple(turn for turn, better in TURNS.items() if better == '"with respect to"')

RIDDLE = re.compile(
    r"The same\b|Of |That of |Those of |All of them\b|What somebody|Likewise|So |Its |It |More of |Other names"
    r"|One of [\w` ]+\.$"
)
"""How a docstring begins that cannot be read without the one before it."""

AMERICAN = re.compile(
    r"\b(?:(?:non)?colou?rs?(?<!colour)(?<!colours)|gr[ae]y(?<!grey)|behavior|center(?:ed|s)?|neighbor\w*|label(?:ed|ing)"
    r"|cancel(?:ed|ing)|model(?:ed|ing)|favorite|analyz\w+|catalogs?|dialogs?|artifacts?"
    r"|(?:optimi|normali|initiali|recogni|minimi|maximi|summari|generali|reali|vectori|seriali|capitali)z\w+)\b"
)
"""Spellings that this project, which writes `colour` and `optimiser`, has not."""

ALLOWED = (
    "{leaky_relu: {{slope: 0.1}}}",
    "darkgray, gray, green",
    "slope of the line",
    "slope of the tangent",
    "slope of the left side",
    "the tangent has the slope",
    "to the point at $h$ has the slope",
    "the slope tends to",
)
"""Where a slope is that of a line in a graph; the key of a problem, and a colour of LaTeX."""


def faults(text: str, turns: Iterable[str] = tuple(TURNS)) -> list[str]:
    """What should be said differently in a text: words, and what is better."""
    for words in ALLOWED:
        text = text.replace(words, "")
    found = [f"{match[0]!r}: {TURNS[turn]}" for turn in turns for match in re.finditer(turn, text)]
    return found + [f"{match[0]!r}: British spelling" for match in AMERICAN.finditer(text)]


def sentences(node: Any) -> Iterator[str]:
    """Every text in a tree of mappings and lists."""
    if isinstance(node, dict):
        for below in node.values():
            yield from sentences(below)
    elif isinstance(node, list):
        for below in node:
            yield from sentences(below)
    elif isinstance(node, str):
        yield node


def prose(text: str) -> str:
    """Markdown without its code, its HTML and its addresses."""
    text = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.S | re.M)
    return re.sub(r"`[^`]*`|<[^>]*>|\]\([^)]*\)", "", text)


def read(path: Path) -> str:
    """What a file says to its readers."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return prose(text)
    tree = YAML(typ="safe", pure=True).load(text)
    if path.parent.name == "phrases":
        tree["drawing"]["marks"].pop("slope")  # that of a tangent
        return re.sub(r"\{\w+\}", "", "\n".join(sentences(tree)))
    said = ("title", "statement", "group", "source", "pitfalls")
    parts = [part.get("text", "") for part in tree.get("parts", ())]
    return "\n".join([*sentences([tree.get(key) for key in said]), *parts])


def docstrings(tree: ast.Module) -> list[str]:
    """The docstrings of a source file, those of its constants too."""
    nodes = ast.walk(tree)
    said = [
        node.value.value
        for node in nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    return [text for text in said if isinstance(text, str)]


def messages(tree: ast.Module) -> str:
    """The sentences in a source file that are no docstrings: messages, help, what the schema says of a key."""
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
    ]
    return "\n".join(text for text in found if re.search(r"\w \w+ \w", text))


FILES = sorted(
    path
    for pattern in (
        "nbsolve/phrases/*.yaml",
        "nbsolve/templates/**/*.md",
        "problems/*.yaml",
        "book/*.md",
        "README.md",
        "docs/*.md",
    )
    for path in ROOT.glob(pattern)
)


LATEX = ("authored/commands.py", "handout/latex.py")
"""Files that hold LaTeX, which says gray and color."""

SOURCES = sorted(path for path in (ROOT / "nbsolve").rglob("*.py") if not str(path).endswith(LATEX))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_readers_read_is_what_a_teacher_would_say(path: Path) -> None:
    assert not faults(read(path))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_source_says_is_what_a_teacher_would_say(path: Path) -> None:
    """Its messages; its docstrings, which say "with respect to" and can be read alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = docstrings(tree)
    assert not faults(messages(tree))
    assert not faults("\n".join(said), WITH_RESPECT_TO)
    assert [text for text in said if RIDDLE.match(text)] == []


def test_the_places_are_there() -> None:
    assert {path.suffix for path in FILES} == {".yaml", ".md"}
    assert "A network with ." in read(ROOT / "nbsolve/phrases/en.yaml")


@pytest.mark.parametrize(
    "words",
    [
        "the gradients of the loss in all parameters",
        "an error signal is the gradient of the loss in the pre-activation:",
        "slope of the loss at an output",
        "The slope of a weighted sum in a weight is the input it weights",
        "a prime means the derivative in it",
        "Through softmax the gradient in $z_k$ is $p_k-y_k$.",
        "The derivative in $a_k$ is $-y_k$",
        "gradients in the outputs, in the pre-activations of both layers",
        "An error signal that is already taken in $z$ has it in it.",
        "whoever has a has σ′ at once",
        "its letter put in",
        "1 added and taken away",
        "Above the bar",
        "An activation of one's own",
        "the optimizer's color",
        "in gray",
    ],
)
def test_what_was_said_once_is_caught(words: str) -> None:
    assert faults(words)


def test_what_is_right_is_let_through() -> None:
    assert not faults(
        "the derivative of the loss with respect to w₃, in iteration 2, in grey; the colour of an optimiser. "
        "The gradient of each parameter; the sum of all derivatives in this layer."
    )
