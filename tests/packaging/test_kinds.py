"""A kind of layer, or of bias, is named where it is defined; the rest of the package asks its record or its model.

`checking/` is left out: what judges reads a problem file on its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nbsolve.catalogue import COMBINATIONS
from nbsolve.problem.model import DENSE
from tests.packaging.test_imports import MODULES

KINDS = {DENSE, *COMBINATIONS}
DEFINED = (
    *("nbsolve.blocks", "nbsolve.catalogue.combinations", "nbsolve.catalogue.operations"),
    *("nbsolve.problem.model.network", "nbsolve.solving.solution"),
)
GATES = ("nbsolve.equations", "nbsolve.drawing.gates", "nbsolve.compose.graphs.backward")
"""They have gates that add, which are no layers."""
WHAT_HAS_LAYERS = ("network", "solution")


def named(text: str, kinds: set[str] = KINDS) -> Iterator[str]:
    """Where a file names a kind, compares the kind of a bias, or counts layers from 0 or from the end."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Constant(value=str(word)) if word in kinds:
                yield f"line {node.lineno}: {word!r}"
            case ast.Compare(left=ast.Attribute(attr="kind", value=of)) if _last(of) == "bias":
                yield f"line {node.lineno}: the kind of a bias is compared"
            case ast.Subscript(value=ast.Attribute(attr="layers", value=of), slice=place):
                if _last(of) in WHAT_HAS_LAYERS and isinstance(place, ast.UnaryOp | ast.BinOp):
                    yield f"line {node.lineno}: a layer is counted from 0, or from the end"


def _last(expression: ast.expr) -> str:
    match expression:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def test_kinds_are_named_where_they_are_defined() -> None:
    found = {}
    for module, path in MODULES.items():
        if module.startswith((*DEFINED, "nbsolve.checking")):
            continue
        kinds = KINDS - {"add"} if module.startswith(GATES) else KINDS
        found[module] = list(named(path.read_text(encoding="utf-8"), kinds))
    assert len(found) > 400
    assert not {module: places for module, places in found.items() if places}


def test_what_names_one_is_found() -> None:
    for line in (
        "if layer.kind == 'maxout': pass",
        "signs = {'add': '+'}",
        "free = self.layer.bias.kind != 'absent'",
        "last = problem.network.layers[-1]",
        "own = solution.layers[layer - 1]",
    ):
        assert list(named(line)), line
    assert not list(named("name = phrase_of('conventions.bias_', bias.kind); own = network.layers[0]"))
