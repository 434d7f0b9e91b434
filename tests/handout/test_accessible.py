"""Sheets pass an independent checker of PDF/UA-1, the package page-validation; it would find what is lost."""

from __future__ import annotations

import io

import pikepdf
import pytest

from nbsolve import load_problem, solve
from nbsolve.handout import Handout, Solutions, collection, typeset
from tests.handout.made import COURSE, PROBLEMS, SMALL, handout, pdf
from tests.handout.pdf import faults


def test_a_collection() -> None:
    handouts = [handout(source) for source in (SMALL, *PROBLEMS[:2])]
    assert faults(typeset(collection(handouts, Solutions.APPENDIX, "Exam questions", COURSE))) == []


@pytest.mark.parametrize("lost", ["language", "title", "alternative text", "tags"])
def test_the_checker_finds_what_is_lost(lost: str) -> None:
    with pikepdf.open(io.BytesIO(pdf(SMALL, "question").bytes)) as file:
        if lost == "language":
            del file.Root.Lang
        elif lost == "title":
            del file.Root.Metadata
        elif lost == "tags":
            del file.Root.StructTreeRoot
        else:
            figures = [
                o for o in file.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"
            ]
            assert figures
            for figure in figures:
                if "/Alt" in figure:
                    del figure.Alt
        changed = io.BytesIO()
        file.save(changed)
    assert faults(changed.getvalue())


@pytest.mark.parametrize("accent", ["hat", "bar", "tilde", "dot", "vec"])
def test_accented_letters_are_typeset(accent: str) -> None:
    r"""Where Unicode has no letter of its own for them, as for h̄, a drawing would hold a glyph without a letter."""
    notation = rf'notation: {{activation: "\\{accent} h", input: "\\{accent} Q"}}'
    text = f"{SMALL}{notation}\n"
    assert faults(typeset(Handout(solve(load_problem(text))).solution())) == []
