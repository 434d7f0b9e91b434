"""A file of `kind: graph` as the oracles read it: plain PyYAML, and Python's own grammar for the formulae.

`walk` goes through the equations entry by entry with numbers of any kind: what a number is, and what functions do
with it, is the business of an oracle. Whatever is not understood raises: an oracle never guesses.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import yaml

from nbsolve.checking.oracle.graph_indices import (
    Places,
    Shape,
    counted,
    counted_places,
    fitting,
    indices_of,
    is_over_letters,
    lengths_of,
    position,
    reads,
)
from nbsolve.checking.oracle.needs import sorted_by_needs
from nbsolve.checking.oracle.numbers import read
from nbsolve.checking.oracle.starts import Start, plain_start

_NAME = re.compile(r"\s*([^\W\d]\w*)\s*(?:\[(.*)\])?\s*$")
_RELATIONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


@dataclass(frozen=True)
class Equation:
    """One node: its name, the letters of its axes, the lengths of these and of what it sums over, its formula."""

    name: str
    axes: tuple[str, ...]
    lengths: dict[str, int]
    body: ast.expr

    @property
    def shape(self) -> Shape:
        """The lengths of its axes."""
        return tuple(self.lengths[axis] for axis in self.axes)


@dataclass
class Graph:
    """What decides a number. `given` has entries by their canonical names; `seeds` has what comes in at which."""

    given: dict[str, Fraction | None]
    shapes: dict[str, Shape]
    equations: list[Equation]
    of: str
    """What stands above in gradients: L where a gradient comes in, or where they are of a whole array."""
    seeds: dict[str, Fraction]
    padding: dict[str, Fraction]
    training: dict[str, Any] = field(default_factory=dict)
    order: list[tuple[Equation, tuple[int, ...]]] = field(default_factory=list)
    """All entries that are computed, each after those that it reads."""
    starts: dict[str, Start] = field(default_factory=dict)
    """The given quantities from which recurrences start, by their names."""

    @property
    def numbers(self) -> dict[str, Fraction]:
        """What is given. Raises ValueError where that is a letter."""
        found = {name: value for name, value in self.given.items() if value is not None}
        if len(found) < len(self.given):
            raise ValueError("a letter has no number")
        return found


def entry(name: str, place: tuple[int, ...]) -> str:
    """`x`, `W[1,2]`."""
    return f"{name}[{','.join(map(str, place))}]" if place else name


def entries(name: str, shape: Shape) -> Iterator[str]:
    """The canonical names of all entries of an array."""
    for place in counted_places(shape):
        yield entry(name, place)


def read_graph(text: str) -> Graph:
    """The graph of a YAML text."""
    node = yaml.load(text, Loader=yaml.BaseLoader)
    given, shapes = _given(node["given"])
    ranges = {letter: int(length) for letter, length in node.get("ranges", {}).items()}
    given_shapes, padded = [*shapes], node.get("padding", {})
    read_ = []
    for written, formula in node["equations"].items():
        name, inside = _taken_apart(written)
        axes = tuple(letter.strip() for letter in inside.split(",")) if inside else ()
        assert name not in shapes, name
        read_.append((name, axes, ast.parse(str(formula).replace("^", "**").strip(), mode="eval").body))
    for _ in read_:  # one of a recurrence may get its lengths from one below it
        for name, axes, body in read_:
            lengths = {**lengths_of(body, shapes), **ranges}
            lengths |= fitting(body, lengths, {k: v for k, v in shapes.items() if k not in padded})
            unknown = [axis for axis in axes if axis not in lengths]
            for start in (one for one in given_shapes if re.fullmatch(rf"{name}\d+", one)):
                if len(axes) == len(unknown) + 1 == len(shapes[start]) + 1:
                    lengths |= dict(zip(unknown, shapes[start], strict=True))
            if all(axis in lengths for axis in axes):
                shapes[name] = tuple(lengths[axis] for axis in axes)
    equations = []
    for name, axes, body in read_:
        lengths = {**lengths_of(body, shapes), **ranges}
        lengths |= fitting(body, lengths, {k: v for k, v in shapes.items() if k not in padded})
        equations.append(Equation(name, axes, {k: lengths[k] for k in (*axes, *_summed(body, shapes))}, body))
    end = node.get("gradients_of", equations[-1].name).replace(" ", "")
    name, inside = _taken_apart(end)
    shape: Shape = () if inside else shapes[name]
    upstream = node.get("upstream", "1")
    if isinstance(upstream, str):  # one number for all entries of an array
        seeds = dict.fromkeys(entries(end, shape), read(upstream))
    else:
        seeds = _flat(name, shape, upstream)
    of = "L" if "upstream" in node or shape else end
    padding = {name: read(number) for name, number in node.get("padding", {}).items()}
    starts: dict[str, Start] = {}
    order = [*_in_order(equations, shapes, starts)]
    return Graph(given, shapes, equations, of, seeds, padding, node.get("training", {}), order, starts)


def _in_order(
    equations: list[Equation], shapes: Mapping[str, Shape], starts: dict[str, Start]
) -> Iterator[tuple[Equation, tuple[int, ...]]]:
    """The entries in order; `starts` learns from which given quantities recurrences start."""
    found = {entry(one.name, place): (one, place) for one in equations for place in counted_places(one.shape)}
    needs = {name: [*_read_at(*own, shapes, starts)] for name, own in found.items()}
    yield from (found[name] for name in sorted_by_needs(needs))


def _read_at(
    equation: Equation, place: tuple[int, ...], shapes: Mapping[str, Shape], starts: dict[str, Start]
) -> Iterator[str]:
    """The entries inside of arrays that the formula of one entry reads."""
    known = dict(zip(equation.axes, place, strict=True))
    for name, indices in reads(equation.body):
        if name not in shapes:
            continue
        inner = {n.id for one in indices for n in ast.walk(one) if isinstance(n, ast.Name)} - {*known}
        letters = sorted(inner)
        for numbers in itertools.product(*(counted(equation.lengths[letter]) for letter in letters)):
            at = {**known, **dict(zip(letters, numbers, strict=True))}
            where = tuple(position(one, at) for one in indices)
            if all(1 <= n <= length for n, length in zip(where, shapes[name], strict=True)):
                yield entry(name, where)
            for axis, (n, length) in enumerate(zip(where, shapes[name], strict=True)):
                if f"{name}{n}" in shapes and not 1 <= n <= length:
                    starts[f"{name}{n}"] = Start(name, axis, n)


def walk(
    graph: Graph,
    given: Mapping[str, Any],
    functions: Mapping[str, Callable[..., Any]],
    number: Callable[..., Any],
    hang: Callable[[str, Any], Any],
) -> dict[str, Any]:
    """All entries by their names. What `hang` makes of an entry that was computed takes its place."""
    values = {**given, **{f"padding {name}": number(amount) for name, amount in graph.padding.items()}}
    for equation, place in graph.order:
        reader = Reader(graph.shapes, equation.lengths, functions, number, values)
        name, at = entry(equation.name, place), dict(zip(equation.axes, place, strict=True))
        values[name] = hang(name, reader.value(equation.body, at))
    return {name: value for name, value in values.items() if not name.startswith("padding ")}


@dataclass
class Reader:
    """The value of a formula where letters of indices have numbers."""

    shapes: Mapping[str, Shape]
    lengths: Mapping[str, int]
    functions: Mapping[str, Callable[..., Any]]
    number: Callable[..., Any]
    values: Mapping[str, Any]

    def value(self, node: ast.expr, at: Places) -> Any:
        """The value of a part of the formula; `at` has the numbers of the index letters."""
        match node:
            case ast.Constant(value=int() | float()):
                return self.number(read(ast.unparse(node)))
            case ast.Name(name) if name in at:
                return self.number(Fraction(at[name]))
            case ast.Name(name):
                return self.values[name] if name in self.values else self.functions[name]()
            case ast.Subscript(ast.Name(name), index):
                return self._read(name, index, at)
            case ast.BinOp(left, ast.Pow(), right):
                return self.functions["^"](self.value(left, at), self.value(right, at))
            case ast.BinOp(left, ast.Add(), right):
                return self.value(left, at) + self.value(right, at)
            case ast.BinOp(left, ast.Sub(), right):
                return self.value(left, at) - self.value(right, at)
            case ast.BinOp(left, ast.Mult(), right):
                return self.value(left, at) * self.value(right, at)
            case ast.BinOp(left, ast.Div(), right):
                return self.value(left, at) / self.value(right, at)
            case ast.UnaryOp(ast.USub(), operand):
                return -self.value(operand, at)
            case ast.UnaryOp(ast.UAdd(), operand):
                return self.value(operand, at)
            case ast.Call(ast.Name("sum" | "mean" as kind), [*letters, body]):
                names = [letter.id for letter in letters if isinstance(letter, ast.Name)]
                total, count = self.number(Fraction(0)), 0
                for place in itertools.product(*(counted(self.lengths[name]) for name in names)):
                    total = total + self.value(body, {**at, **dict(zip(names, place, strict=True))})
                    count += 1
                return total if kind == "sum" else total / self.number(Fraction(count))
            case ast.Call(ast.Name("where"), [ast.Compare(left, [relation], [right]), value, otherwise]):
                sides = self.value(left, at), self.value(right, at)
                holds = self.functions[_RELATIONS[type(relation)]](*sides)
                return self.value(value if holds else otherwise, at)
            case ast.Call(ast.Name("max" | "min" as name), [*letters, body]) if self._runs(letters, at):
                names = [letter.id for letter in letters if isinstance(letter, ast.Name)]
                places = itertools.product(*(counted(self.lengths[one]) for one in names))
                each = [self.value(body, {**at, **dict(zip(names, place, strict=True))}) for place in places]
                return self.functions[name](*each)
            case ast.Call(ast.Name("max" | "min" as name), arguments):
                # at a tie the first one is taken, but a number before anything that could change
                ordered = sorted(arguments, key=self._changes)
                return self.functions[name](*(self.value(argument, at) for argument in ordered))
            case ast.Call(ast.Name(name), arguments):
                return self.functions[name](*(self.value(argument, at) for argument in arguments))
        raise ValueError(ast.unparse(node))

    def _runs(self, letters: list[ast.expr], at: Places) -> bool:
        """Whether letters that have no number yet stand before what an extreme is of."""
        own = any(isinstance(letter, ast.Name) and letter.id in at for letter in letters)
        return not own and is_over_letters(letters, self.shapes)

    def _changes(self, node: ast.expr) -> bool:
        return any(name in self.shapes for name, _ in reads(node))

    def _read(self, name: str, index: ast.expr, at: Places) -> Any:
        place = tuple(position(one, at) for one in indices_of(index))
        shape = self.shapes[name]
        assert len(place) == len(shape), (name, place, shape)
        if all(1 <= where <= length for where, length in zip(place, shape, strict=True)):
            return self.values[entry(name, place)]
        for axis, where in enumerate(place):  # h[0] is the given h0
            rest = (*place[:axis], *place[axis + 1 :])
            if entry(f"{name}{where}", rest) in self.values and not 1 <= where <= shape[axis]:
                return self.values[entry(f"{name}{where}", rest)]
        if f"padding {name}" not in self.values:
            raise ValueError(f"{entry(name, place)} is outside")
        return self.values[f"padding {name}"]


def _summed(body: ast.expr, shapes: Mapping[str, Shape]) -> Iterator[str]:
    """The letters of sums, means and extremes."""
    for call in ast.walk(body):
        match call:
            case ast.Call(ast.Name("sum" | "mean"), [*letters, _]):
                yield from (letter.id for letter in letters if isinstance(letter, ast.Name))
            case ast.Call(ast.Name("max" | "min"), [*letters, _]) if is_over_letters(letters, shapes):
                yield from (letter.id for letter in letters if isinstance(letter, ast.Name))


def _taken_apart(written: str) -> tuple[str, str]:
    found = _NAME.match(written)
    assert found is not None, written
    return found[1], found[2] or ""


def _given(node: Any) -> tuple[dict[str, Fraction | None], dict[str, Shape]]:
    if isinstance(node, list):
        names = [*map(plain_start, node)]
        return dict.fromkeys(names), dict.fromkeys(names, ())
    given: dict[str, Fraction | None] = {}
    shapes: dict[str, Shape] = {}
    for key, value in node.items():
        name = plain_start(key)
        shapes[name] = _shape(value)
        given |= _flat(name, shapes[name], value)
    return given, shapes


def _shape(value: Any) -> Shape:
    return (len(value), *_shape(value[0])) if isinstance(value, list) else ()


def _flat(name: str, shape: Shape, value: Any) -> dict[str, Fraction]:
    """Nested lists by the canonical names of their entries."""

    def leaves(node: Any, depth: int) -> Iterator[str]:
        if depth == len(shape):
            yield node
            return
        assert len(node) == shape[depth], (name, shape, value)
        for one in node:
            yield from leaves(one, depth + 1)

    return {key: read(leaf) for key, leaf in zip(entries(name, shape), leaves(value, 0), strict=True)}
