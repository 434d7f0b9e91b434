"""Thirty problems say what they said, in every format; the cases have everything that nbsolve knows."""

from __future__ import annotations

import re
import zlib

import pytest

from nbsolve.catalogue.activations import ACTIVATIONS
from nbsolve.catalogue.losses import LOSSES
from tests.corpus.cases import Case, cases
from tests.corpus.frozen import different, frozen, line_of

WORDS = """
paths delta local_derivatives each_step at_end symbolic letters shared threshold trainable l2 custom
layout batch over_samples over_outputs log_base flat indexed matrix units both
"""
CASES = list(cases())
FIXED = [case for case in CASES if zlib.crc32(case[0].encode()) % 12 == 3]
"""By their names, so that a problem that is added leaves the others where they are."""


def test_every_case_is_frozen() -> None:
    assert list(frozen()) == [name for name, _ in CASES]


def test_the_cases_have_everything() -> None:
    texts = [problem for _, problem in CASES if isinstance(problem, str)]
    words = (*ACTIVATIONS, *LOSSES, *WORDS.split())
    missing = [
        word
        for word in words
        if not any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for text in texts)
    ]
    assert not missing


@pytest.mark.parametrize("case", FIXED, ids=lambda case: case[0])
def test_what_is_said_is_what_was_said(case: Case) -> None:
    """Where a change is meant: `python -m tests.corpus against main`, then `python -m tests.corpus freeze`."""
    assert not different([line_of(case)])
