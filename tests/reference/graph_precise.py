"""The same at 50 digits: mpmath, with a tape and a reverse sweep of its own; the two share no derivative.

`watched` collects how far the two sides of each comparison are apart: on what is nearly a tie, but none, nobody
could rely.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from mpmath import mp, mpf

from tests.reference.graph_reading import Graph, entries, read_graph, reads, walk

DIGITS = 60
TIE = mpf(10) ** -45


class Node:
    """A number that remembers what it was computed from, and how much it changes with each."""

    __slots__ = ("constant", "parents", "value")

    def __init__(
        self, value: mpf, parents: tuple[tuple[Node, mpf], ...] = (), constant: bool = False
    ) -> None:
        self.value, self.parents, self.constant = value, parents, constant

    def __add__(self, other: Node) -> Node:
        return Node(self.value + other.value, ((self, mpf(1)), (other, mpf(1))))

    def __sub__(self, other: Node) -> Node:
        return Node(self.value - other.value, ((self, mpf(1)), (other, mpf(-1))))

    def __mul__(self, other: Node) -> Node:
        return Node(self.value * other.value, ((self, other.value), (other, self.value)))

    def __truediv__(self, other: Node) -> Node:
        quotient = self.value / other.value
        return Node(quotient, ((self, 1 / other.value), (other, -quotient / other.value)))

    def __neg__(self) -> Node:
        return Node(-self.value, ((self, mpf(-1)),))


def precise_values_and_gradients(
    text: str, at: Mapping[str, Fraction] | None = None, watched: list[mpf] | None = None
) -> dict[str, mpf]:
    """As `values_and_gradients`, right to 50 digits."""
    with mp.workdps(DIGITS):
        graph = read_graph(text)
        given = {
            name: value if value is not None else (at or {})[name] for name, value in graph.given.items()
        }
        nodes = _nodes(graph, given, watched)
        slopes = _swept([(nodes[name], _big(seed)) for name, seed in graph.seeds.items()])
        found = {name: node.value for name, node in nodes.items()}
        return {
            **found,
            **{f"d{graph.of}/d{name}": slopes.get(id(node), mpf(0)) for name, node in nodes.items()},
        }


def precise_local_factors(text: str, at: Mapping[str, Fraction] | None = None) -> dict[str, mpf]:
    """`dq/dx` for every entry that is computed and every entry that its formula reads, the others held."""
    with mp.workdps(DIGITS):
        graph = read_graph(text)
        given = {
            name: value if value is not None else (at or {})[name] for name, value in graph.given.items()
        }
        nodes = _nodes(graph, given, None)
        names = {id(node): name for name, node in nodes.items()}
        found = {
            f"d{target}/d{one}": mpf(0)
            for equation in graph.equations
            for target in entries(equation.name, equation.shape)
            for name, _ in reads(equation.body)
            if name in graph.shapes
            for one in entries(name, graph.shapes[name])
        }
        for target, node in nodes.items():
            if target not in given:
                slopes = _swept([(node, mpf(1))], stop=frozenset(names) - {id(node)})
                found |= {
                    f"d{target}/d{names[k]}": slope
                    for k, slope in slopes.items()
                    if k in names and k != id(node)
                }
        return found


def quotient(text: str, name: str, digits: int = 100) -> mpf:
    """The same gradient as a central difference, right to some thirty digits where nothing has a kink."""
    with mp.workdps(digits):
        graph, step = read_graph(text), mpf(10) ** -30
        pulled = []
        for side in (1, -1):
            given = {key: _big(value or Fraction(0)) for key, value in graph.given.items()}
            given[name] += side * step
            nodes = _nodes(graph, given, None)
            pulled.append(sum((_big(seed) * nodes[key].value for key, seed in graph.seeds.items()), mpf(0)))
        return (pulled[0] - pulled[1]) / (2 * step)


def _big(value: Fraction | mpf) -> mpf:
    return mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else mpf(value)


def _nodes(graph: Graph, given: Mapping[str, Any], watched: list[mpf] | None) -> dict[str, Node]:
    found = {name: Node(_big(value)) for name, value in given.items()}
    functions = _functions([] if watched is None else watched)
    return walk(
        graph,
        found,
        functions,
        lambda number: Node(_big(number), constant=True),
        lambda _, value: Node(value.value, ((value, mpf(1)),)),  # also `y: x` is a node of its own
    )


def _swept(seeds: list[tuple[Node, mpf]], stop: frozenset[int] = frozenset()) -> dict[int, mpf]:
    """The gradient of every node that the seeds depend on, as far as the ones to `stop` at: users come before."""
    order: list[Node] = []
    seen: set[int] = set()
    stack: list[tuple[Node, bool]] = [(node, False) for node, _ in seeds]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += [(parent, False) for parent, _ in node.parents if id(node) not in stop]
    slopes = dict.fromkeys(map(id, order), mpf(0))
    for node, seed in seeds:
        slopes[id(node)] += seed
    for node in reversed(order):
        for parent, local in () if id(node) in stop else node.parents:
            slopes[id(parent)] += slopes[id(node)] * local
    return slopes


def _smooth(value: Callable[[mpf], mpf], slope: Callable[[mpf], mpf]) -> Callable[[Node], Node]:
    return lambda x: Node(value(x.value), ((x, slope(x.value)),))


def _logistic(x: mpf) -> mpf:
    return 1 / (1 + mp.exp(-x))


def _power(x: Node, n: Node) -> Node:
    value = x.value**n.value
    below = mpf(0) if n.value == 0 else n.value * x.value ** (n.value - 1)
    return Node(value, ((x, below),) if n.constant else ((x, below), (n, mp.log(x.value) * value)))


def _functions(watched: list[mpf]) -> dict[str, Callable[..., Any]]:
    def side(a: Node, b: Node) -> int:
        """1 where a is greater, 0 at a tie, −1 where it is less."""
        apart = a.value - b.value
        watched.append(abs(apart))
        return 0 if abs(apart) <= TIE * (1 + abs(a.value)) else 1 if apart > 0 else -1

    def extreme(sign: int) -> Callable[..., Node]:
        def best(first: Node, *others: Node) -> Node:
            for other in others:
                first = other if sign * side(first, other) < 0 else first
            return Node(first.value, ((first, mpf(1)),))

        return best

    zero = Node(mpf(0))
    return {
        "^": _power,
        "exp": _smooth(mp.exp, mp.exp),
        "ln": _smooth(mp.log, lambda x: 1 / x),
        "log": _smooth(mp.log, lambda x: 1 / x),
        "sqrt": _smooth(mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x))),
        "sin": _smooth(mp.sin, mp.cos),
        "cos": _smooth(mp.cos, lambda x: -mp.sin(x)),
        "tanh": _smooth(mp.tanh, lambda x: mp.sech(x) ** 2),
        "sigmoid": _smooth(_logistic, lambda x: _logistic(x) * _logistic(-x)),
        "softplus": _smooth(lambda x: mp.log1p(mp.exp(x)), _logistic),
        "abs": lambda x: Node(abs(x.value), ((x, mpf(side(x, zero))),)),
        "relu": lambda x: Node(max(x.value, mpf(0)), ((x, mpf(max(side(x, zero), 0))),)),
        "max": extreme(1),
        "min": extreme(-1),
        "<": lambda a, b: side(a, b) < 0,
        ">": lambda a, b: side(a, b) > 0,
        "<=": lambda a, b: side(a, b) <= 0,
        ">=": lambda a, b: side(a, b) >= 0,
        "==": lambda a, b: side(a, b) == 0,
        "!=": lambda a, b: side(a, b) != 0,
        "pi": lambda: Node(+mp.pi),
        "e": lambda: Node(mp.e()),
    }
