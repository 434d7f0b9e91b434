"""What is mathematics in a text: as the rule says, and the same for every reader of Markdown."""

from __future__ import annotations

import random
import re

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from nbsolve.authored.dollars import canonical, in_words, pieces
from nbsolve.authored.spelling import BrokenMathematics

CASES = [
    ("Costs $5 and $10", r"Costs \$5 and \$10", []),
    ("$x$ costs $5", r"$x$ costs \$5", ["x"]),
    ("from $5$ to $6$", "from $5$ to $6$", ["5", "6"]),
    ("a$b$c", "a$b$c", ["b"]),
    ("$ x $", r"\$ x \$", []),
    ("$x $", r"\$x \$", []),
    ("$x$5", r"\$x\$5", []),
    (r"\$x$", r"\$x\$", []),
    (r"$\$5$", r"$\$5$", [r"\$5"]),
    ("$a\nb$", "$a b$", ["a\nb"]),
    ("$a\n\nb$", "\\$a\n\nb\\$", []),
    ("`$x$` and $y$", "`$x$` and $y$", ["y"]),
    ("```\n$x$\n```\n$y$", "```\n$x$\n```\n$y$", ["y"]),
    ("$$x$$", "$$x$$", ["x"]),
    ("$$\nx\ny\n$$", "$$x y$$", ["\nx\ny\n"]),
    (r"\(x\), \[y\]", "$x$, $$y$$", ["x", "y"]),
    (r"\[not closed", r"\[not closed", []),
    ("\\begin{align}a&=b\\\\c&=d\\end{align}", "$$\\begin{aligned}a&=b\\\\ c&=d\\end{aligned}$$", None),
    ("$$a\\\\b$$", "$$\\begin{gathered}a\\\\ b\\end{gathered}$$", ["a\\\\b"]),
    ("$\\bm{x}$", "$\\boldsymbol{x}$", ["\\bm{x}"]),
    ("<https://a.org/$b$>", "<https://a.org/$b$>", []),
    ("US$ 5 or 6 $", r"US\$ 5 or 6 \$", []),
]


@pytest.mark.parametrize(("text", "expected", "formulae"), CASES)
def test_cases(text: str, expected: str, formulae: list[str] | None) -> None:
    assert canonical(text) == expected
    assert canonical(expected) == expected
    if formulae is not None:
        assert [piece.text for piece in pieces(text) if piece.kind in ("inline", "display")] == formulae
    for piece in pieces(text):
        if piece.kind != "words":
            assert text[piece.at : piece.at + len(piece.text)] == piece.text


def test_in_words() -> None:
    assert in_words("Costs $5, error $\\hat y_1-y_1$, `a`") == "Costs $5, error ŷ₁ − y₁, `a`"


def myst(markdown: str) -> list[str]:
    """The formulae that MyST sees, with its own settings."""
    parser = (
        MarkdownIt("commonmark")
        .enable("table")
        .use(dollarmath_plugin, double_inline=True)
        .use(amsmath_plugin)
    )
    found = []
    for token in parser.parse(markdown):
        for one in [token, *(token.children or ())]:
            if one.type.startswith("math") or one.type == "amsmath":
                found.append(" ".join(one.content.split()))
    return found


def jupyter(markdown: str) -> list[str]:
    """The formulae that JupyterLab sees: from one dollar without a backslash to the next one."""
    found = re.findall(r"(?<![\\$])\$((?:\\.|[^$\\])+)\$", markdown, re.DOTALL)
    return [" ".join(one.split()) for one in found]


@pytest.mark.parametrize("seed", range(3))
def test_every_reader_sees_the_same(seed: int) -> None:
    random_ = random.Random(seed)
    parts = [
        "$",
        "$$",
        "$x$",
        "$a_1$",
        " ",
        " ",
        "5",
        "cost ",
        "\\$",
        "`",
        "`$x$`",
        "\n",
        "\n\n",
        "x",
        "**",
        ".",
        "(",
        ")",
    ]
    seen = 0
    for _ in range(1500):
        text = "".join(random_.choice(parts) for _ in range(random_.randint(1, 12)))
        if "    " in text:
            continue  # code in a paragraph of its own, the continuation of a list in others
        try:
            written = canonical(text)
        except BrokenMathematics:
            continue
        own = [
            " ".join(piece.text.split()) for piece in pieces(written) if piece.kind in ("inline", "display")
        ]
        assert myst(written) == own, text
        if "`" not in text and "$$" not in text:
            assert jupyter(written) == own, text
        seen += len(own)
    assert seen > 500


def test_the_place_of_a_fault() -> None:
    text = "Costs $5, but $\\foo$"
    with pytest.raises(BrokenMathematics) as caught:
        canonical(text)
    assert text[caught.value.at :].startswith("\\foo")
