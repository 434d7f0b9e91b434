from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from nbsolve.notebook.parameters import ReadableTranslator


@given(st.text(alphabet=st.sampled_from("ab\\'\"\n\r\t$θ{}#"), max_size=30))
def test_what_is_written_reads_back_exactly(text: str) -> None:
    assert ast.literal_eval(ReadableTranslator.translate(text)) == text


def test_several_lines_stay_several_lines() -> None:
    written = ReadableTranslator.translate("title: \"A\"\nnotation: {output: '\\hat O'}\n")
    assert written == 'r"""title: "A"\nnotation: {output: \'\\hat O\'}\n"""'


def test_text_that_no_block_can_hold_is_one_line() -> None:
    assert "\n" not in ReadableTranslator.translate("\"\"\" '''\n")


def test_the_cell_says_what_to_do_with_it() -> None:
    cell = ReadableTranslator.codify({"problem_text": "a: 1\n", "overrides": {}})
    assert cell.splitlines()[0].startswith("# ")
    assert cell.endswith('problem_text = """a: 1\n"""\noverrides = {}')
