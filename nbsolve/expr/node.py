"""A node of an expression, whatever its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["Expr"]


def _once(hash_of: Callable[[Any], int]) -> Callable[[Any], int]:
    def hashed(node: Any) -> int:
        try:
            known: int = node._hash
        except AttributeError:
            known = hash_of(node)
            object.__setattr__(node, "_hash", known)
        return known

    return hashed


class Expr:
    """A node of the tree."""

    __slots__ = ("_hash",)

    def __init_subclass__(cls) -> None:
        """Trees are keys of many dictionaries: the hash of a node is worked out once.

        A dataclass with slots is made twice, the second time with the `__hash__` that it was given.
        """
        if "__hash__" in cls.__dict__:
            type.__setattr__(cls, "__hash__", _once(cls.__hash__))

    @property
    def children(self) -> tuple[Expr, ...]:
        """The operands of a node in the order in which they are written."""
        return ()

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        """A copy of the node with other operands."""
        return self
