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
    functions = [_topic(entry, loss=False) for entry in problem.get("functions", [])]
    return [*functions, *(_topic(entry, loss=True) for entry in problem.get("losses", []))]


def own_topic(options: Any, *, loss: bool) -> Topic:
    """A user's own function."""
    parameters = tuple(options.get("parameters", {}))
    return Topic(options["name"], formula=options["formula"], parameters=parameters, loss=loss)


def own_topics(text: str) -> list[Topic]:
    """The functions that a problem with a network brings with it: activations in order, then losses."""
    problem = yaml.load(text, Loader=yaml.BaseLoader)
    choices = [layer["activation"] for layer in problem["network"]["layers"]]
    losses = problem["loss"] if isinstance(problem["loss"], list) else [problem["loss"]]
    found = [own_topic(choice["custom"], loss=False) for choice in choices if "custom" in choice]
    found += [own_topic(choice["custom"], loss=True) for choice in losses if "custom" in choice]
    return list(dict.fromkeys(found))


def own_functions(text: str, markdown: str) -> Iterator[Segment]:
    """The derivations of a problem's own functions on its page."""
    section = markdown.partition("\n## Functions of this problem\n")[2].partition("\n## ")[0]
    parts = re.split(r"^The derivative of ", section, flags=re.M)[1:]
    for topic, part in zip(own_topics(text), parts, strict=True):
        yield Segment(topic, topic.name, tuple(displays(part)), part)


def _topic(entry: Any, *, loss: bool) -> Topic:
    if isinstance(entry, str):
        return Topic(entry)
    ((name, options),) = entry.items()
    if name == "custom":
        return own_topic(options, loss=loss)
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
