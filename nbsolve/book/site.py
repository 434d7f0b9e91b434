"""The site from the book's pages: Sphinx where something that it reads has changed, and what it made published.

Sphinx works in a folder of its own with what it remembered. Only where all went well does that take the place of
the old one: a run that failed or was killed leaves nothing behind that the next one could take for finished.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbsolve.book.complaints import DISK_FULL, as_error
from nbsolve.book.course import Course
from nbsolve.book.handouts import published_handouts
from nbsolve.book.linking import link_or_copy
from nbsolve.book.made import Made
from nbsolve.book.publishing import publish, remove, repair, replace_folder, site_hashes
from nbsolve.book.reading import hashes_of, read_by_sphinx, tools_hash
from nbsolve.book.served import as_served
from nbsolve.book.served_pages import Published, ServedPages
from nbsolve.book.sphinx_process import SphinxProcess
from nbsolve.errors import NbsolveError
from nbsolve.whole_files import write_whole

_STAMP = "site.json"


def was_withheld(course: Course) -> bool | None:
    """Whether the published site was built without the solutions; None where nobody knows."""
    return _read_stamp(course).get("withheld")


def is_up_to_date(course: Course) -> bool:
    """Whether the published site is whole, and nothing that it was made from has changed."""
    stamp = _read_stamp(course)
    return (
        not stamp.get("always", True)
        and stamp.get("withheld") == course.withheld
        and stamp.get("tools") == tools_hash()
        and stamp.get("reads") == hashes_of(read_by_sphinx(course, stamp["reads"]), course)
        and stamp.get("handouts") == _handout_hashes(course)
        and stamp.get("site") == site_hashes(course.site)
    )


def build_site(course: Course, sphinx: SphinxProcess, made: Mapping[str, Made]) -> list[Path]:
    """Run Sphinx with warnings as errors, and publish what it wrote; returns the pages whose content has changed.

    Raises `NbsolveError` with what was complained about, each with its place in the problem's file where it comes
    from one; the site that was there before then stays as it was.
    """
    try:
        changed = _build(course, sphinx, made)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise NbsolveError(DISK_FULL) from None
    return [page for name in changed if (page := course.site / f"{name}.html").is_file()]


def _build(course: Course, sphinx: SphinxProcess, made: Mapping[str, Made]) -> list[str]:
    stamp = _read_stamp(course)
    fresh = course.state.with_name(".sphinx.new")
    try:
        same = stamp.get("tools") == tools_hash() and stamp.get("withheld") == course.withheld
        if same and course.state.is_dir():
            _link(course.state, fresh)
        before = hashes_of(read_by_sphinx(course, stamp.get("reads", {})), course)
        answer = sphinx.run(course, fresh)
        if answer["status"] != 0:
            raise as_error(answer, course, made)
        replace_folder(fresh, course.state)
    finally:
        remove(fresh)
    record = course.build / "served.json"
    published = Published(course.site, stamp.get("site", {}), ServedPages.read(record))
    served, pages = as_served(_files(course), course.build / "style", published)
    site = publish(served, course.site)
    pages.write(record)
    # What was read is what was there before the run: a file that was changed meanwhile is read again.
    reads = before | hashes_of({*answer["reads"]}.difference(before), course)
    handouts = {place: site[place] for place in published_handouts(course)}
    stamp = {
        "tools": tools_hash(),
        "withheld": course.withheld,
        "reads": reads,
        "handouts": handouts,
        "site": site,
        "always": answer["always"],
    }
    text = json.dumps(stamp, indent=1, sort_keys=True)
    write_whole(course.build / _STAMP, text + "\n")
    return [*answer["changed"]]


def _handout_hashes(course: Course) -> dict[str, str]:
    handouts = published_handouts(course).items()
    return {place: hashlib.sha256(path.read_bytes()).hexdigest() for place, path in handouts}


def sweep(course: Course) -> None:
    """Remove what killed runs left, and bring back a site that one had moved out of the way."""
    course.build.mkdir(parents=True, exist_ok=True)
    repair(course.site)
    for name in (".sphinx.new", ".sphinx.old", "work"):
        remove(course.build / name)
    for left in Path(tempfile.gettempdir()).glob(f"{course.scratch_prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    for folder in (course.build, course.pages):
        for left in folder.rglob(".*.tmp"):
            remove(left)


def _link(state: Path, fresh: Path) -> None:
    """Link what Sphinx remembers, but not style sheets and scripts: it writes them each time."""
    for folder, folders, files in os.walk(state):
        here = fresh / Path(folder).relative_to(state)
        here.mkdir()
        if here == fresh / "html":
            folders[:] = [name for name in folders if name != "_static"]
        for file in files:
            link_or_copy(Path(folder) / file, here / file)


def _files(course: Course) -> dict[str, Path]:
    """Every file of the site: Sphinx's, the notebooks that run in the place of its copies, and the handouts.

    Where solutions are withheld there are no notebooks, neither as they run nor as pages are made of them.
    """
    html = course.state / "html"
    files = {path.relative_to(html).as_posix(): path for path in html.rglob("*") if path.is_file()}
    files |= published_handouts(course)
    if course.withheld:
        return {place: path for place, path in files.items() if not place.endswith(".ipynb")}
    for notebook in course.notebooks.rglob("*.ipynb"):
        place = f"_sources/problems/{notebook.relative_to(course.notebooks).as_posix()}"
        if place in files:
            files[place] = notebook
    return files


def _read_stamp(course: Course) -> dict[str, Any]:
    try:
        stamp = json.loads((course.build / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    whole = isinstance(stamp, dict) and all(isinstance(stamp.get(key), dict) for key in ("reads", "site"))
    return stamp if whole else {}
