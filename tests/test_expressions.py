"""Expressions as keys: the hash of a tree is worked out once, and stays in the process that worked it out."""

from __future__ import annotations

import pickle

from nbsolve.expr import Expr, Number, Product, Sum, Variable, number


class Counted(Expr):
    """A leaf that counts how often its hash is worked out."""

    times = 0

    def __hash__(self) -> int:
        Counted.times += 1
        return 1


def test_the_hash_of_a_tree_is_worked_out_once() -> None:
    leaf = Counted()
    tree = Sum((Product((number(2), leaf)), leaf))
    assert hash(tree) == hash(tree) == hash(Sum((Product((number(2), leaf)), leaf)))
    assert Counted.times == 1


def test_a_tree_goes_to_another_process_without_its_hash() -> None:
    """Hashes of texts differ from process to process."""
    tree = Sum((Variable("x"), Number(number(1).value)))
    hash(tree)
    other = pickle.loads(pickle.dumps(tree))
    assert other == tree
    assert not hasattr(other, "_hash")
    assert not hasattr(other.operands[0], "_hash")
