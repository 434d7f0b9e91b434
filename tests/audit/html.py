"""The site's pages as the same blocks, formulae as they are seen. What is folded away counts as seen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from nbsolve.checking.audit.page import Block
from tests.audit.mathml import circled, seen

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
SIGNS = str.maketrans({"−": "-", "’": "'", "‘": "'", "“": '"', "”": '"'})  # of drawings and of smart quotes


@dataclass(frozen=True)
class Shown(Block):
    """A block of the site, with the element it stands in and how that is read: a changed element is read anew."""

    tag: Tag | None = field(default=None, compare=False, repr=False)
    read: Callable[[Tag], str] = field(default=str, compare=False, repr=False)


def read_html(text: str) -> list[Block]:
    """The blocks of the page's article; the code and the drawing are read by functions of their own."""
    return list(_place_anchors(_blocks(_article(text), "")))


def parsed(text: str) -> BeautifulSoup:
    """The page; punctuation that is kept in one line with a formula stands beside that formula again."""
    soup = BeautifulSoup(text, "html.parser")
    for kept in soup.select(".nbsolve-inline .nbsolve-kept"):
        formula = kept.find_parent(class_="nbsolve-inline")
        assert formula is not None
        before, after = kept.contents[0], kept.contents[-1]
        if isinstance(before, NavigableString):
            formula.insert_before(before.extract())
        elif not isinstance(after, NavigableString):
            after = kept.next_sibling  # type: ignore[assignment]
        if isinstance(after, NavigableString):
            formula.insert_after(after.extract())
        kept.unwrap()
    soup.smooth()
    return soup


def _article(text: str) -> Tag:
    soup = parsed(text)
    article = soup.select_one("article") or soup.select_one("div.body")
    if article is None:
        raise ValueError("a page without an article")
    return article


def _place_anchors(blocks: Iterator[Block]) -> Iterator[Block]:
    """Anchors stand in a paragraph of their own, before their display."""
    waiting: tuple[str, ...] = ()
    for block in blocks:
        if block.kind == "anchors":
            waiting = block.anchors
        else:
            yield replace(block, anchors=waiting if block.kind in ("display", "table") else ())
            waiting = ()


def _blocks(tag: Tag, box: str) -> Iterator[Block]:
    for child in tag.children:
        if isinstance(child, NavigableString):
            if child.strip() and type(child) is NavigableString:
                yield Block("text", child.strip(), (), box)
            continue
        if not isinstance(child, Tag) or child.name in {"script", "style", "figure", "hr", "svg"}:
            continue
        classes = child.get_attribute_list("class")
        if "highlight" in classes:
            continue
        if child.name == "details" and "nbsolve-fold" not in classes:
            continue
        if child.name in {*HEADINGS, "summary"}:
            yield _shown("heading", child, inline, box)
        elif child.name == "p" and "admonition-title" in classes:
            box = inline(child)
            yield _shown("heading", child, inline, box)
        elif child.name == "p":
            yield from _paragraph(child, box)
        elif child.name == "li":
            yield from (replace(b, kind="item") for b in _blocks(child, box))
        elif "nbsolve-equation" in classes:
            yield _shown("display", child, seen, box)
        elif child.name == "table":
            yield _shown("table", child, _table, box)
        else:
            yield from _blocks(child, box)


def _shown(kind: str, tag: Tag, read: Callable[[Tag], str], box: str) -> Shown:
    return Shown(kind, read(tag), (), box, tag, read)


def _bold(tag: Tag) -> str:
    return inline(tag).strip("*")


def _paragraph(tag: Tag, box: str) -> Iterator[Block]:
    words = inline(tag)
    if re.fullmatch(r"\*\*[^*]+\*\*", words):  # a heading in what is folded
        yield _shown("heading", tag, _bold, box)
        return
    anchors = tuple(str(span["id"]) for span in tag.select("span[id]"))
    if words:
        yield replace(_shown("text", tag, inline, box), anchors=anchors)
    elif anchors:
        yield Block("anchors", "", anchors, box)


def inline(tag: Tag) -> str:
    """Words with formulae between dollars and bold between stars, as in Markdown."""
    out: list[str] = []
    for child in tag.children:
        if isinstance(child, Tag):
            classes = child.get_attribute_list("class")
            if "headerlink" in classes:
                continue
            if "nbsolve-inline" in classes:
                out.append(f"${seen(child)}$")
            elif "nbsolve-mark" in classes:
                out.append(circled(child.get_text()))
            elif child.name == "strong":
                out.append(f"**{inline(child)}**")
            else:
                out.append(inline(child))
        elif type(child) is NavigableString:
            out.append(str(child).translate(SIGNS))
    return "".join(out).strip() if tag.name in {"p", "li", "td", "th", *HEADINGS} else "".join(out)


def _table(tag: Tag) -> str:
    rows = [[inline(cell) for cell in row.select("th, td")] for row in tag.select("tr")]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def code(text: str) -> str:
    """The code of the notebook that the page was made from, folded away."""
    found = [pre.get_text() for pre in _article(text).select("details pre")]
    return next(program for program in found if "problem_text" in program)


def drawing_faults(text: str, givens: Mapping[tuple[str, int | None, int | None], str]) -> list[str]:
    """Numbers in the drawing, by what each label is about; and those of its description."""
    figure = _article(text).select_one("figure.nbsolve-drawing svg")
    if figure is None:
        return ["no drawing"]
    out: list[str] = []
    known: dict[str, set[str]] = {}
    for (name, _, _), value in givens.items():
        known.setdefault(name, set()).add(value)
        known.setdefault(re.sub(r"^(b|theta)(\[\d+\])\[\d+\]$", r"\1\2", name), set()).add(value)
    for label in figure.select("text[data-quantity]"):
        about = str(label["data-quantity"])
        words = label.get_text().translate(SIGNS)
        if about in known:
            drawn = words.partition("=")[2] if "=" in words else words if re.match(r"[-\d.]", words) else ""
            if drawn and drawn.strip() not in known[about]:
                out.append(f"{about} is drawn as {drawn}")
    description = figure.select_one("desc")
    said = Counter(
        re.findall(r" = ([-−\d./e]+?)(?=[.,;]?(?:\s|$))", description.get_text() if description else "")
    )
    for number in said:
        if not any(number.translate(SIGNS) in values for values in known.values()):
            out.append(f"the description says {number}")
    return out
