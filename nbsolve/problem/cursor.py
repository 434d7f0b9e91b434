"""Reading a tree field by field, noting every fault with its place instead of stopping at the first."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from nbsolve.errors import Fault
from nbsolve.given import Given
from nbsolve.logarithms import Logarithm
from nbsolve.problem.other_names import OTHER_NAMES
from nbsolve.problem.tree import Entries, Items, Node, Scalar, join

W = TypeVar("W", bound=str)
_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-"})
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass
class Notes:
    """What reading one problem found: faults (the problem cannot be used) and warnings (it can)."""

    file: str
    source: str = ""
    """The text of the file, for places inside of texts."""
    trust: bool = False
    """Whether texts may hold raw HTML."""
    folder: Path | None = None
    """Where the problem lies, for the links of its texts."""
    language: str | None = None
    """The language of its author's words, where the problem does not say."""
    links: bool = True
    """Whether what its links lead to must be there."""
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Cursor:
    """A node and the way to it. Readers return None after noting a fault, so that reading goes on."""

    node: Node
    notes: Notes
    path: str = ""

    # -- faults ----------------------------------------------------------------------------------------

    def fault(
        self,
        message: str,
        *,
        expected: str | None = None,
        hint: str | None = None,
        place: tuple[int, int | None] | None = None,
    ) -> None:
        """Note a fault at this node, or at a `place` (line and column) inside of it."""
        node = self.node
        file = self.notes.file if node.origin is None else node.origin
        line, column = place or (node.line, node.column)
        self.notes.faults.append(Fault(message, file, line, column, self.path, expected, hint))

    def key_fault(
        self, key: str, message: str, *, expected: str | None = None, hint: str | None = None
    ) -> None:
        """Note a fault at one key of this mapping."""
        node = self.node
        line, column = node.line, node.column
        file = self.notes.file if node.origin is None else node.origin
        if isinstance(node, Entries):
            line, column = node.places.get(key, (line, column))
            value = node.entries.get(key)
            if value is not None and value.origin is not None:
                file, line, column = value.origin, None, None
        path = join(self.path, key)
        self.notes.faults.append(Fault(message, file, line, column, path, expected, hint))

    def warn(self, message: str) -> None:
        """Note what is allowed but perhaps not meant."""
        place = f"line {self.node.line}, " if self.node.line is not None else ""
        self.notes.warnings.append(f"{place}{self.path}: {message}")

    # -- moving ----------------------------------------------------------------------------------------

    @property
    def is_null(self) -> bool:
        """Whether nothing is written here."""
        return isinstance(self.node, Scalar) and self.node.is_null

    @property
    def is_scalar(self) -> bool:
        """Whether a text or number is written here."""
        return isinstance(self.node, Scalar) and not self.node.is_null

    @property
    def is_list(self) -> bool:
        """Whether this is a list."""
        return isinstance(self.node, Items)

    @property
    def is_mapping(self) -> bool:
        """Whether this is a mapping."""
        return isinstance(self.node, Entries)

    @property
    def text(self) -> str:
        """The text of a scalar."""
        assert isinstance(self.node, Scalar)
        return self.node.text

    def keys(self) -> list[str]:
        """The keys of a mapping as written (none for anything else)."""
        return list(self.node.entries) if isinstance(self.node, Entries) else []

    def has(self, key: str) -> bool:
        """Whether a mapping has this key."""
        return isinstance(self.node, Entries) and key in self.node.entries

    def get(self, key: str) -> Cursor | None:
        """The value of a key, or None where the key is absent."""
        node = self.node.entries.get(key) if isinstance(self.node, Entries) else None
        return None if node is None else Cursor(node, self.notes, join(self.path, key))

    def each(self) -> Iterator[Cursor]:
        """The elements of a list."""
        if isinstance(self.node, Items):
            for place, node in enumerate(self.node.items):
                yield Cursor(node, self.notes, f"{self.path}[{place}]")

    def scalars(self) -> Iterator[Cursor]:
        """All texts and numbers at or below this node, in the order of the file."""
        if self.is_scalar:
            yield self
        below = (*self.each(), *(one for key in self.keys() if (one := self.get(key)) is not None))
        for one in below:
            yield from one.scalars()

    def length(self) -> int:
        """The number of elements of a list (0 for anything else)."""
        return len(self.node.items) if isinstance(self.node, Items) else 0

    def mapping(self, known: Sequence[str], what: str, hints: dict[str, str] | None = None) -> bool:
        """Whether this is a mapping; keys that are not `known` are faults, with the nearest right one."""
        if not self.is_mapping:
            self.fault(f"{what} is {describe(self.node)}", expected=f"a mapping with {listing(known)}")
            return False
        for key in self.keys():
            if key not in known:
                special = (hints or {}).get(key)
                hint = special or suggestion(key, known)
                if key == "<<":
                    hint = "merge keys are not supported: write the keys out"
                self.key_fault(key, f"unknown key {shown(key)} in {what}", expected=listing(known), hint=hint)
        return True

    def elements(self, what: str, expected: str) -> list[Cursor] | None:
        """The elements, or None (a fault) where this is not a list."""
        if not self.is_list:
            self.fault(f"{what} is {describe(self.node)}", expected=expected)
            return None
        return [*self.each()]

    # -- scalars ---------------------------------------------------------------------------------------

    def string(self, what: str) -> str | None:
        """A text."""
        if not self.is_scalar:
            self.fault(f"{what} is {describe(self.node)}", expected="a text")
            return None
        return self.text if self.readable(self.text) else None

    def readable(self, text: str) -> bool:
        """Whether a text has only signs that a page can show; a fault where it has others."""
        if (sign := unreadable(text)) is None:
            return True
        self.fault(f"there is {sign} in the text", hint=READABLE)
        return False

    def word(self, what: str, allowed: Iterable[W]) -> W | None:
        """The text, if it is one of a few words; None, and a fault noted, if it is not."""
        words = [*allowed]
        if self.is_scalar and self.text in words:
            return words[words.index(self.text)]
        hint = suggestion(self.text, words) if self.is_scalar else None
        self.fault(f"{what} is {describe(self.node)}", expected=listing(words, "or"), hint=hint)
        return None

    def truth(self, what: str) -> bool | None:
        """true or false."""
        if self.is_scalar and self.text in _TRUTHS:
            return _TRUTHS[self.text]
        self.fault(f"{what} is {describe(self.node)}", expected="true or false")
        return None

    def number(self, what: str, *, above: int | None = None, least: int | None = None) -> Given | None:
        """A rational number as written, greater than `above`, not less than `least`."""
        given = self.bare_number(what)
        if given is None:
            return None
        if above is not None and not given.value > above:
            self.fault(f"{what} is {given}", expected=f"a number greater than {above}")
            return None
        if least is not None and given.value < least:
            self.fault(f"{what} is {given}", expected=f"a number not less than {least}")
            return None
        return given

    def bare_number(self, what: str, logarithms: bool = False) -> Given | None:
        """A number as written; one with logarithms only where these may stand."""
        node = self.node
        if isinstance(node, Scalar):
            try:
                return _read(node.text, logarithms)
            except ValueError as error:
                reason = str(error)
        message = f"{what} is {describe(node)}"
        hint = None
        if self.is_scalar:
            hint = _number_hint(self.text)
            if not reason.endswith("is not a number"):
                message = f"{what}: {reason}"
        self.fault(message, expected="a number such as 0.10, -3, 2e-3 or 1/3", hint=hint)
        return None

    def integer(self, what: str, least: int, most: int) -> int | None:
        """A whole number from `least` to `most`."""
        if self.is_scalar and re.fullmatch(r"[+-]?[0-9]{1,12}", self.text, re.ASCII):
            value = int(self.text)
            if least <= value <= most:
                return value
        expected = f"a whole number from {least} to {most:,}"
        self.fault(f"{what} is {describe(self.node)}", expected=expected)
        return None

    def numbers(self, what: str) -> tuple[Given, ...] | None:
        """A list of numbers, all of them read even where some are faulty."""
        if not isinstance(self.node, Items):
            self.fault(f"{what} is {describe(self.node)}", expected="a list of numbers, such as [0.1, 0.2]")
            return None
        found: list[Given] = []
        sound = True
        for place, node in enumerate(self.node.items):
            try:
                if not isinstance(node, Scalar):
                    raise ValueError
                found.append(_read(node.text))
            except ValueError:
                sound = False
                if not too_many(self.notes):
                    Cursor(node, self.notes, f"{self.path}[{place}]").bare_number(f"an entry of {what}")
        return tuple(found) if sound else None


READABLE = "write letters, signs and spaces; a line break is the only control character that a text can have"
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")


def unreadable(text: str) -> str | None:
    """The first sign of a text that no page or terminal may be sent, in words; None where there is none."""
    found = _UNREADABLE.search(text.replace("\r\n", "\n"))
    if found is None:
        return None
    kind = "half a character" if "\ud800" <= found[0] <= "\udfff" else "a control character"
    return f"{kind} (U+{ord(found[0]):04X})"


def too_many(notes: Notes) -> bool:
    """Whether so many faults were found that listing more would help nobody."""
    return len(notes.faults) >= 100


def listing(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    items = [*words] or ["nothing"]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """`did you mean …?` where the word is another name of known words, or near one of them."""
    words, asked = [*known], word[:60].lower().replace("-", "_").replace(" ", "_")
    meant = [name for name in OTHER_NAMES.get(asked, ()) if name in words]
    lowered = {name.lower(): name for name in reversed(words)}
    near = meant or [lowered[name] for name in difflib.get_close_matches(asked, lowered, 1, 0.6)]
    return f"did you mean {listing(near, 'or')}?" if near else None


def shown(text: str) -> str:
    """A text for a message: short and on one line."""
    line = " ".join(text.split())
    return repr(line if len(line) <= 40 else line[:39] + "…")


def describe(node: Node) -> str:
    """A node of the YAML in words, for a message."""
    if isinstance(node, Items):
        if not node.items:
            return "an empty list"
        return f"a list of {len(node.items)}"
    if isinstance(node, Entries):
        keys = ", ".join(shown(key) for key in list(node.entries)[:4])
        return f"a mapping ({keys})" if keys else "an empty mapping"
    assert isinstance(node, Scalar)
    return "empty" if node.is_null else shown(node.text)


def _read(text: str, logarithms: bool = False) -> Given:
    given = Given.read(text)
    if isinstance(given.value, Logarithm) and not logarithms:
        raise ValueError(
            f"{text} has a logarithm, which only weights, biases, inputs and given quantities may have"
        )
    return given


def _number_hint(text: str) -> str | None:
    if text.lower().lstrip("+-.") in ("nan", "inf", "infinity"):
        return "only finite numbers can be computed with"
    if text.translate(_SIGNS) != text:
        return "this minus sign is a typographic one: type -"
    if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text):
        return "write a decimal point, not a comma"
    if text == "symbolic":
        return "this one has to be a number"
    if re.fullmatch(r"[-+.0-9eE/]+(\s+[-+.0-9eE/]+)+", text):
        return "put commas between the numbers"
    return None
