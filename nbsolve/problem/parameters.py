"""Numbers of a problem as parameters: `$learning_rate` in the YAML stands for a value that comes from outside.

`with_parameters` puts the values in. `taken_out` goes the other way: it writes names in the place of a problem's
numbers, so that a notebook has each number once, where it can be changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from nbsolve.catalogue import OPTIMISERS
from nbsolve.errors import Fault, ProblemError
from nbsolve.problem.emitting import emit, flow
from nbsolve.problem.overrides import node_of
from nbsolve.problem.reading import read_tree, read_with_marks
from nbsolve.problem.tree import Entries, Items, Node, Scalar

__all__ = ["taken_out", "with_parameters"]

Path = tuple[str | int, ...]
LARGEST_TEXT = 100_000
"""A longer text is written anew rather than searched for the places of its numbers."""
_OF_PROBLEMS = (
    "given",
    "upstream",
    "parameters",
    "gradients",
    "state",
    "samples",
    "weights",
    "bias",
    "threshold",
)
_OF_LAYERS = ("weights", "bias", "threshold")


def with_parameters(tree: Node, values: Mapping[str, Any]) -> Node:
    """The tree with `values["x"]` wherever `$x` is written. Raises: ProblemError where one is written nowhere."""
    nodes = {f"${name}": node_of(value, f"parameter {name}") for name, value in values.items()}
    used: set[str] = set()
    filled = _filled(tree, nodes, used)
    faults = [
        Fault(
            f"the problem does not use the parameter {name[1:]!r}",
            f"parameter {name[1:]}",
            hint=f"write {name} in the YAML where its value belongs, or leave the parameter out",
        )
        for name in nodes
        if name not in used
    ]
    if faults:
        raise ProblemError(faults)
    return filled


def _filled(node: Node, nodes: Mapping[str, Node], used: set[str]) -> Node:
    if isinstance(node, Scalar):
        if node.text not in nodes or not node.plain:
            return node
        used.add(node.text)
        return nodes[node.text]
    if isinstance(node, Items):
        items = [_filled(item, nodes, used) for item in node.items]
        return Items(node.line, node.column, node.origin, 1 + sum(item.size for item in items), items)
    assert isinstance(node, Entries)
    entries = {key: _filled(value, nodes, used) for key, value in node.entries.items()}
    size = 1 + sum(entry.size for entry in entries.values())
    return Entries(node.line, node.column, node.origin, size, entries, node.places)


# ------------------------------------------------------------------ the other way


@dataclass(frozen=True, slots=True)
class _Taken:
    """A parameter: its value, where that is in the problem, and what is to stand there."""

    name: str
    path: Path
    value: Node
    stand_in: Node


def taken_out(text: str, fits: Callable[[Node], bool] = lambda node: True) -> tuple[str, dict[str, Node]]:
    """The YAML with names in the place of what is most often changed, and what they stand for.

    That is samples, weights, biases, learning rate and strength of a penalty; what a graph or an update is given,
    and what its optimiser has kept; in a derivation what is derived.
    A value that does not fit stays where it is.
    """
    tree, spans = (read_tree(text, "problem"), None) if len(text) > LARGEST_TEXT else _with_spans(text)
    found = [one for one in _parameters(tree) if fits(one.value)]
    values = {one.name: one.value for one in found}
    if spans is None:
        return emit(_replaced(tree, (), {one.path: one.stand_in for one in found})), values
    for one in sorted(found, key=lambda one: spans[one.path], reverse=True):
        start, end = spans[one.path]
        end = start + len(text[start:end].rstrip())
        before = text[:start].rstrip(" \n")
        before = f"{before} " if before.endswith(":") else text[:start]
        text = f"{before}{flow(one.stand_in)}{text[end:]}"
    return text, values


def _parameters(tree: Node) -> Iterator[_Taken]:
    """The parameters, in an order that a person would ask for them."""
    optimiser = _at(tree, ("training", "optimiser")) or _at(tree, ("optimiser",))
    if optimiser is not None and isinstance(optimiser[1], Scalar) and optimiser[1].text in OPTIMISERS:
        # only its name is written: its learning rate is the usual one
        name, (path, _) = optimiser[1].text, optimiser
        usual = OPTIMISERS[name].parameters["learning_rate"]
        own = _entries({name: _entries({"learning_rate": Scalar(text="$learning_rate")})})
        yield _Taken("learning_rate", path, Scalar(text=str(usual)), own)
    for name, steps in (
        *((key, (key,)) for key in ("functions", "losses")),
        ("learning_rate", ("training", "optimiser", None, "learning_rate")),
        ("learning_rate", ("training", "learning_rate")),
        ("learning_rate", ("optimiser", None, "learning_rate")),
        ("learning_rate", ("rule", None, "learning_rate")),
        ("strength", ("regulariser", None, "strength")),
        *((key, (key,)) for key in _OF_PROBLEMS),
        ("state", ("training", "state")),
        *(
            (f"{key}_{number + 1}", ("network", "layers", number, key))
            for number in range(len(_layers(tree)))
            for key in _OF_LAYERS
        ),
    ):
        found = _at(tree, steps)
        if found is not None and _is_value(found[1]):
            yield _Taken(name, *found, Scalar(text=f"${name}"))


def _entries(entries: dict[str, Node]) -> Entries:
    return Entries(size=1 + sum(node.size for node in entries.values()), entries=entries)


def _layers(tree: Node) -> list[Node]:
    found = _at(tree, ("network", "layers"))
    return found[1].items if found is not None and isinstance(found[1], Items) else []


def _at(tree: Node, steps: tuple[str | int | None, ...]) -> tuple[Path, Node] | None:
    """The node at a path, in which None is the only key that a mapping has."""
    node: Node = tree
    path: list[str | int] = []
    for step in steps:
        if isinstance(node, Entries):
            key = next(iter(node.entries), None) if step is None and len(node.entries) == 1 else step
            if not isinstance(key, str) or key not in node.entries:
                return None
            path.append(key)
            node = node.entries[key]
        elif isinstance(node, Items) and isinstance(step, int):
            path.append(step)
            node = node.items[step]
        else:
            return None
    return tuple(path), node


def _is_value(node: Node) -> bool:
    """Whether somebody may want another value here: not where there is none, as in `bias: none`."""
    return not isinstance(node, Scalar) or (node.plain and not node.is_null and node.text != "none")


def _replaced(node: Node, path: Path, by: Mapping[Path, Node]) -> Node:
    if path in by:
        return by[path]
    if isinstance(node, Items):
        items = [_replaced(item, (*path, place), by) for place, item in enumerate(node.items)]
        return Items(size=1 + sum(item.size for item in items), items=items)
    if isinstance(node, Entries):
        return _entries({key: _replaced(value, (*path, key), by) for key, value in node.entries.items()})
    return node


def _with_spans(text: str) -> tuple[Node, dict[Path, tuple[int, int]] | None]:
    """The tree, and where each value begins and ends in the text; None where some anchor stands elsewhere."""
    spans: dict[Path, tuple[int, int]] = {}
    elsewhere = False
    opened: list[tuple[Path, int, bool]] = []
    keys: list[str | int | None] = []
    last = 0  # where the value before ends: comments after a block belong to what follows

    def path() -> Path:
        return (*(opened[-1][0] if opened else ()), *((keys[-1],) if keys and keys[-1] is not None else ()))

    def done(here: Path, start: int, end: int) -> None:
        nonlocal last
        spans[here], last = (start, end), end
        if keys:
            keys[-1] = keys[-1] + 1 if isinstance(keys[-1], int) else None

    def see(event: Any) -> None:
        nonlocal elsewhere
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            elsewhere = True
        if isinstance(event, SequenceStartEvent | MappingStartEvent):
            opened.append((path(), event.start_mark.index, bool(event.flow_style)))
            keys.append(0 if isinstance(event, SequenceStartEvent) else None)
        elif isinstance(event, SequenceEndEvent | MappingEndEvent):
            keys.pop()
            here, start, flows = opened.pop()
            done(here, start, event.end_mark.index if flows else last)
        elif isinstance(event, ScalarEvent):
            if keys and keys[-1] is None:
                keys[-1] = event.value
            else:
                done(path(), event.start_mark.index, event.end_mark.index)

    tree = read_with_marks(text, see)
    return tree, None if elsewhere else spans
