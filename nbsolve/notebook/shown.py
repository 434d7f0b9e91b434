"""What the page of a problem shows, in order: a notebook has a cell for each, a preview shows them at once."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.problem.classes import classifies
from nbsolve.problem.model import AnyProblem, Problem
from nbsolve.solving.schedule import has_several, shown_iterations
from nbsolve.worked.kinds import page_of
from nbsolve.worked.page import Call

__all__ = ["shown_on_page"]


def shown_on_page(problem: AnyProblem) -> Iterator[Call]:
    """What the page of a problem shows: the methods of its solution, as the cells of its notebook call them."""
    yield "statement", {}
    drawing = {} if isinstance(problem, Problem) else page_of(problem).question_drawing()
    if drawing is not None:
        yield "draw", {**drawing}
    yield "conventions", {}
    if isinstance(problem, Problem):
        yield from _solved(problem)
    else:
        yield from page_of(problem).cells()
    yield "answers", {}
    if problem.pitfalls:
        yield "pitfalls", {}
    if not isinstance(problem, Problem):
        yield from page_of(problem).closing()
    elif problem.differentiated and not problem.symbolic:
        yield "check", {}


def _solved(problem: Problem) -> Iterator[Call]:
    if problem.symbolic or problem.letters:
        yield "letters", {}
    if not problem.symbolic:
        yield from _stages(problem)
    else:
        yield "draw", {"show": _whole_pass(problem)}
    if has_several(problem) and not problem.symbolic:
        yield "draw", {"show": "loss"}
    if classifies(problem.parts):
        yield "classification", {}
        if problem.network.inputs == 2:
            yield "draw", {"show": "boundary"}


def _stages(problem: Problem) -> Iterator[Call]:
    stages = [
        "forward",
        *(["loss"] if problem.losses else []),
        *(["backward"] if problem.differentiated else []),
    ]
    stages += ["update"] if problem.training else []
    for number in sorted(shown_iterations(problem)) if has_several(problem) else [None]:
        which: dict[str, str | int] = {} if number is None else {"iteration": number}
        yield from ((stage, which) for stage in stages)
        yield from (("draw", {"show": show, **which}) for show in ("activations", _whole_pass(problem)))


def _whole_pass(problem: Problem) -> str:
    """The drawing that shows the most."""
    return "backward" if problem.differentiated else "forward"
