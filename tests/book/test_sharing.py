"""Sphinx's pages are dealt out evenly, and what is done beside it is finished or fails where it is waited for."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from nbsolve.book.sharing import beside, dealt
from nbsolve.notebook.children import CAN_FORK


@pytest.mark.parametrize("count", [0, 1, 5, 41, 1000])
@pytest.mark.parametrize("at_once", [1, 2, 8])
def test_every_page_is_in_one_share_and_shares_are_even(count: int, at_once: int) -> None:
    pages = [f"page-{number}" for number in range(count)]
    shares = dealt(pages, at_once)
    assert Counter(page for share in shares for page in share) == Counter(pages)
    sizes = {len(share) for share in shares} or {0}
    assert max(sizes) - min(sizes) <= 1
    assert max(sizes) <= 20
    assert len(shares) >= min(count, at_once)


def test_long_pages_that_stand_together_do_not_go_to_one_process() -> None:
    pages = [f"page-{number}" for number in range(40)]
    long = {*pages[:8]}
    assert {len(long & {*share}) for share in dealt(pages, 2)} == {1}


def test_what_is_done_beside_is_done_when_it_was_waited_for(tmp_path: Path) -> None:
    here = os.getpid()
    made = tmp_path / "made"

    def task() -> None:
        made.write_text(str(os.getpid()))

    beside(task)()
    assert made.read_text() != str(here) or not CAN_FORK


def test_what_goes_wrong_beside_is_raised_where_it_is_waited_for(tmp_path: Path) -> None:
    def task() -> None:
        (tmp_path / "missing" / "file").touch()

    with pytest.raises(FileNotFoundError):
        beside(task)()
