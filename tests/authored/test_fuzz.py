"""Random LaTeX, and LaTeX with random changes: read or refused, never a traceback, and Typst sets what is read.

`python -m tests.authored.test_fuzz 20000` tries as many; the tests a sample.
"""

from __future__ import annotations

import random
import sys
import time

import pytest

from nbsolve.authored.commands import COMMANDS, ENVIRONMENTS
from nbsolve.authored.dollars import canonical, in_words, pieces
from nbsolve.authored.linear import linear
from nbsolve.authored.reading import read
from nbsolve.authored.spelling import BrokenMathematics
from nbsolve.render.typst.compiler import CompilingError, compiled
from nbsolve.render.typst.math import fitting
from nbsolve.render.typst.tree import typst_of
from tests.authored.rows import rows

NAMES = sorted(COMMANDS)
ONE = [
    "sqrt",
    "hat",
    "vec",
    "overline",
    "underline",
    "mathbf",
    "mathrm",
    "mathcal",
    "boldsymbol",
    "boxed",
    "cancel",
]
ONE += [
    "phantom",
    "underbrace",
    "overbrace",
    "text",
    "operatorname",
    "widehat",
    "xrightarrow",
    "textbf",
    "substack",
]
TWO = ["frac", "binom", "overset", "underset", "tfrac", "stackrel"]
SIGNS: list[str] = [
    *"abxyzW0123456789+-=<>()[]|,.;:!'/* ~\"@?&",
    r"\{",
    r"\}",
    r"\$",
    r"\#",
    r"\%",
    r"\&",
    r"\_",
    "é",
    "∑",
    "日",
]
NOISE = [
    "\\",
    "{",
    "}",
    "$",
    "#",
    '"',
    "^",
    "_",
    "&",
    "\\\\",
    "%",
    "\n",
    "\0",
    "\ud800",
    "\u202e",
    "`",
    "]",
    ")",
    "\\end",
]
EVIL = [
    '#panic("x")',
    '" + panic("x") + "',
    '")#panic("x")',
    '\\"',
    "$#panic()$",
    "]#panic()[",
    "//",
    "/*",
    "\\u{24}",
]
AROUND = [
    r"\text{%s}",
    r"\mathrm{%s}",
    r"\operatorname{%s}",
    "x %s",
    r"\underbrace{x}_{%s}",
    r"\textcolor{%s}{x}",
]
HEAD = "#let boxed(x) = box(x)\n#set page(width: auto, height: auto)\n"


def made(random_: random.Random, depth: int = 3) -> str:
    """A formula of the grammar."""
    kind = random_.random()
    if depth == 0 or kind < 0.3:
        return random_.choice(SIGNS)

    def inner() -> str:
        return made(random_, depth - 1)

    if kind < 0.45:
        return "\\" + random_.choice(NAMES) + " "
    if kind < 0.6:
        return f"\\{random_.choice(ONE)}{{{inner()}}}"
    if kind < 0.7:
        return f"\\{random_.choice(TWO)}{{{inner()}}}{{{inner()}}}"
    if kind < 0.8:
        return f"{inner()}{random_.choice('_^')}{{{inner()}}}"
    if kind < 0.85:
        pair = random_.choice(["()", "[]", "|.", ".|", "<>"])
        return f"\\left{pair[0]} {inner()} \\right{pair[1]}"
    if kind < 0.92:
        name = random_.choice(sorted(ENVIRONMENTS))
        columns = {"array": "{c|r}", "alignat": "{2}", "alignat*": "{2}", "alignedat": "{2}"}.get(name, "")
        return f"\\begin{{{name}}}{columns}{inner()}&{inner()}\\\\{inner()}\\end{{{name}}}"
    return "".join(inner() for _ in range(random_.randint(2, 4)))


def changed(random_: random.Random, latex: str) -> str:
    """A formula with a few places changed."""
    signs = [*latex]
    for _ in range(random_.randint(1, 4)):
        at = random_.randint(0, len(signs))
        match random_.randint(0, 3):
            case 0:
                signs[at:at] = [random_.choice(NOISE + EVIL)]
            case 1:
                del signs[at : at + random_.randint(1, 3)]
            case 2:
                signs[at : at + 1] = [random_.choice(NOISE + SIGNS)]
            case 3:
                signs[at:at] = signs[max(0, at - 9) : at]
    return "".join(signs)


def tried(latex: str, display: bool) -> str | None:
    """Its Typst, where it is read; everything else about it holds as well."""
    begun = time.process_time()
    try:
        formula = read(latex, display)
    except BrokenMathematics as error:
        inside(error, latex)
        return None
    try:
        markup = typst_of(formula)
    except BrokenMathematics:
        return None
    linear(formula.tree)
    again = read(formula.written, display)
    assert again.written == formula.written
    assert typst_of(again) == markup
    assert time.process_time() - begun < 2
    return markup


def inside(error: BrokenMathematics, text: str) -> None:
    """The place that is named is in the text."""
    assert 0 <= error.at <= len(text)


def failing(markups: list[str]) -> list[str]:
    """Those that Typst does not set. It is asked through nbsolve, which then knows that its threads are here:
    a forked child of this process would wait for them in vain.
    """
    body = "".join(f"$ {markup} $\n${markup}$\n${fitting(markup)}$\n" for markup in markups)
    try:
        compiled(HEAD + body)
    except CompilingError:
        if len(markups) == 1:
            return markups
        half = len(markups) // 2
        return failing(markups[:half]) + failing(markups[half:])
    return []


def fuzz(seed: int, count: int) -> tuple[int, list[str]]:
    """How many of `count` formulae were read, and what Typst did not set."""
    random_ = random.Random(seed)
    written = [latex for latex, _ in rows()]
    found: list[str] = []
    for number in range(count):
        if number % 3:
            latex = changed(random_, random_.choice(written) if number % 3 == 1 else made(random_))
        else:
            latex = made(random_, 4)
        try:
            markup = tried(latex, random_.random() < 0.5)
            text = f"A {latex} ${latex}$ and $${latex}$$, {changed(random_, 'costs $5 and $x$')}"
            try:
                assert canonical(canonical(text)) == canonical(text)
            except BrokenMathematics as error:
                inside(error, text)
            in_words(text)
            "".join(piece.text for piece in pieces(text))
        except Exception as error:
            raise AssertionError(repr(latex)) from error
        if markup:
            found.append(markup)
    wrong: list[str] = []
    for start in range(0, len(found), 200):
        wrong += failing(found[start : start + 200])
    return len(found), wrong


@pytest.mark.parametrize("seed", range(4))
def test_random_formulas(seed: int) -> None:
    count, wrong = fuzz(seed, 250)
    assert count > 60
    assert not wrong


@pytest.mark.parametrize("evil", EVIL)
def test_nothing_of_an_author_is_code(evil: str) -> None:
    """Typst would stop at a `panic` that it saw as code."""
    markups = []
    for around in AROUND:
        for spelt in (evil, evil.replace("#", r"\#").replace("$", r"\$").replace("_", r"\_")):
            markup = tried(around % spelt, True)
            if markup:
                assert "#panic" not in markup.replace(r"\"", "").replace('"#', "") or '"' in markup
                markups.append(markup)
    if markups:
        assert not failing(markups)


if __name__ == "__main__":
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for seed in range(0, total, 1000):
        print(seed, *fuzz(seed + 1000, min(1000, total)))
