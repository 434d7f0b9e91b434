"""A page in Markdown read back, every line with numbers recomputed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import yaml

from nbsolve.checking.audit.audit import Audit
from nbsolve.checking.audit.graphs import GraphAudit
from nbsolve.checking.audit.names import Entry
from nbsolve.checking.audit.page import in_numbers, read_markdown
from nbsolve.checking.audit.ruled import RuleAudit
from nbsolve.checking.audit.updates import UpdateAudit
from nbsolve.checking.oracle.numbers import NotKnown

__all__ = ["Reading", "read"]


@dataclass(frozen=True)
class Reading:
    """What is wrong on a page, in words, and how many of its blocks were read; or why it was not read."""

    faults: tuple[str, ...] = ()
    blocks: int = 0
    unread: str | None = None


def read(text: str, entries: Iterable[Entry], page: str, wholes: Mapping[str, str]) -> Reading:
    """The page of the problem of a YAML text, read back.

    `entries` and `wholes` name the letters of single and of whole quantities; only networks need them.
    Raises: ValueError for a kind that has no reader.
    """
    try:
        return _read(text, entries, page, wholes)
    except NotKnown as error:
        return Reading(unread=str(error))


def _read(text: str, entries: Iterable[Entry], page: str, wholes: Mapping[str, str]) -> Reading:
    kind, blocks = yaml.load(text, Loader=yaml.BaseLoader).get("kind", "network"), read_markdown(page)
    if kind == "rule":
        return Reading(tuple(words for _, words in RuleAudit(text).judged(blocks)), len(blocks))
    if kind == "network":
        report = Audit(text, entries, in_numbers(blocks), wholes).report()
    elif kind == "graph":
        report = GraphAudit(text, blocks).report()
    elif kind == "update":
        report = UpdateAudit(text, blocks).report()
    else:
        raise ValueError(f"pages of the kind {kind} have no reader")
    return Reading(tuple(report.faults), report.blocks)
