"""The cell of parameters: a Python literal for each, which papermill can read and replace."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nbsolve.problem.tree import Entries, Items, Node, Scalar

__all__ = ["assignments", "literal", "text_literal"]

_WIDTH = 100
_TRUTHS = {"true": "True", "false": "False"}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[-+][0-9]{2})?", re.ASCII)


def assignments(parameters: Mapping[str, Node]) -> str:
    """One assignment for each parameter, a long list with one entry a line."""
    return "\n".join(_assignment(name, node) for name, node in parameters.items())


def literal(node: Node) -> str:
    """The value in Python: a number where Python writes it as the problem does, else a text (`"0.30"`, `"1/3"`)."""
    if isinstance(node, Items):
        return f"[{', '.join(map(literal, node.items))}]"
    if isinstance(node, Entries):
        return f"{{{', '.join(f'{_text(key)}: {literal(value)}' for key, value in node.entries.items())}}}"
    assert isinstance(node, Scalar)
    if node.is_null:
        return "None"
    if node.plain and node.text in _TRUTHS:
        return _TRUTHS[node.text]
    return node.text if node.plain and _python_writes_so(node.text) else _text(node.text)


def text_literal(text: str) -> str:
    """A text of several lines between triple quotes, exactly as it is; in one line where these cannot hold it."""
    prefix = "r" if "\\" in text else ""
    for quotes in ('"""', "'''"):
        whole = "\r" not in text and quotes not in text and not text.endswith((quotes[0], "\\"))
        if whole and all(sign == "\n" or sign.isprintable() or sign == "\t" for sign in text):
            return f"{prefix}{quotes}{text}{quotes}"
    return repr(text)


def _assignment(name: str, node: Node) -> str:
    written = f"{name} = {literal(node)}"
    if len(written) <= _WIDTH or not isinstance(node, Items):
        return written
    rows = "".join(f"    {literal(item)},\n" for item in node.items)
    return f"{name} = [\n{rows}]"


def _python_writes_so(text: str) -> bool:
    if not _NUMBER.fullmatch(text):
        return False
    return text == (repr(float(text)) if set(text) & set(".e") else str(int(text)))


def _text(text: str) -> str:
    """A literal between double quotes, as in most Python code."""
    shown = repr(text)
    return shown if '"' in text or "'" in text else f'"{shown[1:-1]}"'
