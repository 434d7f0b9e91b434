"""The drawing of two paths over the level lines of what is differentiated, from the paths of a solution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nbsolve.arithmetic.nearest import to_float
from nbsolve.asking.writing import scalar
from nbsolve.compose.compared import called
from nbsolve.drawing.charts.borders import Floats
from nbsolve.drawing.charts.level_lines import Landscape, Trail, plot_trails
from nbsolve.equations.building import Built
from nbsolve.equations.names import GraphNames
from nbsolve.equations.paths import Path
from nbsolve.evaluate.doubles import Doubles, compiled
from nbsolve.expr import Atom
from nbsolve.phrases import phrase
from nbsolve.symbol import Symbol

if TYPE_CHECKING:
    from nbsolve.drawing import Drawing

__all__ = ["draw_paths", "height_of"]


def height_of(built: Built, x: Symbol, y: Symbol, xs: Floats, ys: Floats) -> Floats:
    """What is differentiated, at all places of two parameters, the other given quantities as they are."""
    values: dict[Atom, Doubles] = {symbol: np.float64(float(given)) for symbol, given in built.given.items()}
    values |= {x: xs, y: ys}
    with np.errstate(all="ignore"):
        for node in built.graph.nodes:
            values[node.target] = compiled(built.graph.formula(node, node.target))(values)
    return np.broadcast_to(np.asarray(values[built.objective[0]], dtype=np.float64), xs.shape)


def draw_paths(paths: Sequence[Path], names: GraphNames) -> Drawing:
    """Both paths in one picture. Raises: Undecided."""
    own = paths[0]
    built, (x, y) = own.solution.built, own.parameters
    trails = []
    for name, path in zip(called(own.problem, names), paths, strict=True):
        arithmetic = path.solution.arithmetic
        places = [
            [to_float(scalar(values[symbol]), arithmetic) for values, symbol in point[:2]]
            for point in path.points()
        ]
        trails.append(Trail(name, tuple((a, b) for a, b in places)))
    of = names.plain(built.objective[0])
    landscape = Landscape(
        lambda xs, ys: height_of(built, x, y, xs, ys), tuple(trails), (names.plain(x), names.plain(y)), of
    )
    first, second = (trail.name for trail in trails)
    return plot_trails(landscape, phrase("graphs.drawing_paths", first=first, second=second, of=of))
