"""What an expression consists of."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.expr.node import Expr
from nbsolve.expr.nodes import Atom, Quantity


def walk(expression: Expr) -> Iterator[Expr]:
    """Yield every node of an expression, parents before children, in written order."""
    left = [expression]
    while left:
        node = left.pop()
        yield node
        left.extend(node.children[::-1])


def kinds(expression: Expr) -> set[type[Expr]]:
    """The kinds of nodes of an expression."""
    return {*map(type, walk(expression))}


def atoms(expression: Expr) -> tuple[Atom, ...]:
    """The symbols and partial derivatives of an expression, each once, in written order."""
    return tuple(dict.fromkeys(node.atom for node in walk(expression) if isinstance(node, Quantity)))
