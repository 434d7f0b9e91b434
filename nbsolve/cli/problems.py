"""Problems as the command line names them: files, or `-` for standard input; with every fault's place."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nbsolve.errors import Fault, ProblemError, UnknownQuantityError

if TYPE_CHECKING:
    from nbsolve.problem.model import AnyProblem
    from nbsolve.problem.model.variants import Variants
    from nbsolve.worked.network import WorkedSolution
    from nbsolve.worked.page import WorkedPage

STANDARD_INPUT = "-"
_STANDARD_INPUT_NAME = "<standard input>"


def read_problem(source: str, overrides: Sequence[str] = ()) -> AnyProblem:
    """The problem of a file, or of standard input for `-`. Raises: ProblemError, with every fault."""
    if source == STANDARD_INPUT:
        return _from_standard_input(overrides)
    _check_name(source)
    from nbsolve.problem import load_problem
    from nbsolve.settings import read_settings

    settings = read_settings()
    problem = load_problem(
        Path(source), overrides=list(overrides), trust=settings.trust, language=settings.language
    )
    _check_asked(problem, source, bool(overrides))
    return problem


def read_problems(sources: Sequence[str], overrides: Sequence[str] = ()) -> list[AnyProblem]:
    """Read all problem files, or raise one ProblemError with the faults of all."""
    problems: list[AnyProblem] = []
    faults: list[Fault] = []
    for source in sources:
        try:
            problems.append(read_problem(source, overrides))
        except ProblemError as error:
            faults.extend(error.faults)
    if faults:
        raise ProblemError(faults)
    return problems


def solved(source: str, overrides: Sequence[str] = ()) -> WorkedSolution | WorkedPage:
    """The problem worked out. Raises: ProblemError, also for what only solving shows, with the file's name."""
    problem = read_problem(source, overrides)
    from nbsolve.worked.kinds import solve

    with about(source, problem):
        return solve(problem)


def about(source: str, problem: AnyProblem) -> AbstractContextManager[None]:
    """What goes wrong inside the block is a fault of this problem's file."""
    from nbsolve.problem.located import about

    return about(_STANDARD_INPUT_NAME if source == STANDARD_INPUT else source, problem)


def _check_name(source: str) -> None:
    """Whether this can be meant as a file's name. Raises: ProblemError for the text of a problem."""
    if ("\n" in source or source.lstrip().startswith("{")) and not os.path.lexists(source):
        start = " ".join(source.split())
        raise ProblemError(
            [
                Fault(
                    "this is the text of a problem, not the name of a file",
                    f"{start[:24]} …",
                    hint="save it in a file and name that; one problem can also be piped in: nbsolve solve -",
                )
            ]
        )


def _from_standard_input(overrides: Sequence[str]) -> AnyProblem:
    from nbsolve.problem import parse_problem
    from nbsolve.problem.reading import MAXIMUM_BYTES, decode
    from nbsolve.settings import read_settings

    name = _STANDARD_INPUT_NAME
    text = decode(sys.stdin.buffer.read(MAXIMUM_BYTES + 1), name)
    settings = read_settings()
    problem = parse_problem(
        text,
        file=name,
        overrides=list(overrides),
        folder=Path.cwd(),
        trust=settings.trust,
        language=settings.language,
    )
    _check_asked(problem, name, bool(overrides))
    return problem


def _check_asked(problem: AnyProblem, file: str, changed: bool) -> None:
    """Whether every quantity that a part asks for, or a text holds, is one that the problem has."""
    from nbsolve.asking.refusals import refusal
    from nbsolve.compose.rules.letters import names_of
    from nbsolve.live import live_faults
    from nbsolve.notation import Names
    from nbsolve.problem.located import of_path, place_of
    from nbsolve.problem.model import GraphProblem, Problem, RuleProblem, UpdateProblem
    from nbsolve.problem.parts import WORDS
    from nbsolve.symbol import canonical
    from nbsolve.worked.kinds import solve

    names = Names.of(problem) if isinstance(problem, Problem) else None
    known = solve(problem).names if isinstance(problem, GraphProblem | UpdateProblem) else names
    known = names_of(problem) if isinstance(problem, RuleProblem) else known
    faults = []
    for fault, shown in live_faults(problem, known):
        line, column = (None, None) if changed or not fault.path else of_path(problem, fault.path, shown)
        faults.append(replace(fault, file=file, line=line, column=column))
    for number, part in enumerate(problem.parts):
        for position, ask in enumerate(part.ask):
            if not isinstance(problem, Problem) or names is None or ask in WORDS:
                continue  # what other kinds of problems ask was looked for as they were read
            try:
                atom = names.resolve(ask)
                if reason := refusal(atom, problem):
                    raise UnknownQuantityError(f"{canonical(atom)} is asked, but {reason}")
            except UnknownQuantityError as error:
                # An override moves the lines about: then the place in the file is not known.
                line, column = (
                    (None, None)
                    if changed
                    else place_of(problem.text, file, "parts", number, "ask", position)
                )
                path = f"parts[{number}].ask[{position}]"
                faults.append(Fault(str(error), file, line, column, path))
    if problem.variants is not None:
        faults += _of_variants(problem, problem.variants, changed)
    if faults:
        raise ProblemError(faults)


def _of_variants(problem: AnyProblem, variants: Variants, changed: bool) -> list[Fault]:
    """What is to vary and is not in the problem."""
    from nbsolve.problem.reading import read_tree
    from nbsolve.problem.tree import without
    from nbsolve.problem.varying import KEY
    from nbsolve.variants.places import targets_of

    try:
        targets_of(problem, without(read_tree(problem.text, variants.file), KEY), variants)
    except ProblemError as error:
        # an override moves the lines about
        return [replace(one, line=None, column=None) if changed else one for one in error.faults]
    return []
