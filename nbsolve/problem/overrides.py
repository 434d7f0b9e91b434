"""Overrides: a value put at a path of the tree before it is validated (`--set samples.0.x=[1,3]`)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from nbsolve.errors import Fault, ProblemError
from nbsolve.given import Given
from nbsolve.problem.cursor import READABLE, unreadable
from nbsolve.problem.reading import read_tree
from nbsolve.problem.tree import Entries, Items, Node, Scalar

# Setting one of these takes the others away: they say the same thing in different ways.
_EXCLUSIVE = (
    frozenset({"decimals", "significant"}),
    frozenset({"iterations", "epochs"}),
    frozenset({"bias", "threshold"}),
    frozenset({"value", "file", "normal", "uniform", "shared"}),
)
_ALIASES = {"x": "input", "y": "target", "input": "x", "target": "y"}
_ORIGIN = "override "


def apply_overrides(tree: Node, overrides: Mapping[str, object] | Sequence[str]) -> Node:
    """The tree with every override applied, in order; the tree given is left as it was.

    A mapping pairs dotted paths with Python values; a sequence holds texts `path=YAML`. List positions count
    from 0 (`layers[0]` and `layers.0` are the same), `null` or None takes a key away, a missing mapping is
    made, and a short form (`loss: mse`) is opened where the path goes deeper.
    Raises ProblemError that names the override which does not fit.
    """
    if isinstance(overrides, str):
        overrides = [overrides]
    if isinstance(overrides, Mapping):
        changes = [(str(path), node_of(value, f"{_ORIGIN}{path}")) for path, value in overrides.items()]
    else:
        changes = [_split(str(text)) for text in overrides]
    for path, value in changes:
        steps = [step for step in re.split(r"\.|\[([0-9]+)\]", path.strip()) if step]
        if not steps:
            _refuse(f"{_ORIGIN}{path}", "names no path", "write path=value, such as samples.0.x=[1,3]")
        tree = _set(tree, steps, value, f"{_ORIGIN}{path}", "")
    return tree


def _split(text: str) -> tuple[str, Node]:
    path, sign, written = text.partition("=")
    origin = f"{_ORIGIN}{path.strip()}"
    if not sign:
        _refuse(origin, "has no value", "write path=value, such as samples.0.x=[1,3]")
    if not written.strip():
        _refuse(origin, "has no value after =", "to take a key away, write null")
    return path, _marked(read_tree(written.strip(), origin) if not _null(written) else Scalar(), origin)


def _null(written: str) -> bool:
    return written.strip() in ("null", "~")


def is_override(node: Node) -> bool:
    """Whether a node was set by path=value; a notebook's parameters hold all that its problem gives."""
    return node.origin is not None and node.origin.startswith(_ORIGIN)


def _marked(node: Node, origin: str) -> Node:
    """The node as coming from an override, without a place in the file."""
    if isinstance(node, Items):
        return Items(origin=origin, size=node.size, items=[_marked(item, origin) for item in node.items])
    if isinstance(node, Entries):
        entries = {key: _marked(value, origin) for key, value in node.entries.items()}
        return Entries(origin=origin, size=node.size, entries=entries)
    assert isinstance(node, Scalar)
    return Scalar(origin=origin, text=node.text, plain=node.plain)


def node_of(value: Any, origin: str, depth: int = 0) -> Node:
    """A Python value (numbers, texts, lists, mappings, arrays, None) as a node that comes from `origin`."""
    if depth > 20:
        _refuse(origin, "is nested too deeply")
    if value is None:
        return Scalar(origin=origin)
    if isinstance(value, bool):
        return Scalar(origin=origin, text="true" if value else "false")
    if isinstance(value, str):
        _refuse_unreadable(value, origin)
        return Scalar(origin=origin, text=value, plain="\n" not in value)
    if isinstance(value, Mapping):
        for key in value:
            _refuse_unreadable(str(key), origin)
        inner = {str(key): node_of(one, origin, depth + 1) for key, one in value.items()}
        return Entries(origin=origin, size=1 + sum(one.size for one in inner.values()), entries=inner)
    if hasattr(value, "ndim") and value.ndim > 0:
        value = list(value)
    if isinstance(value, list | tuple):
        items = [node_of(one, origin, depth + 1) for one in value]
        return Items(origin=origin, size=1 + sum(item.size for item in items), items=items)
    try:
        return Scalar(origin=origin, text=str(Given.of(value)))
    except (TypeError, ValueError) as error:
        _refuse(origin, str(error))


def _refuse_unreadable(text: str, origin: str) -> None:
    if (sign := unreadable(text)) is not None:
        _refuse(origin, f"there is {sign} in a text", READABLE)


def _set(node: Node, steps: list[str], value: Node, origin: str, before: str) -> Node:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    here = f"{before}.{step}" if before else step
    if isinstance(node, Items):
        return _set_item(node, step, rest, value, origin, here)
    if isinstance(node, Scalar):
        node = _opened(node, step, origin, before)
    assert isinstance(node, Entries)
    key = step
    if (
        rest and f"{step}[{rest[0]}]" in node.entries
    ):  # a key of the file itself: where a recurrence starts, h[0]
        key, rest = f"{step}[{rest[0]}]", rest[1:]
    if key not in node.entries and _is_sample(before) and _ALIASES.get(key) in node.entries:
        key = _ALIASES[key]
    entries = dict(node.entries)
    if not rest and isinstance(value, Scalar) and value.is_null:
        entries.pop(key, None)
    else:
        entries[key] = _set(entries.get(key, Entries(origin=origin)), rest, value, origin, here)
        for group in _EXCLUSIVE:
            if key in group and before != "samples":
                for other in group - {key}:
                    entries.pop(other, None)
    size = 1 + sum(one.size for one in entries.values())
    return Entries(node.line, node.column, node.origin, size, entries, node.places)


def _is_sample(path: str) -> bool:
    return re.fullmatch(r"samples(\.[0-9]+)?", path) is not None


def _set_item(node: Items, step: str, rest: list[str], value: Node, origin: str, here: str) -> Node:
    if not step.isdigit() or not step.isascii():
        return _set(
            _opened(node, step, origin, here.rpartition(".")[0]),
            [step, *rest],
            value,
            origin,
            here.rpartition(".")[0],
        )
    place, length = int(step[:9]), len(node.items)
    if place > length or (place == length and rest):
        _refuse(origin, f"{here} does not exist: there are {length}, counted from 0")
    items = list(node.items)
    if place == length:
        items.append(value)
    elif not rest and isinstance(value, Scalar) and value.is_null:
        del items[place]
    else:
        items[place] = _set(items[place], rest, value, origin, here)
    size = 1 + sum(item.size for item in items)
    return Items(node.line, node.column, node.origin, size, items)


def _opened(node: Node, step: str, origin: str, path: str) -> Entries:
    """The long form of what is written in short, so that `step` can be set in it."""
    if isinstance(node, Scalar) and node.is_null:
        return Entries(node.line, node.column, origin)
    key = None
    last = path.rpartition(".")[2]
    if isinstance(node, Scalar):
        if node.text == step:
            return Entries(node.line, node.column, node.origin, 2, {step: Entries(node.line, node.column)})
        key = {"notation": "preset", "rounding": "apply"}.get(path)
    if last in ("weights", "bias", "threshold") and step in ("trainable", "value"):
        key = "value"
    if key is not None:
        return Entries(node.line, node.column, node.origin, 1 + node.size, {key: node})
    if isinstance(node, Items):
        _refuse(origin, f"{path or 'the problem'} is a list", "name a position in it, counted from 0")
    assert isinstance(node, Scalar)
    message = f"{path} is {node.text[:40]!r}, which has no {step!r}"
    _refuse(origin, message, f"replace the whole value: {path}={{…}}")


def _refuse(origin: str, message: str, hint: str | None = None) -> NoReturn:
    raise ProblemError([Fault(message, origin, hint=hint)])
