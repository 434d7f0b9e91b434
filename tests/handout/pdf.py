"""Tagged PDFs read back: the structure tree with its alternative texts, and the text that is seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any

import pikepdf
from page import validate_pdf_bytes


@dataclass
class Node:
    """An element of the structure tree: its kind, its alternative text, and what it holds in reading order."""

    kind: str
    alt: str | None
    parts: list[Node | Run] = field(default_factory=list)
    boxes: tuple[tuple[float, ...], ...] = ()
    """Where it stands on its page: left, below, right, above."""

    def __iter__(self) -> Iterator[Node]:
        yield self
        for part in self.parts:
            if isinstance(part, Node):
                yield from part

    @property
    def nodes(self) -> list[Node]:
        return [part for part in self.parts if isinstance(part, Node)]

    @property
    def seen(self) -> str:
        """All visible text below it."""
        return joined(self.runs())

    def runs(self) -> Iterator[Run]:
        for part in self.parts:
            if isinstance(part, Run):
                yield part
            else:
                yield from part.runs()


@dataclass(frozen=True)
class Run:
    """A run of visible text and where it stands."""

    text: str
    page: int
    height: float


def joined(runs: Iterator[Run]) -> str:
    """Runs after each other; a new line is a space."""
    text, last = "", None
    for run in runs:
        moved = last is not None and (abs(last.height - run.height) > 6 or last.page != run.page)
        text += (" " if moved and not text.endswith(" ") else "") + run.text
        last = run
    return text


class Pdf:
    """A PDF's bytes as its reader finds them."""

    def __init__(self, data: bytes) -> None:
        self.bytes = data
        self.file = pikepdf.open(BytesIO(data))

    @cached_property
    def tree(self) -> Node:
        """The structure tree from its one root."""
        numbers = {page.obj.objgen: n for n, page in enumerate(self.file.pages)}
        runs = [dict(_runs(page, n)) for n, page in enumerate(self.file.pages)]

        def node(element: Any, page: Any) -> Node:
            page = element.get("/Pg", page)
            alt = element.get("/Alt")
            made = Node(str(element.S)[1:], None if alt is None else str(alt), [], tuple(_boxes(element)))
            kids = element.get("/K", [])
            for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
                if isinstance(kid, pikepdf.Dictionary):
                    if "/S" in kid:
                        made.parts.append(node(kid, page))
                    elif "/MCID" in kid:
                        place = numbers[kid.get("/Pg", page).objgen]
                        made.parts += runs[place].get(int(kid.MCID), [])
                else:
                    made.parts += runs[numbers[page.objgen]].get(int(kid), [])
            return made

        root = self.file.Root.StructTreeRoot.K
        return node(root[0] if isinstance(root, pikepdf.Array) else root, None)

    @property
    def pages(self) -> int:
        return len(self.file.pages)

    @property
    def title(self) -> str:
        return str(self.file.docinfo.get("/Title", ""))

    @property
    def language(self) -> str:
        return str(self.file.Root.get("/Lang", ""))

    @cached_property
    def bookmarks(self) -> list[str]:
        with self.file.open_outline() as outline:
            return [item.title for top in outline.root for item in _flat(top)]

    def everything(self) -> str:
        """Every text in the file: visible, alternative, metadata, bookmarks, names of attachments."""
        texts = [self.tree.seen, *(node.alt or "" for node in self.tree), *self.bookmarks]
        texts += [str(value) for value in self.file.docinfo.values()]
        texts.append(self.file.Root.Metadata.read_bytes().decode())
        texts += list(self.file.attachments)
        texts += [_strings(item) for item in self.file.objects]
        texts += [text for page in self.file.pages for text in _of_forms(page)]
        return "\n".join(texts)

    def fonts(self) -> list[tuple[str, bool]]:
        """Each font and whether it is embedded."""
        found = {}
        for item in self.file.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
                embedded = any(key in item for key in ("/FontFile", "/FontFile2", "/FontFile3"))
                found[str(item.FontName)] = embedded
        return sorted(found.items())


def _boxes(element: Any) -> Iterator[tuple[float, ...]]:
    attributes = element.get("/A", [])
    for attribute in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
        if "/BBox" in attribute:
            yield tuple(float(number) for number in attribute.BBox)


def _flat(item: Any) -> Iterator[Any]:
    yield item
    for child in item.children:
        yield from _flat(child)


def _strings(item: Any) -> str:
    if isinstance(item, pikepdf.String):
        return str(item)
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        values = [value for key, value in item.items() if key not in ("/Parent", "/P", "/Pg", "/K")]
        return " ".join(str(value) for value in values if isinstance(value, pikepdf.String))
    return ""


def _of_forms(page: Any) -> Iterator[str]:
    """The text of drawings."""
    for form in page.get("/Resources", {}).get("/XObject", {}).values():
        if form.get("/Subtype") == "/Form":
            yield "".join(run.text for runs in dict(_runs(form, 0)).values() for run in runs)
            yield from _of_forms(form)


def _runs(page: Any, number: int) -> Iterator[tuple[int, list[Run]]]:
    """For each marked content its runs; text that is no marked content has the number -1."""
    fonts = {name: _codes(font) for name, font in page.get("/Resources", {}).get("/Font", {}).items()}
    found: dict[int, list[Run]] = {}
    stack: list[int] = []
    codes: dict[int, str] = {}
    height, saved = 0.0, []  # type: tuple[float, list[float]]
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        match str(instruction.operator):
            case "BDC" | "BMC":
                inside = operands[1] if len(operands) > 1 else None
                mark = inside.get("/MCID") if isinstance(inside, pikepdf.Dictionary) else None
                stack.append(int(mark) if mark is not None else stack[-1] if stack else -1)
            case "EMC":
                stack.pop()
            case "q":
                saved.append(height)
            case "Q":
                height = saved.pop()
            case "cm":
                height += float(operands[5])
            case "Tf":
                codes = fonts[str(operands[0])]
            case "TJ" | "Tj":
                strings = operands[0] if str(instruction.operator) == "TJ" else operands
                text = "".join(_decoded(part, codes) for part in strings if isinstance(part, pikepdf.String))
                found.setdefault(stack[-1] if stack else -1, []).append(Run(text, number, height))
    yield from found.items()


def _decoded(part: Any, codes: dict[int, str]) -> str:
    data = bytes(part)
    return "".join(codes.get(int.from_bytes(data[n : n + 2], "big"), "�") for n in range(0, len(data), 2))


def _codes(font: Any) -> dict[int, str]:
    """The font's table from codes to text."""
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}

    def text(hexadecimal: str) -> str:
        return bytes.fromhex(hexadecimal).decode("utf-16-be")

    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, value in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            found[int(code, 16)] = text(value)
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for low, high, value in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = text(value)
            for offset in range(int(high, 16) - int(low, 16) + 1):
                found[int(low, 16) + offset] = start[:-1] + chr(ord(start[-1]) + offset)
    return found


def faults(pdf: bytes) -> list[str]:
    """What an independent checker of PDF/UA-1 says against a PDF, rule by rule."""
    report = validate_pdf_bytes(pdf, profile="ua1")
    assert report.rules.total > 100
    return [f"{failure.rule_id}: {failure.message}" for failure in report.failures]
