"""A style sheet as rules, to leave out those that can match nothing, and to write the others shortly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

_STRING = r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\''
_COMMENTS = re.compile(rf"({_STRING})|/\*.*?\*/", re.DOTALL)
_SPACES = re.compile(rf"({_STRING})|\s*([{{}};,])\s*|\s+", re.DOTALL)
_MARKS = re.compile(rf"{_STRING}|url\([^\"'()]*\)|[{{}};]", re.DOTALL)
_GROUPS = re.compile(r"@(?:media|supports|layer|container|scope)\b")
_CLASS = re.compile(r"\.((?:[\w-]|[^\x00-\x7f]|\\.)+)")
_NESTED = re.compile(rf"{_STRING}|\([^()]*\)|\[[^\[\]]*\]")
_PROPERTY = re.compile(r"(?:^|;)(--[\w-]+):")


@dataclass(frozen=True, slots=True)
class Rule:
    """What stands before the braces, and what is in them: declarations, or rules; None for `@import …;`."""

    prelude: str
    body: str | tuple[Rule, ...] | None = None


def read_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a style sheet, without comments and needless spaces."""
    text = _COMMENTS.sub(lambda match: match[1] or " ", text)
    text = _SPACES.sub(lambda match: match[1] or match[2] or " ", text)
    return tuple(_rules(text, _MARKS.finditer(text), 0)[0])


def _rules(text: str, marks: Iterator[re.Match[str]], start: int) -> tuple[list[Rule], int]:
    """The rules from `start` to the brace that closes them; and where that brace ends."""
    found = []
    for mark in marks:
        prelude = text[start : mark.start()].strip()
        if mark[0] == ";":
            if prelude:
                found.append(Rule(prelude))
        elif mark[0] == "}":
            return found, mark.end()
        elif mark[0] != "{":
            continue
        elif _GROUPS.match(prelude):
            inner, start = _rules(text, marks, mark.end())
            found.append(Rule(prelude, tuple(inner)))
            continue
        else:
            end = _closing(marks)
            found.append(Rule(prelude, text[mark.end() : end - 1].strip().rstrip(";")))
            start = end
            continue
        start = mark.end()
    return found, len(text)


def _closing(marks: Iterator[re.Match[str]]) -> int:
    """Where the block ends whose opening brace was the last mark."""
    depth = 1
    for mark in marks:
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
        if depth == 0:
            return mark.end()
    raise ValueError("a style sheet ends inside a block")


def written(rules: Iterable[Rule]) -> str:
    """The rules as a style sheet."""
    parts = []
    for rule in rules:
        if rule.body is None:
            parts.append(f"{rule.prelude};\n")
        elif isinstance(rule.body, str):
            parts.append(f"{rule.prelude}{{{rule.body}}}\n")
        else:
            parts.append(f"{rule.prelude}{{\n{written(rule.body)}}}\n")
    return "".join(parts)


def matching(rules: Iterable[Rule], occurs: Callable[[str], bool]) -> tuple[Rule, ...]:
    """The rules without selectors that need a class for which `occurs` is False, and without what is empty then.

    What stands in parentheses, `:not(.a)` or `:is(.a, .b)`, is taken to match.
    """
    kept = []
    for rule in rules:
        if isinstance(rule.body, tuple):
            inner = matching(rule.body, occurs)
            if inner:
                kept.append(Rule(rule.prelude, inner))
        elif rule.body is None or rule.prelude.startswith("@"):
            kept.append(rule)
        elif rule.body:
            selectors = [one for one in _selectors(rule.prelude) if all(map(occurs, _classes(one)))]
            if selectors:
                kept.append(Rule(",".join(selectors), rule.body))
    return tuple(kept)


def _selectors(prelude: str) -> list[str]:
    """The selectors of a list, at its own commas."""
    plain = prelude
    while (shorter := _NESTED.sub(lambda match: "\0" * len(match[0]), plain)) != plain:
        plain = shorter
    ends = [match.start() for match in re.finditer(",", plain)]
    return [prelude[a:b].strip() for a, b in zip([0, *(end + 1 for end in ends)], [*ends, None], strict=True)]


def _classes(selector: str) -> list[str]:
    """The classes that an element, or one around or before it, must have."""
    while (shorter := _NESTED.sub("", selector)) != selector:
        selector = shorter
    return [name.replace("\\", "") for name in _CLASS.findall(selector)]
