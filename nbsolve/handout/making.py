"""The handouts of one problem, from bytes to bytes: what a process or a worker of a cluster does."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field

from nbsolve.errors import NbsolveError
from nbsolve.handout.course import CourseData
from nbsolve.handout.kinds import sheet_of
from nbsolve.handout.latex import as_latex
from nbsolve.handout.paper import PAPERS
from nbsolve.handout.sheets import Handout
from nbsolve.handout.typesetting import Sheet, typeset
from nbsolve.problem.model import AnyProblem
from nbsolve.worked.kinds import solve

__all__ = ["Made", "Wanted", "made", "written"]


@dataclass(frozen=True)
class Wanted:
    """Which handouts of a problem are wanted: the kinds, and `pdf` or `tex`."""

    problem: AnyProblem
    course: CourseData
    paper: str
    kinds: tuple[str, ...]
    form: str


@dataclass
class Made:
    """Handouts by kind, up to the first that cannot be made, and why not."""

    files: dict[str, bytes] = field(default_factory=dict)
    error: NbsolveError | None = None


def made(wanted: bytes) -> bytes:
    """The handouts of one problem: a pickled `Made` for a pickled `Wanted`."""
    one: Wanted = pickle.loads(wanted)
    result = Made()
    try:
        handout = Handout(solve(one.problem), one.course, PAPERS[one.paper])
        for kind in one.kinds:
            result.files[kind] = written(sheet_of(handout, kind), one.form)
    except NbsolveError as error:
        result.error = error
    return pickle.dumps(result)


def written(sheet: Sheet, form: str) -> bytes:
    """A sheet as PDF or as LaTeX. Raises: TypesettingError, MissingGlyphs."""
    return as_latex(sheet).encode("utf-8") if form == "tex" else typeset(sheet)
