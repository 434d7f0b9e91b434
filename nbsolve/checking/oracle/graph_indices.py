"""Index letters in the equations of a graph: what they read, where that is, and how far they run."""

from __future__ import annotations

import ast
import itertools
import operator
from collections.abc import Callable, Iterator, Mapping

Shape = tuple[int, ...]
Places = Mapping[str, int]


def counted(length: int) -> range:
    """The places along an axis."""
    return range(1, length + 1)


def counted_places(shape: Shape) -> Iterator[tuple[int, ...]]:
    """The places of an array, row by row."""
    yield from itertools.product(*map(counted, shape))


_WHOLE: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
}  # fmt: skip


def position(node: ast.expr, at: Places) -> int:
    """The whole number that an index is."""
    match node:
        case ast.Constant(int(value)):
            return value
        case ast.Name(name):
            return at[name]
        case ast.UnaryOp(ast.USub(), operand):
            return -position(operand, at)
        case ast.BinOp(left, operation, right):
            return _WHOLE[type(operation)](position(left, at), position(right, at))
    raise ValueError(ast.unparse(node))


def reads(body: ast.expr) -> Iterator[tuple[str, list[ast.expr]]]:
    """The names that a formula reads, with their indices (none for a scalar)."""
    inner = {id(node.value) for node in ast.walk(body) if isinstance(node, ast.Subscript)}
    inner |= {id(node.func) for node in ast.walk(body) if isinstance(node, ast.Call)}
    for node in ast.walk(body):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            yield node.value.id, indices_of(node.slice)
        elif isinstance(node, ast.Name) and id(node) not in inner:
            yield node.id, []


def indices_of(index: ast.expr) -> list[ast.expr]:
    """The indices in brackets, one after the other."""
    return list(index.elts) if isinstance(index, ast.Tuple) else [index]


def lengths_of(body: ast.expr, shapes: Mapping[str, Shape]) -> dict[str, int]:
    """How long each axis is whose letter stands alone in an index."""
    found: dict[str, int] = {}
    for name, indices in reads(body):
        for one, length in zip(indices, shapes.get(name, ()) if indices else (), strict=name in shapes):
            if isinstance(one, ast.Name) and found.setdefault(one.id, length) != length:
                raise ValueError(f"{one.id} has two lengths")
    return found


def fitting(body: ast.expr, lengths: Mapping[str, int], shapes: Mapping[str, Shape]) -> dict[str, int]:
    """How far letters run that only stand shifted: one more, as long as no read is outside."""
    found: dict[str, int] = {}
    for name, indices in reads(body):
        for one, length in zip(indices, shapes.get(name, ()), strict=False):
            letters = sorted({node.id for node in ast.walk(one) if isinstance(node, ast.Name)})
            new = [letter for letter in letters if letter not in lengths]
            if len(new) != 1:
                continue
            others = [letter for letter in letters if letter in lengths]
            ways = [*itertools.product(*(counted(lengths[letter]) for letter in others))]
            fits = 0
            while fits <= length and all(
                position(one, {**dict(zip(others, way, strict=True)), new[0]: fits + 1}) <= length
                for way in ways
            ):
                fits += 1
            if fits <= length:
                found[new[0]] = min(found.get(new[0], fits), fits)
    return found


def is_over_letters(letters: list[ast.expr], shapes: Mapping[str, Shape]) -> bool:
    """Whether what stands before the last argument of max or min are letters of indices: max(i, j, x[i,j])."""
    names = [one.id for one in letters if isinstance(one, ast.Name)]
    return (
        bool(names)
        and len(names) == len(letters)
        and all(len(name) == 1 and name.islower() and name != "e" and name not in shapes for name in names)
    )
