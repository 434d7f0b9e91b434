"""Expressions as keys: the hash of a tree is worked out once, and stays in the process that worked it out."""

from __future__ import annotations

import pickle

from nbsolve.expr import Number, Product, Sum, Variable, number


def test_the_hash_of_a_tree_is_worked_out_once() -> None:
    tree = Sum((Product((number(2), Variable("x"))), number(1)))
    found = hash(tree)
    assert found == hash(Sum((Product((number(2), Variable("x"))), number(1))))
    object.__setattr__(tree, "_hash", 7)
    assert hash(tree) == 7


def test_a_tree_goes_to_another_process_without_its_hash() -> None:
    """Hashes of texts differ from process to process."""
    tree = Sum((Variable("x"), Number(number(1).value)))
    hash(tree)
    other = pickle.loads(pickle.dumps(tree))
    assert other == tree
    assert not hasattr(other, "_hash")
    assert not hasattr(other.operands[0], "_hash")
