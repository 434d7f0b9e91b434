"""From the bytes of a problem file to a tree whose scalars are still what was written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from nbsolve.errors import Fault, ProblemError
from nbsolve.near_files import did_you_mean
from nbsolve.problem import matrices
from nbsolve.problem.cursor import READABLE, unreadable
from nbsolve.problem.tree import Entries, Items, Node, Scalar

MAXIMUM_BYTES = 2_000_000
MAXIMUM_NODES = 50_000
MAXIMUM_DEPTH = 40
_ELSEWHERE = "put large weights in a .npz or .csv file and many samples in a .csv file beside the problem"
_QUOTE = 'put names that contain brackets or braces in quotes: "dL/dW[2][1][1]", "w_{11}"'


def read_text(path: Path) -> str:
    """The text of a problem file.

    Raises ProblemError for a missing or unreadable file, a directory, more than 2 MB, or not UTF-8.
    """
    file = str(path)
    try:
        if path.is_dir():
            _refuse(file, "this is a directory, not a problem file", hint="name one of the .yaml files in it")
        with path.open("rb") as stream:
            data = stream.read(MAXIMUM_BYTES + 1)
    except FileNotFoundError:
        _refuse(file, "there is no such file", hint=did_you_mean(path, (".yaml", ".yml")))
    except (OSError, ValueError) as error:
        _refuse(file, f"cannot be read: {getattr(error, 'strerror', None) or error}")
    return decode(data, file)


def decode(data: bytes, file: str) -> str:
    """UTF-8 bytes as text (a byte order mark is dropped); ProblemError for more than 2 MB or not UTF-8."""
    if len(data) > MAXIMUM_BYTES:
        _refuse(file, f"is larger than {MAXIMUM_BYTES // 1_000_000} MB", hint=_ELSEWHERE)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        _refuse(file, "is not UTF-8 text", line, column, hint="save the file with the encoding UTF-8")


def read_tree(text: str, file: str) -> Node:
    """The one YAML document in `text` as a tree of nodes.

    Raises ProblemError: not YAML, empty, several documents, duplicate keys, tags, more than 50,000 nodes
    (aliases counted as often as they are used; long lists of numbers not counted), nesting beyond 40.
    """
    if len(text) > MAXIMUM_BYTES:
        _refuse(file, f"is larger than {MAXIMUM_BYTES // 1_000_000} MB", hint=_ELSEWHERE)
    # A line may end in \r\n; the parser would count that as one line as well.
    text = text.replace("\r\n", "\n")
    shortened, lists = matrices.take_out(text)
    tree = _Builder(file, lists).build(shortened)
    if tree is None:
        tree = _Builder(file, []).build(text)
        assert tree is not None
    return tree


def read_with_marks(text: str, see: Callable[[Any], None]) -> Node:
    """The tree of a text that was read before; `see` gets the parser's events, with their places in the text."""
    tree = _Builder("problem", []).build(text, see)
    assert tree is not None
    return tree


def _refuse(
    file: str,
    message: str,
    line: int | None = None,
    column: int | None = None,
    *,
    expected: str | None = None,
    hint: str | None = None,
) -> NoReturn:
    raise ProblemError([Fault(message, file, line, column, expected=expected, hint=hint)]) from None


class _Builder:
    """Builds the tree from parse events; iterative, so that deep nesting cannot exhaust the stack."""

    def __init__(self, file: str, lists: list[Items]) -> None:
        self.file = file
        self.lists = lists
        self.list_ids = frozenset(id(node) for node in lists)
        self.faults: list[Fault] = []
        self.anchors: dict[str, Node | None] = {}
        self.root: Node | None = None
        # Open collections, each with its anchor and, for a mapping, the key whose value comes next.
        self.stack: list[tuple[Items | Entries, str | None]] = []
        self.keys: list[str | None] = []

    def build(self, text: str, see: Callable[[Any], None] = lambda event: None) -> Node | None:
        """The tree; None when a stand-in for a list of numbers turned up inside a text.

        `see` is called with every event.
        """
        try:
            for event in _events(text):
                see(event)
                if not self._take(event):
                    return None
        except ProblemError:
            raise
        except MarkedYAMLError as error:
            self._refuse_marked(error, text)
        except YAMLError as error:
            _refuse(self.file, f"is not YAML: {_first_line(str(error))}")
        except Exception as error:
            # The parser trips over some malformed input with errors of other kinds (IndexError, …).
            _refuse(self.file, f"cannot be read as YAML: {_first_line(str(error)) or type(error).__name__}")
        if self.faults:
            raise ProblemError(self.faults)
        if self.root is None or (isinstance(self.root, Scalar) and self.root.is_null):
            _refuse(self.file, "is empty", expected="a problem with at least network and samples")
        return self.root

    def _take(self, event: Any) -> bool:
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        if isinstance(event, DocumentStartEvent):
            if self.root is not None:
                message = "holds several YAML documents (a line --- begins another)"
                _refuse(self.file, message, line, column, hint="put each problem in a file of its own")
        elif isinstance(event, ScalarEvent):
            self._refuse_tag(event, line, column)
            if (sign := unreadable(event.value)) is not None:
                _refuse(self.file, f"there is {sign} in a text", line, column, hint=READABLE)
            number = matrices.stand_in(event.value)
            if number is None and matrices.contains_stand_in(event.value) and self.lists:
                return False
            if number is not None and number < len(self.lists) and event.style is None:
                self._place(self.lists[number], event.anchor)
            else:
                block, plain = event.style == "|", event.style is None
                self._place(Scalar(line, column, text=event.value, plain=plain, block=block), event.anchor)
        elif isinstance(event, SequenceStartEvent | MappingStartEvent):
            self._refuse_tag(event, line, column)
            self._open(event, line, column)
        elif isinstance(event, SequenceEndEvent | MappingEndEvent):
            node, anchor = self.stack.pop()
            self.keys.pop()
            self._place(node, anchor)
        elif isinstance(event, AliasEvent):
            self._alias(event.anchor, line, column)
        return True

    def _open(self, event: Any, line: int, column: int) -> None:
        if len(self.stack) >= MAXIMUM_DEPTH:
            _refuse(self.file, f"is nested deeper than {MAXIMUM_DEPTH} levels", line, column)
        if self.stack and isinstance(self.stack[-1][0], Entries) and self.keys[-1] is None:
            _refuse(self.file, "a list or mapping stands where a key should", line, column, hint=_QUOTE)
        if event.anchor:
            self.anchors[event.anchor] = None
        node = Items(line, column) if isinstance(event, SequenceStartEvent) else Entries(line, column)
        self.stack.append((node, event.anchor))
        self.keys.append(None)

    def _alias(self, name: str, line: int, column: int) -> None:
        if name not in self.anchors:
            _refuse(self.file, f"*{name} refers to an anchor that is not defined before it", line, column)
        node = self.anchors[name]
        if node is None:
            _refuse(self.file, f"*{name} stands inside the very thing it refers to", line, column)
        self._place(node, None, size=node.size)

    def _place(self, node: Node, anchor: str | None, size: int | None = None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1][0]
        if isinstance(parent, Items):
            parent.items.append(node)
        elif self.keys[-1] is None:
            self._key(parent, node)
            return
        else:
            parent.entries[self.keys[-1]] = node
            self.keys[-1] = None
        if size is None:
            # Long lists of numbers are cheap, unless aliases repeat them.
            size = 1 if id(node) in self.list_ids else node.size
        parent.size += size
        if parent.size > MAXIMUM_NODES:
            message = f"holds more than {MAXIMUM_NODES:,} values"
            _refuse(self.file, message, node.line, node.column, hint=_ELSEWHERE)

    def _key(self, parent: Entries, node: Node) -> None:
        if not isinstance(node, Scalar):
            _refuse(self.file, "a key has to be a word", node.line, node.column, hint=_QUOTE)
        key = node.text
        self.keys[-1] = key
        line, column = node.line or 1, node.column or 1
        if key in parent.entries:
            first = parent.places[key][0]
            message = f"the key {key!r} is written twice (first in line {first})"
            self.faults.append(Fault(message, self.file, line, column, hint="keep one of them"))
        parent.places.setdefault(key, (line, column))

    def _refuse_tag(self, event: Any, line: int, column: int) -> None:
        tag = event.ctag if hasattr(event, "ctag") else event.tag
        if tag is not None and str(tag) not in ("None", "!"):
            message = f"YAML tags such as {_short(str(tag))} are not allowed"
            _refuse(self.file, message, line, column, hint="write the value without it")

    def _refuse_marked(self, error: MarkedYAMLError, text: str) -> NoReturn:
        mark = error.problem_mark or error.context_mark
        line, column = (None, None) if mark is None else (mark.line + 1, mark.column + 1)
        problem = _first_line(str(error.problem or error.context or "not YAML"))
        written = text.split("\n")[line - 1] if line is not None and line <= text.count("\n") + 1 else ""
        hint = None
        if "\t" in written:
            hint = "indent with spaces: YAML does not allow tabs"
        elif re.search(r"[A-Za-z0-9][\[]|[_^]\{|\]\[", written):
            hint = _QUOTE
        elif "mapping values are not allowed" in problem:
            hint = "put a text that contains a colon in quotes"
        elif "`" in problem or "@" in problem or "%" in problem or "\\" in written:
            hint = "put a text with special characters in single quotes: 'w_{11}', '\\hat y'"
        _refuse(self.file, f"is not YAML: {problem}", line, column, hint=hint)


def _events(text: str) -> Iterator[Any]:
    yield from YAML(typ="safe", pure=True).parse(text)


def _first_line(message: str) -> str:
    return _short(message.strip().split("\n")[0])


def _short(message: str) -> str:
    return message if len(message) <= 120 else message[:117] + "…"
