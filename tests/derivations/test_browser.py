"""Derivations in a real browser: at every width each line is seen whole, reasons and all."""

from __future__ import annotations

import shutil
from pathlib import Path

from nbsolve.book import build_book, init_course
from tests.book.fitting import measured
from tests.loading import FOLDER
from tests.programs import BROWSER, needs

PAGES = ("derivation-cosine", "derivation-categorical-cross-entropy", "derivation-huber", "derivation-gelu")


@needs(BROWSER)
def test_nothing_is_cut_off(tmp_path: Path) -> None:
    folder = tmp_path / "course"
    init_course(folder)
    for page in PAGES:
        shutil.copy(FOLDER / f"{page}.yaml", folder / "problems")
    build_book(folder)
    site = folder / "book" / "_build" / "html"
    for found in measured(site, [f"problems/{page}" for page in PAGES], (1280, 768, 375, 320)):
        assert found.formulas > 3
        assert found.overflow == 0, found
        assert not found.wide, found
