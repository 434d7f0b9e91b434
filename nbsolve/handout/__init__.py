"""Handouts: PDFs of a worked problem, typeset from the same blocks as the site.

handout = Handout(solve(load_problem("problem.yaml")))
pdf = typeset(handout.solution())
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbsolve.handout.collecting import Solutions, collection
    from nbsolve.handout.compacting import compact
    from nbsolve.handout.course import CourseData, read_course
    from nbsolve.handout.fonts import MissingGlyphs
    from nbsolve.handout.keys import key
    from nbsolve.handout.paper import PAPERS, Paper
    from nbsolve.handout.sheets import Handout
    from nbsolve.handout.typesetting import Sheet, TypesettingError, typeset
    from nbsolve.whole_files import write_whole

_HOMES = {
    "PAPERS": "handout.paper",
    "CourseData": "handout.course",
    "Handout": "handout.sheets",
    "MissingGlyphs": "handout.fonts",
    "Paper": "handout.paper",
    "Sheet": "handout.typesetting",
    "Solutions": "handout.collecting",
    "TypesettingError": "handout.typesetting",
    "collection": "handout.collecting",
    "compact": "handout.compacting",
    "key": "handout.keys",
    "read_course": "handout.course",
    "typeset": "handout.typesetting",
    "write_whole": "whole_files",
}

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
    "compact",
    "key",
    "read_course",
    "typeset",
    "write_whole",
]


def __getattr__(name: str) -> Any:
    # What is not used is not imported: Sphinx loads one file of this folder for every site.
    if name not in _HOMES:
        raise AttributeError(f"module 'nbsolve.handout' has no attribute {name!r}")
    return getattr(import_module(f"nbsolve.{_HOMES[name]}"), name)
