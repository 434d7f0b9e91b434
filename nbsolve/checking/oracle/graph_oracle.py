"""Values and gradients of a `kind: graph` by automatic differentiation (HIPS autograd), in doubles.

A zero is added to every entry that is computed, so that one reverse pass gives the gradients of what is given and
of all nodes. At a tie max and min take the first operand, but a number before anything else; ReLU′(0) = 0 and
|·|′(0) = 0. `TIE` is how near two doubles have to be for that: 0.1 + 0.2 is 0.3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import autograd.numpy as np
from autograd import grad

from nbsolve.checking.oracle.graph_indices import reads
from nbsolve.checking.oracle.graph_reading import Graph, entries, read_graph, walk
from nbsolve.checking.oracle.starts import plain_start
from nbsolve.checking.oracle.training import Values as Updated
from nbsolve.checking.oracle.training import read_training

TIE = 1e-10
Values = dict[str, float]


def values_and_gradients(text: str) -> Values:
    """`x`, `q`, `W[1,2]`, and the gradient of what the file says with respect to each: `df/dx`, `df/dW[1,2]`.

    Where a gradient comes in it is in all of them, and they are called `dL/dx`.
    """
    graph = read_graph(text)
    return _solved(graph, _point(graph))


def local_factors(text: str) -> Values:
    """`dq/dx` for every entry that is computed and every entry that its formula reads, the other ones held."""
    graph = read_graph(text)
    return _local_factors(graph, _point(graph))


def _local_factors(graph: Graph, point: Values) -> Values:
    values = _forward(graph, point, {})
    found: Values = {}
    for equation in graph.equations:
        names = {name for name, _ in reads(equation.body) if name in graph.shapes}
        names |= {given for given, start in graph.starts.items() if start.array in names}
        read = [one for name in names for one in entries(name, graph.shapes[name])]
        for target in entries(equation.name, equation.shape):

            def alone(held: Values, target: str = target) -> Any:
                return _entry(graph, target, {**values, **held}) + 0.0 * sum(held.values())

            slopes = grad(alone)({name: values[name] for name in read})
            found |= {f"d{target}/d{name}": float(slope) for name, slope in slopes.items()}
    return found


def iterations(text: str) -> list[Values]:
    """One dict an iteration of `training`: values, local factors, gradients, and all that the update finds.

    `x_new`, `W_new[1,2]`; what is kept, `m_W_new[1,2]`; the learning rate `eta`, and the `norm` of gradients.
    """
    graph = read_graph(text)
    training = read_training(graph.training, graph.shapes)
    point = _point(graph)
    arrays = map(plain_start, graph.training.get("parameters", list(_arrays(graph))))
    names = [one for name in arrays for one in entries(name, graph.shapes[name])]
    state = training.start(names)
    found: list[Values] = []
    for t in range(1, int(graph.training.get("iterations", "1")) + 1):
        values = {**_local_factors(graph, point), **_solved(graph, point)}
        known = training.of_update(t)
        slopes: Updated = {one: Fraction(values[f"d{graph.of}/d{one}"]) for one in names}
        update = training.moved(known, {one: Fraction(point[one]) for one in names}, slopes, state)
        state = training.state_after(update, names)
        point |= {one: float(update[f"{one}_new"]) for one in names}
        update["eta"] = known["learning_rate"]
        found.append({**values, **{_new(name): float(value) for name, value in update.items()}})
    return found


def _new(name: str) -> str:
    """`W_new[1,2]` of `W[1,2]_new`; any other name as it is."""
    letter, bracket, rest = name.partition("[")
    return f"{letter}_new{bracket}{rest.removesuffix('_new')}" if rest.endswith("_new") else name


def _arrays(graph: Graph) -> list[str]:
    computed = {equation.name for equation in graph.equations}
    return [name for name in graph.shapes if name not in computed]


def _point(graph: Graph) -> Values:
    return {name: float(value) for name, value in graph.numbers.items()}


def _solved(graph: Graph, point: Values) -> Values:
    values = _forward(graph, point, {})
    nudges = {name: 0.0 for name in values if name not in point}

    def pulled(given: Values, hung: Values) -> Any:
        computed = _forward(graph, given, hung)
        nothing = 0.0 * (
            sum(given.values()) + sum(hung.values())
        )  # autograd warns where nothing depends on them
        return nothing + sum(float(seed) * computed[name] for name, seed in graph.seeds.items())

    by_given, by_node = grad(pulled, 0)(point, nudges), grad(pulled, 1)(point, nudges)
    gradients = {**by_given, **by_node}
    return {**values, **{f"d{graph.of}/d{name}": float(slope) for name, slope in gradients.items()}}


def _forward(graph: Graph, given: Mapping[str, Any], hung: Mapping[str, Any]) -> dict[str, Any]:
    """All entries, each with what is hung on it."""
    return walk(graph, given, FUNCTIONS, float, lambda name, value: value + hung.get(name, 0.0))


def _entry(graph: Graph, target: str, values: Mapping[str, Any]) -> Any:
    """One entry by its formula from given values of all it reads."""
    found = []

    def kept(name: str, value: Any) -> Any:
        if name == target:
            found.append(value)
        return values[name]

    walk(graph, {name: values[name] for name in graph.given}, FUNCTIONS, float, kept)
    return found[0]


def _equal(a: Any, b: Any) -> bool:
    return bool(abs(a - b) <= TIE * (1 + abs(a)))


def _maximum(a: Any, *rest: Any) -> Any:
    for b in rest:
        a = a if a >= b or _equal(a, b) else b
    return a


def _minimum(a: Any, *rest: Any) -> Any:
    for b in rest:
        a = a if a <= b or _equal(a, b) else b
    return a


def _sigmoid(x: Any) -> Any:
    return 0.5 * (1 + np.tanh(x / 2))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "^": lambda x, n: x**n,
    "exp": np.exp, "ln": np.log, "log": np.log, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "abs": lambda x: 0.0 * x if _equal(x, 0.0) else x if x > 0 else -x,
    "relu": lambda x: 0.0 * x if x <= 0 or _equal(x, 0.0) else x,
    "softplus": lambda x: np.logaddexp(0.0, x),
    "max": _maximum,
    "min": _minimum,
    "<": lambda a, b: a < b and not _equal(a, b),
    ">": lambda a, b: a > b and not _equal(a, b),
    "<=": lambda a, b: a < b or _equal(a, b),
    ">=": lambda a, b: a > b or _equal(a, b),
    "==": _equal,
    "!=": lambda a, b: not _equal(a, b),
    "pi": lambda: np.pi,
    "e": lambda: np.e,
}  # fmt: skip
