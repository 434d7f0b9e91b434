"""Whether values from a source of variants can be put in the place of what a file has."""

from __future__ import annotations

from nbsolve.problem.cursor import describe
from nbsolve.problem.model.variants import Choices, Listed, Shuffled, Source
from nbsolve.problem.tree import Entries, Items, Node, Scalar
from nbsolve.problem.varying import is_number

__all__ = ["unfit"]


def unfit(node: Node | None, source: Source) -> str | None:
    """Why values from this source cannot be put in the place of what is there; None where they can."""
    assert node is not None
    if isinstance(source, Shuffled):
        return (
            None if isinstance(node, Items) and len(node.items) > 1 else "is no list that could be shuffled"
        )
    if isinstance(source, Listed):
        if not isinstance(node, Items):
            return f"is {describe(node)}, but its ranges are a list"
        if len(source.entries) != len(node.items):
            return f"has {len(node.items)} entries, but {len(source.entries)} are listed"
        pairs = zip(source.entries, node.items, strict=True)
        return next((why for one, inner in pairs if (why := _unfit_entry(inner, one)) is not None), None)
    if isinstance(source, Choices) and (not source.numbers or isinstance(node, Scalar)):
        return None
    if not isinstance(node, Entries) and not _has_number(node):
        return f"is {describe(node)}, which has no number to be varied"
    return None


def _unfit_entry(node: Node, entry: Source | Node) -> str | None:
    return None if isinstance(entry, Node) else unfit(node, entry)


def _has_number(node: Node) -> bool:
    if isinstance(node, Items):
        return any(map(_has_number, node.items))
    if isinstance(node, Entries):
        return any(map(_has_number, node.entries.values()))
    return is_number(node)
