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
OTHER_LAYERS = (
    *("nbsolve.problem.wiring", "nbsolve.solving.backward", "nbsolve.variants"),
    *("nbsolve.drawing.ways", "nbsolve.drawing.gates"),
)
"""What knows of neighbours; paths written one by one where the next layer alone has them; layers of a file (from 0)
and of chains; columns of a picture and of gates."""
NEIGHBOUR = "a neighbour is taken for the layer that is connected"
WHAT_HAS_LAYERS = ("network", "solution")


def named(text: str, kinds: set[str] = KINDS) -> Iterator[str]:
    """Where a file names a kind, compares the kind of a bias, counts layers from 0 or from the end, or layer ± 1.

    `of_layers[layer - 1]` is a place in a list, from 0.
    """
    tree = [*ast.walk(ast.parse(text))]
    places = [node.slice for node in tree if isinstance(node, ast.Subscript)]
    for node in tree:
        match node:
            case ast.Constant(value=str(word)) if word in kinds:
                yield f"line {node.lineno}: {word!r}"
            case ast.Compare(left=ast.Attribute(attr="kind", value=of)) if _last(of) == "bias":
                yield f"line {node.lineno}: the kind of a bias is compared"
            case ast.Subscript(value=ast.Attribute(attr="layers", value=of), slice=place):
                if _last(of) in WHAT_HAS_LAYERS and isinstance(place, ast.UnaryOp | ast.BinOp):
                    yield f"line {node.lineno}: a layer is counted from 0, or from the end"
            case ast.BinOp(left=layer, op=ast.Add() | ast.Sub(), right=ast.Constant(value=1)):
                if _numbers_a_layer(layer) and node not in places:
                    yield f"line {node.lineno}: {NEIGHBOUR}"


def _numbers_a_layer(expression: ast.expr) -> bool:
    """Whether it is the number of a layer: `layer`, `z.layer`, `(z.layer or 1)`, `output.index`."""
    match expression:
        case ast.BoolOp(values=[first, *_]):
            return _numbers_a_layer(first)
        case ast.Attribute(attr="index", value=of):
            return _last(of) in ("layer", "output")
    return _last(expression) == "layer"


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
        places = named(path.read_text(encoding="utf-8"), kinds)
        others = module.startswith(OTHER_LAYERS)
        found[module] = [place for place in places if not (others and place.endswith(NEIGHBOUR))]
    assert len(found) > 400
    assert not {module: places for module, places in found.items() if places}


def test_what_names_one_is_found() -> None:
    for line in (
        "if layer.kind == 'maxout': pass",
        "signs = {'add': '+'}",
        "free = self.layer.bias.kind != 'absent'",
        "last = problem.network.layers[-1]",
        "own = solution.layers[layer - 1]",
        "through = unit._replace(layer=share.layer + 1)",
        "below = (symbol.layer or 1) - 1",
        "alone = array.layer == output.index - 1",
    ):
        assert list(named(line)), line
    assert not list(named("name = phrase_of('conventions.bias_', bias.kind); own = network.layers[0]"))
    assert not list(named("own = of_layers[layer - 1]"))
