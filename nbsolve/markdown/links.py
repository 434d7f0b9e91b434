"""Where the links of a text lead: the web, the page of another problem, a page of the book."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

__all__ = ["in_page", "is_web", "page_name", "trouble"]

WEB = ("http", "https", "mailto")
PROBLEMS = (".yaml", ".yml", ".ipynb", "")
_UNSAFE = re.compile(r"[^\w. +=@~,()-]+")
_BOOK = re.compile(r"^((?:\.\./)+)book/")


def page_name(stem: str) -> str:
    """The name of a problem's page, made from its file's: what means something in an address becomes a dash."""
    return _UNSAFE.sub("-", stem).lstrip(".") or "-"


def is_web(target: str) -> bool:
    """Whether a link leads out of the course."""
    return urlsplit(target).scheme.lower() in WEB


def trouble(target: str, folder: Path | None) -> tuple[str, str] | None:
    """What is wrong with a target, and what to write instead; None where it may stand.

    `folder` is the problem's: what is in the course must be there. None: nothing is known about files.
    """
    bare = "".join(unquote(target).split())
    shown = repr(target if len(target) <= 60 else target[:59] + "…")
    instead = (
        "https://…, the file of another problem (week-2.yaml), or a page of the book (../book/notation.md)"
    )
    if not bare.isprintable():
        return f"the link {shown} has control characters in it", instead
    scheme = re.match(r"([^/?#]*):", bare)
    if scheme and scheme[1].lower() not in WEB:
        return f"a link cannot lead to {shown}", instead
    if is_web(target):
        return None
    if bare.startswith(("/", "\\")) or "\\" in bare or not bare:
        return f"the link {shown} leads out of the course", instead
    if bare.startswith("#"):
        return f"the link {shown} leads to nothing: a statement has no labels", instead
    path = PurePosixPath(unquote(urlsplit(target).path))
    if path.suffix not in (*PROBLEMS, ".md"):
        return f"the link {shown} is to a file that has no page", instead
    return None if folder is None else _missing(path, shown, folder)


def _missing(path: PurePosixPath, shown: str, folder: Path) -> tuple[str, str] | None:
    course = _course(folder)
    if path.suffix == ".md":
        places = [folder / path]
        if course is not None and (inside := re.sub(r"^(\.\./)+(book/)?", "", str(path))) != str(path):
            places.append(course / "book" / inside)
        expected = "a page of the book that is there, such as ../book/notation.md"
    else:
        beside = folder / path.parent
        named = [beside / f"{path.name}{suffix}" for suffix in ("", ".yaml", ".yml")]
        named += [beside / f"{path.stem}{suffix}" for suffix in (".yaml", ".yml")]
        places = [place for place in named if place.suffix in (".yaml", ".yml")]
        places += [
            one for one in _problems(beside) if page_name(one.stem) == path.name.removesuffix(".ipynb")
        ]
        expected = "the file of a problem that is there, such as week-2.yaml"
    root = (course or folder).resolve()
    for place in places:
        found = place.resolve()
        if found.is_file():
            return (
                None
                if found.is_relative_to(root)
                else (f"the link {shown} leads out of the course", expected)
            )
    return f"the link {shown} leads to nothing", expected


def _problems(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix in (".yaml", ".yml")]
    except OSError:
        return []


def _course(folder: Path) -> Path | None:
    """The nearest folder around a problem that is a course's."""
    inside = folder.resolve()
    return next((one for one in (inside, *inside.parents) if (one / "book" / "_toc.yml").is_file()), None)


def in_page(target: str) -> str:
    """The target as the problem's page, which stands in book/problems, has to say it."""
    if is_web(target):
        return target
    parts = urlsplit(target)
    path = PurePosixPath(_BOOK.sub(r"\1", unquote(parts.path)))
    if path.suffix != ".md":
        stem = path.stem if path.suffix in (".yaml", ".yml", ".ipynb") else path.name
        path = path.with_name(f"{page_name(stem)}.ipynb")
    return quote(str(path))
