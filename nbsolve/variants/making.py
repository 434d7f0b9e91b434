"""One variant's files, from bytes to bytes: what a worker does, wherever it runs."""

from __future__ import annotations

import json
import pickle
import tempfile
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbsolve.errors import NbsolveError
from nbsolve.handout.course import CourseData
from nbsolve.handout.paper import PAPERS
from nbsolve.handout.sheets import Handout
from nbsolve.handout.typesetting import typeset
from nbsolve.handout.work import answer_lines
from nbsolve.problem.data_files import Data, data_files, write_data_files
from nbsolve.variants.family import Family, NoVariant, Variant
from nbsolve.variants.keys import as_csv, as_json
from nbsolve.variants.notebooks import notebook_of
from nbsolve.variants.proposing import proposal
from nbsolve.variants.recipient import Recipient
from nbsolve.worked.kinds import solve

__all__ = ["MAKES", "Made", "Plan", "fingerprint_of", "made", "planned"]


@dataclass(frozen=True)
class Plan:
    """What is made of every variant; the problem's text goes along, so that workers need no file of it.

    Its data files are in `folder`, or where that is another machine's they are `enclosed`.
    """

    text: str
    name: str
    file: str
    seed: int
    make: tuple[str, ...]
    folder: Path | None = None
    trust: bool = False
    language: str | None = None
    course: CourseData = field(default_factory=CourseData)
    paper: str = "a4"
    data: Data | None = None

    def enclosed(self) -> Plan:
        """This plan with all that it needs of this machine's files. Raises: ProblemError."""
        return replace(self, folder=None, data=self.files(), course=self.course.enclosed())

    def files(self) -> Data:
        """The data files that the problem names. Raises: ProblemError."""
        if self.data is not None or self.folder is None:
            return self.data or ()
        return data_files(self.text, self.file, self.folder)

    def family(self) -> Family:
        """The problem and its variants. Raises: ProblemError."""
        scratch = None if not self.data else tempfile.TemporaryDirectory(prefix="nbsolve-")
        folder = self.folder if scratch is None else Path(scratch.name)
        write_data_files(self.data or (), folder or Path())
        family = Family(
            self.text,
            name=self.name,
            file=self.file,
            folder=folder,
            trust=self.trust,
            language=self.language,
            links=self.data is None,
        )
        if scratch is not None:
            weakref.finalize(family, scratch.cleanup)
        return family


@dataclass(frozen=True)
class Made:
    """The files of one variant by name, its key's rows, and how many draws each gate rejected."""

    recipient: Recipient
    files: Mapping[str, bytes]
    rows: list[dict[str, Any]]
    rejected: Mapping[str, int]


def made(plan: bytes, recipient: bytes) -> bytes:
    """The files of one variant: a pickled `Made` for a pickled `Plan` and `Recipient`. Raises: NbsolveError."""
    family, wanted = planned(plan)
    who: Recipient = pickle.loads(recipient)
    try:
        variant = family.variant(who.id, wanted.seed)
        files = {
            name: data for make in wanted.make for name, data in MAKES[make](variant, who, wanted).items()
        }
    except NoVariant as error:
        raise NoVariant(error.id, error.rejected, proposal(family, error.rejected)) from error
    except NbsolveError as error:
        raise NbsolveError(f"variant {who.id}: {error}") from error
    result = Made(who, files, variant.rows, dict(variant.rejected))
    return pickle.dumps(result)


@lru_cache(maxsize=4)
def planned(plan: bytes) -> tuple[Family, Plan]:
    """A plan, and its family, which a worker keeps."""
    wanted: Plan = pickle.loads(plan)
    return wanted.family(), wanted


# ------------------------------------------------------------------ what is made

Files = dict[str, bytes]


def _handout(variant: Variant, who: Recipient, plan: Plan) -> Handout:
    return Handout(variant.candidate.worked, plan.course, PAPERS[plan.paper], (who.name, who.id))


def _question(variant: Variant, who: Recipient, plan: Plan) -> Files:
    handout = _handout(variant, who, plan)
    if variant.problem.parts == variant.family.problem.parts:
        handout = replace(handout, lines=_lines(variant.family))
    return {"question.pdf": typeset(handout.question())}


@lru_cache(maxsize=4)
def _lines(family: Family) -> tuple[int, ...]:
    """The ruled lines for each part: those of the author's own numbers, for everybody."""
    own = Handout(solve(family.problem))
    return tuple(answer_lines(own.worked, own.whole))


def _solution(variant: Variant, who: Recipient, plan: Plan) -> Files:
    return {"solution.pdf": typeset(_handout(variant, who, plan).solution())}


def _key(variant: Variant, who: Recipient, plan: Plan) -> Files:
    head = {"version": 1, "problem": plan.name, "id": who.id, "name": who.name, "seed": plan.seed}
    return {
        "key.json": as_json(head, variant.rows).encode("utf-8"),
        "key.csv": as_csv(who, variant.rows).encode("utf-8"),
    }


def _notebook(variant: Variant, who: Recipient, plan: Plan) -> Files:
    return {"notebook.ipynb": notebook_of(variant, plan.folder)}


def _page(variant: Variant, who: Recipient, plan: Plan) -> Files:
    # imported here: the site's mathematics is read by nobody who wants sheets alone
    from nbsolve.preview.page import page_of, standing_page

    return {"page.html": standing_page(page_of(variant.candidate.worked)).encode("utf-8")}


MAKES: Mapping[str, Callable[[Variant, Recipient, Plan], Files]] = {
    "question": _question,
    "solution": _solution,
    "key": _key,
    "notebook": _notebook,
    "page": _page,
}
"""What can be made of a variant."""


def fingerprint_of(plan: Plan, recipients: list[Recipient], more: object) -> str:
    """What a run is known by: nothing of it can change without other files coming of it."""
    from hashlib import sha256

    from nbsolve import __version__

    data = [(name, sha256(content).hexdigest()) for name, content in plan.files()]
    course = repr(plan.course.enclosed())
    parts = [
        __version__,
        repr(plan),
        repr(data),
        course,
        json.dumps([[one.id, one.name] for one in recipients]),
        repr(more),
    ]
    return sha256("\0".join(parts).encode("utf-8")).hexdigest()
