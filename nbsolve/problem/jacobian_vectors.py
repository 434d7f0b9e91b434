"""Reading the vectors that the Jacobian of the outputs is multiplied by: J v from the right, uᵀ J from the left."""

from __future__ import annotations

from dataclasses import dataclass

from nbsolve.given import Entry
from nbsolve.problem.cells import is_symbolic, letters
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.network import JacobianKeys
from nbsolve.problem.model import JacobianVectors
from nbsolve.symbol import Role

__all__ = ["PRODUCTS", "JacobianProduct", "check_products", "read_jacobian_vectors"]


@dataclass(frozen=True, slots=True)
class JacobianProduct:
    """A product with the Jacobian: the side of its vector and its letter in programs, the roles of both."""

    side: str
    letter: str
    vector: Role
    product: Role

    def given(self, vectors: JacobianVectors) -> tuple[Entry, ...]:
        """The vector's entries; () where it is not given."""
        found: tuple[Entry, ...] = getattr(vectors, self.side)
        return found


PRODUCTS = {
    "jacobian_vector_product": JacobianProduct("right", "v", Role.RIGHT_VECTOR, Role.JACOBIAN_VECTOR),
    "vector_jacobian_product": JacobianProduct("left", "u", Role.LEFT_VECTOR, Role.VECTOR_JACOBIAN),
}
"""J v and uᵀ J, by the words that ask for them."""


def read_jacobian_vectors(cursor: Cursor, inputs: int | None, outputs: int | None) -> JacobianVectors | None:
    """v and u, each where it is given; None after noting a fault. What is not known is not checked."""
    if not cursor.mapping(keys_of(JacobianKeys), "jacobian"):
        return None
    if not cursor.keys():
        cursor.fault("jacobian is empty", expected="right: [v₁, …], left: [u₁, …], or both")
        return None
    found: dict[str, tuple[Entry, ...]] = {}
    for side, count, what in (("right", inputs, "input"), ("left", outputs, "output")):
        inner = cursor.get(side)
        if inner is None:
            continue
        vector = _vector(inner, side, count, what)
        if vector is not None:
            found[side] = vector
    return JacobianVectors(**found) if len(found) == len(cursor.keys()) else None


def _vector(cursor: Cursor, side: str, count: int | None, what: str) -> tuple[Entry, ...] | None:
    each = f"one for each {what}"
    wanted = f"a list of numbers, {each}" if count is None else _counted(count, f", {each}")
    if is_symbolic(cursor) and count is not None:
        return letters(count)
    if not cursor.is_list:
        cursor.fault(f"{side} is not a list", expected=f"{wanted}; or symbolic")
        return None
    cells = [*cursor.each()]
    numbers = tuple(number for cell in cells if (number := cell.number(f"an entry of {side}")) is not None)
    if len(numbers) != len(cells):
        return None
    if not cells or (count is not None and len(numbers) != count):
        cursor.fault(f"{side} has {_counted(len(numbers))}", expected=wanted)
        return None
    return numbers


def _counted(count: int, more: str = "") -> str:
    return f"{'1 number' if count == 1 else f'{count} numbers'}{more}"


def check_products(root: Cursor, vectors: JacobianVectors) -> None:
    """Note a fault for a product that is asked for without its vector."""
    listed = root.get("parts")
    for part in [] if listed is None or not listed.is_list else listed.each():
        asked = part.get("ask") if part.is_mapping else None
        for word in [] if asked is None else [*asked.each()] if asked.is_list else [asked]:
            product = PRODUCTS.get(word.text) if word.is_scalar else None
            if product is not None and not product.given(vectors):
                message = f"{word.text} is asked, but there is no vector to multiply by"
                word.fault(message, hint=f"add jacobian: {{{product.side}: […]}}")
