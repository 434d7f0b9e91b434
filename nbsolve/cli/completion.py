"""What the shell may complete: problem files, and the quantities of the file that stands before."""

from __future__ import annotations

from pathlib import Path

import typer

SUFFIXES = (".yaml", ".yml")
MOST = 500
"""More suggestions than this help nobody."""


def problem_files(incomplete: str) -> list[str]:
    """Problem files that begin so, and the folders in which there may be more."""
    folder, _, begun = incomplete.rpartition("/")
    place = Path(folder or ("/" if incomplete.startswith("/") else "."))
    prefix = f"{folder}/" if "/" in incomplete else ""
    found = []
    try:
        for path in sorted(place.iterdir()):
            if not path.name.startswith(begun) or (path.name.startswith(".") and not begun):
                continue
            if path.suffix in SUFFIXES and path.is_file():
                found.append(prefix + path.name)
            elif path.is_dir():
                found.append(f"{prefix}{path.name}/")
    except OSError:
        return []
    return found[:MOST]


def quantities(ctx: typer.Context, incomplete: str) -> list[str]:
    """Canonical names of the problem's quantities that begin so; none where the file cannot be read."""
    from nbsolve.errors import NbsolveError

    file = ctx.params.get("file")
    if not isinstance(file, str) or file == "-":
        return []
    try:
        names = _names(file)
    except (NbsolveError, OSError):
        return []
    return [name for name in names if name.startswith(incomplete)][:MOST]


def _names(file: str) -> list[str]:
    from nbsolve.notation.network_symbols import scalars
    from nbsolve.problem import load_problem
    from nbsolve.problem.model import Problem
    from nbsolve.symbol import PARAMETERS, Role, canonical
    from nbsolve.worked.kinds import page_of

    problem = load_problem(Path(file), trust=True)
    if not isinstance(problem, Problem):
        return [*page_of(problem).askable()]
    symbols = list(scalars(problem.network))
    differentiable = {Role.PRE_ACTIVATION, Role.ACTIVATION, *PARAMETERS}
    gradients = [f"dL/d{canonical(symbol)}" for symbol in symbols if symbol.role in differentiable]
    return [canonical(symbol) for symbol in symbols] + (gradients if problem.differentiated else [])
