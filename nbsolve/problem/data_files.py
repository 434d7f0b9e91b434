"""The data files that a problem names, by value: what a machine needs that does not have them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nbsolve.problem.files import FileFault, locate
from nbsolve.problem.reading import read_tree
from nbsolve.problem.tree import Entries, Items, Node, Scalar

__all__ = ["Data", "data_files", "write_data_files"]

Data = tuple[tuple[str, bytes], ...]
_KINDS = (".csv", ".npy", ".npz")


def data_files(text: str, file: str, folder: Path) -> Data:
    """Each data file of the folder that some value of the YAML names, with its bytes. Raises: ProblemError."""
    found: dict[str, bytes] = {}
    for name in _texts(read_tree(text, file)):
        if name.lower().endswith(_KINDS) and name not in found:
            try:
                found[name] = locate(folder, name).read_bytes()
            except (FileFault, OSError):
                continue  # what reads the problem says so, with the line
    return tuple(sorted(found.items()))


def write_data_files(data: Data, folder: Path) -> None:
    """Write them into a folder, under the names by which the problem knows them."""
    for name, content in data:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node, Scalar):
        yield node.text
    for inner in (
        node.items if isinstance(node, Items) else node.entries.values() if isinstance(node, Entries) else ()
    ):
        yield from _texts(inner)
