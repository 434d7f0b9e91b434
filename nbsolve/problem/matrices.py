"""Long lists of numbers in a problem file, taken out before YAML is parsed.

A YAML parser in Python spends 45 µs on a number, so a 128 × 784 matrix written out would take seconds. Lists
that hold nothing but numbers are read here instead and replaced, for the parser, by a stand-in of the same
extent: every other position in the file stays true.
"""

from __future__ import annotations

import re

from nbsolve.problem.tree import Items, Scalar

_SHORTEST = 200
_MARK = "\ue000{}\ue001"
_STAND_IN = re.compile("\ue000([0-9]+)\ue001")
_RUN = re.compile(r"\[[-+.0-9eE/, \n\[\]]{%d,}" % _SHORTEST)  # noqa: UP031 - braces all over
_TOKEN = re.compile(r"[ \n]*([\[\],]|[-+.0-9eE/]*[0-9][-+.0-9eE/]*)")


def take_out(text: str) -> tuple[str, list[Items]]:
    """`text` with its long lists of numbers replaced by stand-ins, and those lists in order."""
    if "\ue000" in text:
        return text, []
    pieces: list[str] = []
    lists: list[Items] = []
    done = 0
    lines = _Lines(text)
    for run in _RUN.finditer(text):
        start = run.start()
        while start < run.end():
            found = _read_list(text, start, run.end(), lines)
            if found is None:
                break
            node, end = found
            if end - start >= _SHORTEST:
                pieces += [text[done:start], _blank(_MARK.format(len(lists)), text[start:end])]
                lists.append(node)
                done = end
            following = text.find("[", end, run.end())
            start = run.end() if following < 0 else following
    pieces.append(text[done:])
    return "".join(pieces), lists


def stand_in(text: str) -> int | None:
    """The number of the list that `text` stands in for, else None."""
    match = _STAND_IN.fullmatch(text)
    return int(match[1]) if match else None


def contains_stand_in(text: str) -> bool:
    """Whether a stand-in got into a longer text, which then was no list of numbers at all."""
    return "\ue000" in text


def _blank(mark: str, original: str) -> str:
    """`mark`, padded to end on the line and in the column where `original` ends."""
    if "\n" not in original:
        return mark.ljust(len(original))
    return mark + "\n" * original.count("\n") + " " * (len(original) - original.rindex("\n") - 1)


class _Lines:
    """Line and column of increasing positions."""

    def __init__(self, text: str) -> None:
        self.text, self.line, self.begin = text, 1, 0

    def place(self, position: int) -> tuple[int, int]:
        while True:
            end = self.text.find("\n", self.begin, position)
            if end < 0:
                return self.line, position - self.begin + 1
            self.line, self.begin = self.line + 1, end + 1


def _read_list(text: str, start: int, stop: int, lines: _Lines) -> tuple[Items, int] | None:
    """The list that opens at `start` and the position after it; None where it is not made of numbers."""
    open_lists: list[Items] = []
    after_value = False
    position = start
    while match := _TOKEN.match(text, position, stop):
        token, position = match[1], match.end()
        if token == "[":
            if after_value or len(open_lists) > 3:
                return None
            open_lists.append(Items(*lines.place(match.start(1))))
        elif token == "]":
            node = open_lists.pop()
            if not open_lists:
                return node, position
            open_lists[-1].items.append(node)
            open_lists[-1].size += node.size
            after_value = True
        elif token == ",":
            if not after_value:
                return None
            after_value = False
        else:
            if after_value:
                return None
            line, column = lines.place(match.start(1))
            open_lists[-1].items.append(Scalar(line, column, text=token))
            open_lists[-1].size += 1
            after_value = True
    return None
