"""A rule that a page states as a display is read as the end of the sentence that announces it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nbsolve.checking.audit.optimising import CALLED_OPTIMISERS
from nbsolve.checking.audit.page import Block

OPTIMISERS = "|".join(dict.fromkeys(["gradient descent", *CALLED_OPTIMISERS.values()]))
ANNOUNCED = re.compile(rf"(?s)(?P<start>.*(?:, |\A)(?:{OPTIMISERS}))(?: with (?P<settings>\$.*\$))?:")
ENDS = re.compile(r"\\(begin|end)\{\w+\}|\\\\(?:\[\w+\])?")


def with_rules(blocks: Sequence[Block]) -> list[Block]:
    """`…, Adam with $β₁ = 0.9$ and …:` and the display below as `…, Adam: $m = …$, …, $β₁ = 0.9$, …`."""
    return list(_joined(list(blocks)))


def _joined(blocks: list[Block]) -> Iterator[Block]:
    at = 0
    while at < len(blocks):
        block = blocks[at]
        said = ANNOUNCED.fullmatch(block.source) if block.kind == "text" and not block.box else None
        if said is None or at + 1 == len(blocks) or blocks[at + 1].kind != "display":
            yield block
            at += 1
            continue
        formulae, at = [], at + 1
        while at < len(blocks) and blocks[at].kind == "display":
            formulae += [f"${line}$" for line in _lines(blocks[at].source)]
            at += 1
        formulae += re.findall(r"\$[^$]*\$", said["settings"] or "")
        yield Block("text", f"{said['start']}: {', '.join(formulae)}", block.anchors)


def _lines(display: str) -> Iterator[str]:
    """The lines of a display, those of the cases in it left together."""
    depth, start, body = 0, 0, re.sub(r"\A\s*\\begin\{aligned\}|\\end\{aligned\}\s*\Z", "", display)
    for mark in ENDS.finditer(body):
        depth += {"begin": 1, "end": -1}.get(mark[1] or "", 0)
        if mark[1] is None and depth == 0:
            yield body[start : mark.start()].replace("&", "", 1).strip()
            start = mark.end()
    yield body[start:].replace("&", "", 1).strip()
