"""Handouts: PDFs of a worked problem, typeset from the same blocks as the site.

handout = Handout(solve(load_problem("problem.yaml")))
pdf = typeset(handout.solution())
"""

from __future__ import annotations

from nbsolve.handout.collection import Solutions, collection
from nbsolve.handout.course import CourseData, read_course
from nbsolve.handout.fonts import MissingGlyphs
from nbsolve.handout.keys import key
from nbsolve.handout.paper import PAPERS, Paper
from nbsolve.handout.sheets import Handout
from nbsolve.handout.typesetting import Sheet, TypesettingError, typeset
from nbsolve.whole_files import write_whole

__all__ = [
    "PAPERS",
    "CourseData",
    "Handout",
    "MissingGlyphs",
    "Paper",
    "Sheet",
    "Solutions",
    "TypesettingError",
    "collection",
    "key",
    "read_course",
    "typeset",
    "write_whole",
]
