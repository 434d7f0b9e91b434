"""Headings of an author's text, put below those of the page: depths 1, 2, 3 … without a gap."""

from __future__ import annotations

from nbsolve.markdown.reading import Node

__all__ = ["depths"]


def depths(tree: Node) -> dict[int, int]:
    """For each heading of a text (by its place among the blocks) how deep it stands, from 1.

    A heading is one deeper than the last one before it that is higher, so that none is ever skipped:
    `# A`, `#### B`, `## C` stand at 1, 2, 2.
    """
    found: dict[int, int] = {}
    above: list[int] = []
    for place, node in enumerate(tree.children):
        if node.type == "heading":
            level = int(node.tag[1])
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
            found[place] = len(above)
    return found
