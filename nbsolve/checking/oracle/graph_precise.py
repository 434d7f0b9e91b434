"""Values and gradients of a graph at 50 digits, by a tape and a reverse sweep that share nothing with autograd.

Numbers are fractions while that is possible: what is rational is exact.

`watched` collects how far the two sides of each comparison are apart: on what is nearly a tie, but none, nobody
could rely.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from mpmath import mp, mpf

from nbsolve.checking.oracle.graph_indices import reads
from nbsolve.checking.oracle.graph_reading import Graph, entries, read_graph, walk
from nbsolve.checking.oracle.numbers import Number, Real, big, exp, log, sqrt, tame

DIGITS = 60
TIE = mpf(10) ** -45
ONE, ZERO = Fraction(1), Fraction(0)


class Node:
    """A number that remembers what it was computed from, and how much it changes with each."""

    __slots__ = ("constant", "parents", "value")

    def __init__(
        self, value: Number, parents: tuple[tuple[Node, Number], ...] = (), constant: bool = False
    ) -> None:
        self.value, self.parents, self.constant = tame(value), parents, constant

    def __add__(self, other: Node) -> Node:
        return Node(self.value + other.value, ((self, ONE), (other, ONE)))

    def __sub__(self, other: Node) -> Node:
        return Node(self.value - other.value, ((self, ONE), (other, -ONE)))

    def __mul__(self, other: Node) -> Node:
        return Node(self.value * other.value, ((self, other.value), (other, self.value)))

    def __truediv__(self, other: Node) -> Node:
        quotient = self.value / other.value
        return Node(quotient, ((self, ONE / other.value), (other, -quotient / other.value)))

    def __neg__(self) -> Node:
        return Node(-self.value, ((self, -ONE),))


Side = Callable[[Node, Node], int]
"""1 where the first number is greater, 0 at a tie, −1 where it is less."""


def precise_values_and_gradients(text: str, watched: list[mpf] | None = None) -> dict[str, mpf]:
    """As `values_and_gradients`, right to 50 digits."""
    with mp.workdps(DIGITS):
        graph = read_graph(text)
        nodes = _nodes(graph, graph.numbers, watched)
        slopes = swept([(nodes[name], seed) for name, seed in graph.seeds.items()])
        found = {name: big(node.value) for name, node in nodes.items()}
        return {
            **found,
            **{f"d{graph.of}/d{name}": big(slopes.get(id(node), ZERO)) for name, node in nodes.items()},
        }


def precise_local_factors(text: str) -> dict[str, mpf]:
    """`dq/dx` for every entry that is computed and every entry that its formula reads, the others held."""
    with mp.workdps(DIGITS):
        graph = read_graph(text)
        nodes = _nodes(graph, graph.numbers, None)
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
            if target not in graph.given:
                slopes = swept([(node, ONE)], stop=frozenset(names) - {id(node)})
                found |= {
                    f"d{target}/d{names[k]}": big(slope)
                    for k, slope in slopes.items()
                    if k in names and k != id(node)
                }
        return found


def quotient(text: str, name: str) -> mpf:
    """A gradient as a central difference, right to some thirty digits where nothing has a kink."""
    with mp.workdps(2 * DIGITS):
        graph, step = read_graph(text), mpf(10) ** -30
        pulled = []
        for side in (1, -1):
            given = {key: Real(big(value or ZERO)) for key, value in graph.given.items()}
            given[name] += Real(side * step)
            nodes = _nodes(graph, given, None)
            pulled.append(sum((big(nodes[key].value * seed) for key, seed in graph.seeds.items()), mpf(0)))
        return (pulled[0] - pulled[1]) / (2 * step)


def _nodes(graph: Graph, given: Mapping[str, Number], watched: list[mpf] | None) -> dict[str, Node]:
    found = {name: Node(value) for name, value in given.items()}
    return walk(
        graph,
        found,
        functions(sides([] if watched is None else watched)),
        constant,
        lambda _, value: Node(value.value, ((value, ONE),)),  # also `y: x` is a node of its own
    )


def constant(number: Fraction) -> Node:
    """A number of a formula."""
    return Node(number, constant=True)


def swept(seeds: list[tuple[Node, Number]], stop: frozenset[int] = frozenset()) -> dict[int, Number]:
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
    slopes: dict[int, Number] = dict.fromkeys(map(id, order), ZERO)
    for node, seed in seeds:
        slopes[id(node)] = slopes[id(node)] + seed
    for node in reversed(order):
        for parent, local in () if id(node) in stop else node.parents:
            slopes[id(parent)] = tame(slopes[id(parent)] + slopes[id(node)] * local)
    return slopes


def sides(watched: list[mpf]) -> Side:
    """Which of two is greater; how far they are apart is `watched`."""

    def side(a: Node, b: Node) -> int:
        apart = big(a.value - b.value)
        watched.append(abs(apart))
        return 0 if abs(apart) <= TIE * (1 + abs(big(a.value))) else 1 if apart > 0 else -1

    return side


def _smooth(value: Callable[[Number], Number], slope: Callable[[Number], Number]) -> Callable[[Node], Node]:
    return lambda x: Node(value(x.value), ((x, slope(x.value)),))


def _real(function: Callable[[mpf], mpf]) -> Callable[[Number], Number]:
    return lambda x: Real(function(big(x)))


def _at_zero(function: Callable[[mpf], mpf], there: int) -> Callable[[Number], Number]:
    """A function of mpmath that is a whole number at 0."""
    return lambda x: Fraction(there) if x == 0 else Real(function(big(x)))


def _logistic(x: Number) -> Number:
    return ONE / (ONE + exp(-x))


def _tanh_slope(x: Number) -> Number:
    return ONE if x == 0 else Real(mp.sech(big(x)) ** 2)


def _raised(x: Number, n: Number) -> Number:
    if isinstance(n, Fraction) and n.denominator == 1:
        whole = int(n)
        return x**whole if whole >= 0 else ONE / x**-whole
    if n == Fraction(1, 2):
        return sqrt(x)
    if x <= 0:
        raise ValueError(f"{x} to the power {n}")
    return Real(mp.power(big(x), big(n)))


def _power(x: Node, n: Node) -> Node:
    value = _raised(x.value, n.value)
    below = ZERO if n.value == 0 else n.value * _raised(x.value, n.value - ONE)
    return Node(value, ((x, below),) if n.constant else ((x, below), (n, log(x.value) * value)))


def functions(side: Side) -> dict[str, Callable[..., Any]]:
    """What the functions of formulae do, where `side` decides."""

    def extreme(sign: int) -> Callable[..., Node]:
        def best(first: Node, *others: Node) -> Node:
            for other in others:
                first = other if sign * side(first, other) < 0 else first
            return Node(first.value, ((first, ONE),))

        return best

    def absolute(x: Node) -> Node:
        sign = Fraction(side(x, zero))
        return Node(sign * x.value if sign else ZERO, ((x, sign),))

    def rectified(x: Node) -> Node:
        passes = Fraction(max(side(x, zero), 0))
        return Node(passes * x.value, ((x, passes),))

    zero = Node(ZERO)
    return {
        "^": _power,
        "exp": _smooth(exp, exp),
        "ln": _smooth(log, lambda x: ONE / x),
        "log": _smooth(log, lambda x: ONE / x),
        "sqrt": _smooth(sqrt, lambda x: ONE / (2 * sqrt(x))),
        "sin": _smooth(_at_zero(mp.sin, 0), _at_zero(mp.cos, 1)),
        "cos": _smooth(_at_zero(mp.cos, 1), lambda x: -_at_zero(mp.sin, 0)(x)),
        "tanh": _smooth(_at_zero(mp.tanh, 0), _tanh_slope),
        "sigmoid": _smooth(_logistic, lambda x: _logistic(x) * _logistic(-x)),
        "softplus": _smooth(_real(lambda x: mp.log1p(mp.exp(x))), _logistic),
        "abs": absolute,
        "relu": rectified,
        "max": extreme(1),
        "min": extreme(-1),
        "<": lambda a, b: side(a, b) < 0,
        ">": lambda a, b: side(a, b) > 0,
        "<=": lambda a, b: side(a, b) <= 0,
        ">=": lambda a, b: side(a, b) >= 0,
        "==": lambda a, b: side(a, b) == 0,
        "!=": lambda a, b: side(a, b) != 0,
        "pi": lambda: Node(Real(+mp.pi)),
        "e": lambda: Node(Real(mp.e())),
    }
