"""Chains of partial derivatives: each factor starts where the one before it ends, on every path.

A product ∂L/∂a ∂a/∂z ∂z/∂w can have the right value and yet be no chain (∂z/∂b is 1, so leaving it out changes
nothing). What is written as a chain has to be one.
"""

from __future__ import annotations

from itertools import pairwise

from tests.algebra.tree import Derivative, IndexedSum, Letter, Marked, Neg, Node, Product, Sum


class Fault(Exception):
    """A line that is not true."""


Ends = tuple[Letter, Letter]


def ends(node: Node) -> Ends | None:
    """What a chain derives and in what; None for what is no chain. Raises Fault for a broken one."""
    match node:
        case Derivative(Letter() as body, variable):
            return body, variable
        case Neg(inner) | IndexedSum(_, inner) | Marked(inner):
            return ends(inner)
        case Sum(terms):
            found = [ends(term) for term in terms]
            if None in found:
                return None
            if len(set(found)) > 1:
                raise Fault(f"paths with different ends: {found}")
            return found[0]
        case Product(factors):
            return _linked([ends(factor) for factor in factors])
    return None


def _linked(links: list[Ends | None]) -> Ends | None:
    whole = [link for link in links if link is not None]
    if len(whole) != len(links):
        return None
    for before, after in pairwise(whole):
        if before[1] != after[0]:
            raise Fault(f"a chain that is broken between {before[1]} and {after[0]}")
    return whole[0][0], whole[-1][1]


def is_chain(node: Node) -> bool:
    """Whether a formula is written as a chain of at least two factors, or as a sum of such."""
    match node:
        case Neg(inner) | IndexedSum(_, inner) | Marked(inner):
            return is_chain(inner)
        case Sum(terms):
            return all(is_chain(term) for term in terms)
        case Product(factors):
            return all(isinstance(factor, Derivative) or is_chain(factor) for factor in factors)
    return False


def check(left: Node, right: Node) -> None:
    """A chain has the ends of the derivative that it is said to be. Raises Fault."""
    own, found = ends(left), ends(right) if is_chain(right) else None
    if own is not None and found is not None and own != found:
        raise Fault(f"a chain from {found[0]} to {found[1]} for ∂{own[0]}/∂{own[1]}")
