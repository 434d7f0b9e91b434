"""One breaker: a formula opens at the same operators, in the same order, on the screen and on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nbsolve import load_problem, solve
from nbsolve.document import Derivation, Result, blocks_within
from nbsolve.expr import Expr
from nbsolve.notation import Names
from nbsolve.render import breaking
from nbsolve.render.breaking import Kind, Part, Parts
from nbsolve.render.mathml import formulas as mathml
from nbsolve.render.mathml import pieces as mathml_pieces
from nbsolve.render.typst import math as typst_math
from nbsolve.render.typst import pieces as typst_pieces
from nbsolve.render.typst.width import math_width

PROBLEMS = sorted((Path(__file__).parents[2] / "problems").glob("*.yaml"))


def fully(parts: Parts, inside: Callable[[Part], Parts]) -> Iterator[Kind]:
    """How each piece begins, when all that can be opened is."""
    found = breaking.opened(parts, inside)
    if len(found) == 1:
        yield Kind.OTHER if parts[0].kind is Kind.OPEN else parts[0].kind
    else:
        for piece in found:
            yield from fully(piece, inside)


def sides(path: Path) -> Iterator[tuple[Names, Expr]]:
    document = solve(load_problem(path)).document()
    for block in blocks_within(document.blocks):
        if isinstance(block, Derivation):
            for line in block.lines:
                for _, right in line.parts:
                    yield document.names, right.value if isinstance(right, Result) else right


@pytest.mark.sampled(7)
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_both_open_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mathml_pieces, "ROOM", 0.0)
    for names, side in sides(path):
        screen = mathml.printer(names).print(side)
        paper = typst_math.fitting(typst_math.printer(names).print(side))
        if "munder><munder" in screen or "[" in screen:
            continue  # braces, which the screen opens too, and matrices
        on_screen = list(fully(mathml_pieces._parts(screen), mathml_pieces._bracketed))
        on_paper = list(fully(typst_pieces._parts(paper), typst_pieces._bracketed))
        assert on_screen == on_paper, paper


WEIGHTS = " + ".join(f"0.{n}1234567^(2)" for n in range(1, 21))


@pytest.mark.parametrize(
    ("formula", "most"),
    [
        (WEIGHTS, 30.0),
        (f"0.5 dot.c \\({WEIGHTS}\\) dot.c 3", 30.0),
        (f"frac(1, 2) thin ({WEIGHTS} + frac(1, 2))^(2)", 30.0),
        (" thin ".join(f"frac(∂ a_({n}), ∂ z_({n}))" for n in range(30)), 20.0),
        (f"a thin lr(bracket.l {WEIGHTS.replace(' + ', ' − ')} bracket.r) thin b", 30.0),
        (f"= 3 thin [{WEIGHTS.replace('^(2)', ' thin (1 - a)')}]", 12.0),
    ],
)
def test_no_piece_is_wider_than_the_room(formula: str, most: float) -> None:
    found = typst_pieces.pieces(formula, most)
    assert len(found) > 3
    assert max(map(math_width, found)) <= most
    if not any(grown in formula for grown in ("(0", "[", "lr(")):
        assert " ".join(found) == formula


def test_what_has_room_is_one_piece() -> None:
    assert typst_pieces.pieces("a + b dot.c \\(1 - c\\)", 30.0) == ["a + b dot.c \\(1 - c\\)"]


@pytest.mark.parametrize("sign", ["-0.5", "+0.5"])
def test_the_sign_of_a_number_is_no_operator(sign: str) -> None:
    assert typst_pieces.pieces(f"= {sign} dot.c a_(1) + b", 4.0) == [f"= {sign}", "dot.c a_(1)", "+ b"]


def test_a_long_bracket_with_a_power_is_opened_on_the_screen_too() -> None:
    terms = "".join(f" <mo>+</mo><mn>0.{n}1234567</mn>" for n in range(1, 9))
    bracket = f'<mrow><mo stretchy="false">(</mo><mi>a</mi>{terms}<mo stretchy="false">)</mo></mrow>'
    written = mathml_pieces.pieces(f"<msup>{bracket}<mn>2</mn></msup>", True)
    assert written.count("<wbr>") == 8
    assert written.endswith('<msup><mo form="postfix" stretchy="false">)</mo><mn>2</mn></msup></math>')
