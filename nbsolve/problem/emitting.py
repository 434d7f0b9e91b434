"""Writing a tree as YAML again: mappings as blocks, what fits on a line as a line."""

from __future__ import annotations

import json
import re

from nbsolve.problem.tree import Entries, Items, Node, Scalar

_WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z0-9_.+\-/$][A-Za-z0-9_.+\-/^() ]*")
# Characters that YAML does not take literally, or that JSON's escapes do not cover.
_SPECIAL = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def emit(node: Node) -> str:
    """YAML text that reads back as the same tree (comments and aliases are not kept)."""
    return "\n".join(_block(node)) + "\n"


def flow(node: Node) -> str:
    """The node in one line, as it can stand anywhere in YAML text."""
    return _flow(node)


def _block(node: Node) -> list[str]:
    """The lines of a node that starts a line of its own."""
    if isinstance(node, Entries) and node.entries:
        lines: list[str] = []
        for key, value in node.entries.items():
            lines += _after(f"{_text(key, plain=True)}:", value)
        return lines
    if isinstance(node, Items) and node.items:
        lines = []
        for item in node.items:
            lines += _after("-", item)
        return lines
    return [_flow(node)]


def _after(head: str, node: Node) -> list[str]:
    """`key:` or `-` and the node behind or below it."""
    if isinstance(node, Scalar):
        if not node.plain and (literal := _literal(node.text)) is not None:
            return [f"{head} {literal[0]}", *("  " + line if line else "" for line in literal[1])]
        return [f"{head} {_flow(node)}".rstrip()]
    width = _WIDTH - len(head)
    if node.size <= _WIDTH and len(flow := _flow(node)) <= width:
        return [f"{head} {flow}"]
    if isinstance(node, Items) and all(isinstance(item, Scalar) for item in node.items):
        return [f"{head} {_flow(node)}"]
    lines = _block(node)
    if head == "-":
        return ["- " + lines[0], *("  " + line if line else "" for line in lines[1:])]
    return [head, *("  " + line if line else "" for line in lines)]


def _flow(node: Node) -> str:
    if isinstance(node, Items):
        return "[" + ", ".join(_flow(item) for item in node.items) + "]"
    if isinstance(node, Entries):
        return "{" + ", ".join(f"{_text(k, plain=True)}: {_flow(v)}" for k, v in node.entries.items()) + "}"
    assert isinstance(node, Scalar)
    if node.is_null:
        return "null"
    return _text(node.text, plain=node.plain)


def _text(text: str, *, plain: bool) -> str:
    if (
        plain
        and _PLAIN.fullmatch(text)
        and not text.endswith(" ")
        and not re.match(r"[-.](\s|$)|---|\.\.\.", text)
    ):
        return text
    return _SPECIAL.sub(lambda sign: f"\\u{ord(sign[0]):04x}", json.dumps(text, ensure_ascii=False))


def _literal(text: str) -> tuple[str, list[str]] | None:
    """A text of several lines as a literal block (`|`), where that keeps it exactly."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 2 or text.endswith("\n\n") or not _printable(lines):
        return None
    if lines[0][:1] in ("", " ") or any(line != line.rstrip() or "\t" in line for line in lines):
        return None
    return ("|" if text.endswith("\n") else "|-"), lines


def _printable(lines: list[str]) -> bool:
    return all(line.isprintable() for line in lines)
