"""No file leads back to itself: imports within functions and for types counted, which import-linter passes over."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import networkx

PACKAGE = Path(__file__).parents[2] / "nbsolve"
MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}


def imported(text: str) -> Iterator[str]:
    """The modules of the package that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                within = f"{node.module}.{name.name}"
                yield within if within in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def circles(files: dict[str, str]) -> list[list[str]]:
    graph = networkx.DiGraph(
        (module, other)
        for module, text in files.items()
        for other in imported(text)
        if other in MODULES and other != module
    )
    return [sorted(found) for found in networkx.strongly_connected_components(graph) if len(found) > 1]


def test_there_are_no_circles() -> None:
    files = {module: path.read_text(encoding="utf-8") for module, path in MODULES.items()}
    assert len(files) > 350
    assert circles(files) == []
    within_a_function = "def later():\n    from nbsolve.worked.kinds import solve\n"
    found = circles({**files, "nbsolve.asking.answers": files["nbsolve.asking.answers"] + within_a_function})
    assert any("nbsolve.asking.answers" in circle for circle in found)
