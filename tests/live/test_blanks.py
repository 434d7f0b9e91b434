"""Live numbers in a question whose solution is withheld: blanks, unless they tell what is given anyway."""

from __future__ import annotations

import pytest

from nbsolve.handout import Handout
from nbsolve.live import BLANK
from nbsolve.notebook.question import question_notebook
from tests.live.test_numbers import worked


def asked(text: str, blanks: bool = True) -> str:
    """The statement of a problem whose author says `text` in it, and in a part."""
    quoted = text.replace("'", "''")
    solution = worked("nothing", more=f"statement: '{quoted}'\nparts: [{{ask: [loss], text: '{quoted}'}}]\n")
    return str(solution.statement(blanks=blanks)._repr_mimebundle_()["text/markdown"])


@pytest.mark.parametrize("place", ["W[1][2][1]", "x[1]", "b[1]", "ln(2): 4 decimals", "1/3: 5 significant"])
def test_what_is_given_has_its_number(place: str) -> None:
    text = f"It is {{{{{place}}}}} here."
    assert asked(text) == asked(text, blanks=False)
    assert BLANK not in asked(text)


@pytest.mark.parametrize(
    "place",
    [
        "L", "a[2][1]", "dL/dW[1][2][1]", "W_new[1][2][1]", "W[1][2][1] at 2", "W[1][2][1] at last", "L - L_new",
        "W[1][2][1]*x[1]", "-b[1]", "L: 2 decimals", "delta[1][2]",
    ],
)  # fmt: skip
def test_what_is_found_has_a_blank(place: str) -> None:
    text = f"It is {{{{{place}}}}} here, $q = {{{{{place}}}}}$ and ${{{{= {place}}}}}$."
    found = asked(text)
    assert found.count(BLANK) == 6
    assert f"$= {BLANK}$" in found
    assert BLANK not in asked(text, blanks=False)


def test_question_sheets_and_pages_have_them() -> None:
    solution = worked("nothing", more="statement: 'The loss is {{L: 9 significant}}.'\n")
    number = solution.texts()["statement"].split("$")[1]
    assert number in str(Handout(solution).whole)
    assert number not in str(Handout(solution).statement)
    page = str(question_notebook(solution.problem))
    assert "The loss is" in page
    assert number not in page
