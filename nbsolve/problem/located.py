"""Where in a problem's file that stands which went wrong while the problem was worked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from nbsolve.errors import DomainError, Fault, NbsolveError, ProblemError, UnknownQuantityError
from nbsolve.problem.checks import domain_hint
from nbsolve.problem.model import AnyProblem, Choice, GraphProblem, Problem
from nbsolve.problem.reading import decode, read_tree
from nbsolve.problem.tree import Entries, Items, Node, join

__all__ = ["about", "of_path", "place_of"]


@contextmanager
def about(file: str, problem: AnyProblem) -> Iterator[None]:
    """What goes wrong inside the block is a fault of this problem's file.

    The fault has its line where the file is as it was read, and the error says which value it is about (`quantity`)
    or what the author wrote (`shown`).
    """
    try:
        yield
    except ProblemError as error:
        raise ProblemError([_in_file(fault, file, problem, error.shown) for fault in error.faults]) from error
    except UnknownQuantityError:
        raise
    except NbsolveError as error:
        hint = domain_hint(problem) if isinstance(error, DomainError) else None
        path, line, column = (
            _equation_of(error, file, problem)
            or _optimiser_of(error, file, problem)
            or _formula_of(error, file, problem)
        )
        if path is None and not _changed(file, problem):
            line, column = _of_words(problem.text, error.shown)
        raise ProblemError([Fault(str(error), file, line, column, path, hint=hint)]) from error


def _in_file(fault: Fault, file: str, problem: AnyProblem, shown: str) -> Fault:
    """A fault that only knows its YAML path, with its file, and its line where the file is as it was read."""
    if fault.file is not None or fault.path is None:
        return fault
    line, column = (None, None) if _changed(file, problem) else of_path(problem, fault.path, shown)
    return replace(fault, file=file, line=line, column=column)


def _changed(file: str, problem: AnyProblem) -> bool:
    """Whether overrides have moved the lines about, or the file (standard input, for one) cannot be read again."""
    try:
        return decode(Path(file).read_bytes(), file) != problem.text
    except OSError:
        return True


def _of_words(text: str, shown: str) -> tuple[int | None, int | None]:
    """Line and column of the first place that has these words."""
    at = text.find(shown) if shown else -1
    return (None, None) if at < 0 else _counted(text, at)


def _counted(text: str, at: int) -> tuple[int, int]:
    """Line and column of a position, both from 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def of_path(problem: AnyProblem, path: str, shown: str = "") -> tuple[int | None, int | None]:
    """Line and column of a value, or of what is `shown` in it, where the file says it in the same words."""
    steps = re.findall(r"\[(\d+)\]|([^.\[\]]+)", path)
    line, column = place_of(problem.text, path, *(int(number) if number else key for number, key in steps))
    if line is None or column is None or not shown:
        return line, column
    text = problem.text.replace("\r\n", "\n")
    start = sum(len(before) + 1 for before in text.split("\n")[: line - 1]) + column - 1
    at = text.find(shown, start)
    return (line, column) if at < 0 else _counted(text, at)


def _equation_of(
    error: NbsolveError, file: str, problem: AnyProblem
) -> tuple[str, int | None, int | None] | None:
    """The YAML path, line and column of the equation of a computation graph that has no value; None for others."""
    name = error.equation if isinstance(error, DomainError) else None
    if name is None and isinstance(problem, GraphProblem):
        name = _equation_behind(getattr(error, "quantity", None) or "", problem)
    if name is None:
        return None
    tree = read_tree(problem.text, file)
    equations = tree.entries.get("equations") if isinstance(tree, Entries) else None
    keys = equations.entries if isinstance(equations, Entries) else {}
    key = next((key for key in keys if key.partition("[")[0].strip() == name), None)
    if key is None:
        return None
    path = join("equations", key)
    return (
        (path, None, None)
        if _changed(file, problem)
        else (path, *place_of(problem.text, file, "equations", key))
    )


def _optimiser_of(
    error: NbsolveError, file: str, problem: AnyProblem
) -> tuple[str, int | None, int | None] | None:
    """The YAML path, line and column of the optimiser in whose update something has no value; None for others."""
    if not isinstance(error, DomainError) or not error.in_update:
        return None
    tree = read_tree(problem.text, file)
    training = tree.entries.get("training") if isinstance(tree, Entries) else None
    node, steps = (tree, []) if training is None else (training, ["training"])
    if not isinstance(node, Entries) or "optimiser" not in node.entries:
        return None
    steps.append("optimiser")
    place = (None, None) if _changed(file, problem) else place_of(problem.text, file, *steps)
    return ".".join(steps), *place


def _equation_behind(quantity: str, problem: GraphProblem) -> str | None:
    """The equation of a quantity; of a gradient that of what is differentiated, where the other one is given."""
    over, _, under = quantity.partition(" ")[0].partition("/")
    named = [under.removeprefix("d"), over.removeprefix("d")] if under else [over]
    known = {one.name for one in problem.equations}
    return next((name for one in named if (name := one.partition("[")[0]) in known), None)


def _formula_of(
    error: NbsolveError, file: str, problem: AnyProblem
) -> tuple[str | None, int | None, int | None]:
    """The YAML path, line and column of the author's formula whose value cannot be determined or written."""
    quantity = getattr(error, "quantity", None)
    if quantity is None or not isinstance(problem, Problem):
        return None, None, None
    own: list[tuple[str | int, ...]] = [
        ("network", "layers", place, "activation", *unit, "custom", "formula")
        for place, layer in enumerate(problem.network.layers)
        for unit, choice in _by_unit(layer.activation)
        if choice.formula is not None
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
    if _changed(file, problem):
        return path, None, None
    return path, *place_of(problem.text, file, *steps)


def _by_unit(activation: Choice) -> Iterator[tuple[tuple[int, ...], Choice]]:
    """A layer's activation, or those of its units with their places in the file's list."""
    if not activation.units:
        yield (), activation
    for place, choice in enumerate(activation.units):
        yield (place,), choice


def place_of(text: str, file: str, *steps: str | int) -> tuple[int | None, int | None]:
    """Line and column of the node that these keys and positions lead to."""
    node: Node = read_tree(text, file)
    for step in steps:
        if isinstance(node, Entries) and isinstance(step, str):
            node = node.entries[step]
        elif isinstance(node, Items) and isinstance(step, int):
            node = node.items[step]
    return node.line, node.column
