"""Formulae of computation graphs, spelled out, flattened, compared."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from nbsolve.checking.audit.chain_parts import (
    is_fraction,
)
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.graph_world import GraphWorld, Values, unproved
from nbsolve.checking.audit.lay import literal, tidy
from nbsolve.checking.audit.tree import (
    Call,
    Neg,
    Node,
    Num,
    Power,
    Product,
    Quotient,
    Sum,
    Text,
    children,
)  # fmt: skip
from nbsolve.checking.oracle.numbers import Number

KINKS = ("cases", "max", "min", "abs", "relu", "sgn")


class Unproved(Evaluator):
    """No value that is not known to be rational is a printed number by chance."""

    def __call__(self, node: Node) -> Number:
        return unproved(super().__call__(node))


def spelled(node: Node) -> Node:
    """σ(x), softplus(x) and ReLU(x) as a line with numbers calculates them."""
    one = Num("1", Fraction(1), 0)
    match node:
        case Call("sigma", (x,)):
            return Quotient(one, Sum((one, Call("exp", (Neg(spelled(x)),)))))
        case Call("softplus", (x,)):
            return Call("ln", (Sum((one, Call("exp", (spelled(x),)))),))
        case Call("relu", (x,)):
            return Call("max", (Num("0", Fraction(0), 0), spelled(x)))
    return rebuilt(node, tuple(map(spelled, children(node))))


def rebuilt(node: Node, parts: tuple[Node, ...]) -> Node:
    """A node like another one, with other parts."""
    match node:
        case Neg():
            return parts[0].inner if isinstance(parts[0], Neg) else Neg(parts[0])
        case Sum():
            return Sum(parts)
        case Product():
            return Product(parts)
        case Quotient() | Power():
            return type(node)(*parts)
        case Call(name, _):
            return Call(name, parts)
    return node


def plain_form(node: Node) -> Node:
    """Functions spelled out, and signs before products at their first number."""
    return signs(tidy(spelled(node)))


def signs(node: Node) -> Node:
    node = rebuilt(node, tuple(map(signs, children(node)))) if children(node) else node
    if isinstance(node, Neg) and isinstance(node.inner, Product):
        first, *rest = node.inner.factors
        if literal(first) is not None:
            return Product((first.inner if isinstance(first, Neg) else Neg(first), *rest))
    return tidy(node)


def flat(node: Node) -> Node:
    """`2 · (−3 · 4)` as three factors."""
    parts = tuple(map(flat, children(node)))
    if isinstance(node, Product):
        factors: list[Node] = []
        for part in parts:
            inner = part.inner if isinstance(part, Neg) else None
            if isinstance(inner, Product) and (
                isinstance(inner.factors[0], Num) or is_fraction(inner.factors[0])
            ):
                factors += [Neg(inner.factors[0]), *inner.factors[1:]]
            else:
                factors.append(part)
        return tidy(Product(tuple(factors)))
    return rebuilt(node, parts) if parts and not isinstance(node, Neg) else node


def comparisons(node: Node) -> Iterator[tuple[Node, Node]]:
    """What a formula holds against what, both ways round."""
    zero = Num("0", Fraction(0), 0)
    found: list[tuple[Node, Node]] = []
    match node:
        case Call("cases", parts):
            found = [tuple(c.arguments) for c in parts[1::2] if isinstance(c, Call)]  # type: ignore[misc]
        case Call("max" | "min", arguments):
            found = [(a, b) for a in arguments for b in arguments if a is not b]
        case Call("abs" | "relu" | "sgn", (inner,)):
            found = [(inner, zero)]
    for a, b in found:
        yield tidy(a), tidy(b)
        yield tidy(b), tidy(a)
    for part in children(node):
        yield from comparisons(part)


def count_of(node: Node) -> int:
    """How many distinctions there are."""
    return sum(isinstance(part, Call) and part.name.rstrip("'") in KINKS for part in _all(node))


def distinguishes(node: Node) -> bool:
    """Whether the formula distinguishes cases."""
    return count_of(node) > 0


def _all(node: Node) -> Iterator[Node]:
    yield node
    for part in children(node):
        yield from _all(part)


def strange(node: Node) -> Iterator[str]:
    """Words where a value should be."""
    for part in _all(node):
        if isinstance(part, Text) and part.words not in ("otherwise",):
            yield part.words


def equal(a: Node, b: Node) -> bool:
    return a == b or (literal(a) is not None and literal(b) is not None and literal(a)[0] == literal(b)[0])  # type: ignore[index]


def in_world(values: Values, world: GraphWorld) -> Evaluator:
    def lookup(name: str) -> Number:
        if name.startswith("padding "):
            return world.graph.padding[name.removeprefix("padding ")]
        return values[name]

    return Evaluator(lookup)


def run_of(length: int) -> str:
    return ",".join(map(str, range(1, length + 1))) if length <= 3 else f"1,…,{length}"
