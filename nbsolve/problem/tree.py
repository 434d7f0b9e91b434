"""The tree a problem file is read into: scalars stay text, every node knows where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Node:
    """Anything in a problem file; `line` and `column` count from 1 (None: it came from an override).

    `origin` names the override a node came from; `size` counts the nodes below, itself included.
    """

    line: int | None = None
    column: int | None = None
    origin: str | None = None
    size: int = 1


@dataclass(slots=True)
class Scalar(Node):
    """A text as written; `plain` tells `null` from `"null"`. `block`: behind `|`, its lines below that one."""

    text: str = ""
    plain: bool = True
    block: bool = False

    @property
    def is_null(self) -> bool:
        """Whether nothing is written here (or YAML's words for nothing)."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(slots=True)
class Items(Node):
    """A list."""

    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Entries(Node):
    """A mapping from keys to values, in the order of the file; `places` are those of its keys."""

    entries: dict[str, Node] = field(default_factory=dict)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)


def without(node: Node, key: str) -> Node:
    """A mapping without one of its keys; anything else, and a mapping that does not have it, as it is."""
    if not isinstance(node, Entries) or key not in node.entries:
        return node
    entries = {name: value for name, value in node.entries.items() if name != key}
    size = node.size - node.entries[key].size
    return Entries(node.line, node.column, node.origin, size, entries, node.places)


def join(path: str, step: str | int) -> str:
    """A YAML path one step longer: `layers` and 1 make `layers[1]`, then `units` makes `layers[1].units`."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else step
