"""Problems as the command line names them: files, or `-` for standard input; with every fault's place."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nbsolve.errors import DomainError, Fault, NbsolveError, ProblemError, UnknownQuantityError

if TYPE_CHECKING:
    from nbsolve.problem.model import AnyProblem
    from nbsolve.worked import WorkedSolution
    from nbsolve.worked_derivation import WorkedDerivation

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


def solved(source: str, overrides: Sequence[str] = ()) -> WorkedSolution | WorkedDerivation:
    """The problem worked out. Raises: ProblemError, also for what only solving shows, with the file's name."""
    problem = read_problem(source, overrides)
    from nbsolve.worked import solve

    with about(source, problem):
        return solve(problem)


@contextmanager
def about(source: str, problem: AnyProblem) -> Iterator[None]:
    """What goes wrong inside the block is a fault of this problem's file."""
    from nbsolve.problem.checks import domain_hint

    try:
        yield
    except ProblemError as error:
        shown = getattr(error, "shown", "")
        raise ProblemError([_in_file(fault, source, problem, shown) for fault in error.faults]) from error
    except UnknownQuantityError:
        raise
    except NbsolveError as error:
        file = _STANDARD_INPUT_NAME if source == STANDARD_INPUT else source
        hint = domain_hint(problem) if isinstance(error, DomainError) else None
        path, line, column = _formula_of(error, source, problem)
        raise ProblemError([Fault(str(error), file, line, column, path, hint=hint)]) from error


def _in_file(fault: Fault, source: str, problem: AnyProblem, shown: str) -> Fault:
    """A fault that only knows its YAML path, with its file, and its line where the file is as it was read."""
    if fault.file is not None or fault.path is None:
        return fault
    line, column = (None, None) if _changed(source, problem) else _of_path(problem, fault.path, shown)
    file = _STANDARD_INPUT_NAME if source == STANDARD_INPUT else source
    return replace(fault, file=file, line=line, column=column)


def _changed(source: str, problem: AnyProblem) -> bool:
    """Whether overrides have moved the lines about, or the file can no longer be read."""
    from nbsolve.problem.reading import decode

    return source == STANDARD_INPUT or decode(Path(source).read_bytes(), source) != problem.text


def _of_path(problem: AnyProblem, path: str, shown: str = "") -> tuple[int | None, int | None]:
    """Line and column of a value, or of what is `shown` in it, where the file says it in the same words."""
    steps = re.findall(r"\[(\d+)\]|([^.\[\]]+)", path)
    line, column = _place(problem.text, path, *(int(number) if number else key for number, key in steps))
    if line is None or column is None or not shown:
        return line, column
    text = problem.text.replace("\r\n", "\n")
    start = sum(len(before) + 1 for before in text.split("\n")[: line - 1]) + column - 1
    at = text.find(shown, start)
    return (line, column) if at < 0 else (text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _formula_of(
    error: NbsolveError, source: str, problem: AnyProblem
) -> tuple[str | None, int | None, int | None]:
    """The YAML path, line and column of the author's formula whose value cannot be determined or written."""
    from nbsolve.problem.model import DerivationProblem
    from nbsolve.problem.tree import join

    quantity = getattr(error, "quantity", None)
    if quantity is None or isinstance(problem, DerivationProblem):
        return None, None, None
    own: list[tuple[str | int, ...]] = [
        ("network", "layers", place, "activation", "custom", "formula")
        for place, layer in enumerate(problem.network.layers)
        if layer.activation.formula is not None
    ]
    at = re.match(r"(?:a|da/dz)\[(\d+)\]", quantity)
    in_layer = [steps for steps in own if at and steps[2] == int(at[1]) - 1]
    if len(problem.losses) == 1 and problem.losses[0].formula is not None:
        own.append(("loss", "custom", "formula"))
    # Another value of the first iteration names the only formula there is; later ones depend on more than it.
    found = in_layer or (own if "(iteration " not in quantity or "(iteration 1)" in quantity else [])
    if (not in_layer and len(own) != 1) or not found:
        return None, None, None
    steps = found[0]
    path = ""
    for step in steps:
        path = join(path, step)
    if _changed(source, problem):
        return path, None, None
    return path, *_place(problem.text, source, *steps)


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
    from nbsolve.listing import refusal
    from nbsolve.live import live_faults
    from nbsolve.notation import Names
    from nbsolve.problem.model import DerivationProblem
    from nbsolve.problem.parts import WORDS
    from nbsolve.symbol import canonical

    names = None if isinstance(problem, DerivationProblem) else Names.of(problem)
    faults = []
    for fault, shown in live_faults(problem, names):
        line, column = (None, None) if changed or not fault.path else _of_path(problem, fault.path, shown)
        faults.append(replace(fault, file=file, line=line, column=column))
    for number, part in enumerate(problem.parts):
        for position, ask in enumerate(part.ask):
            if isinstance(problem, DerivationProblem) or names is None or ask in WORDS:
                continue  # the parts of a derivation are held against its topics as it is read
            try:
                atom = names.resolve(ask)
                if reason := refusal(atom, problem):
                    raise UnknownQuantityError(f"{canonical(atom)} is asked, but {reason}")
            except UnknownQuantityError as error:
                # An override moves the lines about: then the place in the file is not known.
                line, column = (
                    (None, None) if changed else _place(problem.text, file, "parts", number, "ask", position)
                )
                path = f"parts[{number}].ask[{position}]"
                faults.append(Fault(str(error), file, line, column, path))
    if faults:
        raise ProblemError(faults)


def _place(text: str, file: str, *steps: str | int) -> tuple[int | None, int | None]:
    from nbsolve.problem.reading import read_tree
    from nbsolve.problem.tree import Entries, Items, Node

    node: Node = read_tree(text, file)
    for step in steps:
        if isinstance(node, Entries) and isinstance(step, str):
            node = node.entries[step]
        elif isinstance(node, Items) and isinstance(step, int):
            node = node.items[step]
    return node.line, node.column
