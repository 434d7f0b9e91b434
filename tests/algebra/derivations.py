"""The derivation pages: their topics, their segments, and the world of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tests.algebra.page import Display, displays
from tests.algebra.points import World
from tests.algebra.subjects import Topic, world


@dataclass(frozen=True)
class Segment:
    """One derivation of a page: its topic, its displays and the Markdown that they come from."""

    topic: Topic
    name: str
    pages: tuple[Display, ...]
    markdown: str

    def world(self, length: int = 3) -> World:
        """The letters of the derivation, vectors having so many entries."""
        return world(self.topic, self.pages, length)


def topics(text: str) -> list[Topic]:
    """The topics of a problem file of the kind `derivation`, in order."""
    problem = yaml.load(text, Loader=yaml.BaseLoader)
    entries: list[Any] = [*problem.get("functions", []), *problem.get("losses", [])]
    return [_topic(entry) for entry in entries]


def _topic(entry: Any) -> Topic:
    if isinstance(entry, str):
        return Topic(entry)
    ((name, options),) = entry.items()
    if name == "custom":
        return Topic(options["name"], formula=options["formula"])
    return Topic(name, options.get("through"))


def segments(text: str, markdown: str) -> Iterator[Segment]:
    """The derivations of a page. Raises ValueError where the page has other topics than the file."""
    sections = [part for part in re.split(r"^## ", markdown, flags=re.M)[1:] if "\n$$\n" in part]
    for topic, section in zip(topics(text), sections, strict=True):
        heading, _, body = section.partition("\n")
        variants = re.split(r"^### ", body, flags=re.M)
        for variant in variants if len(variants) == 1 else variants[1:]:
            name = heading if len(variants) == 1 else f"{heading}: {variant.partition(chr(10))[0]}"
            yield Segment(topic, name, tuple(displays(variant)), variant)
