"""How long the site takes: from nothing, again with nothing changed, and with one problem changed."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from nbsolve.book import build_book
from nbsolve.book.course import Course
from nbsolve.notebook import make_notebook

ROOT = Path(__file__).resolve().parents[1]


def _timed(what: str, folder: Path) -> None:
    begin = time.perf_counter()
    build_book(folder)
    print(f"{what:<44} {time.perf_counter() - begin:6.2f} s")


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "course"
        ignore = shutil.ignore_patterns("_build", "index.md", "*.ipynb")
        shutil.copytree(ROOT / "problems", folder / "problems")
        shutil.copytree(ROOT / "book", folder / "book", ignore=ignore)
        shutil.copytree(ROOT / "nbsolve" / "templates", folder / "nbsolve" / "templates")  # pages it includes
        shutil.copy(ROOT / "_config.yml", folder)
        problems = Course(folder).problem_files()

        begin = time.perf_counter()
        make_notebook(problems[0], folder / "one.ipynb")
        print(f"{'one notebook, with all imports':<44} {time.perf_counter() - begin:6.2f} s")

        _timed(f"the site of {len(problems)} problems, cold", folder)
        _timed("nothing changed", folder)
        text = problems[0].read_text(encoding="utf-8")
        problems[0].write_text(f"{text}\n# changed\n", encoding="utf-8")
        _timed("one problem changed", folder)
        problems[0].write_text(text.replace("title: ", "title: Changed, ", 1), encoding="utf-8")
        _timed("one title changed (it is in every sidebar)", folder)


if __name__ == "__main__":
    main()
