"""Single changes of a page, each judged: how many the audit finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, Protocol

from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.page import Block
from tests.audit.mutate import Mutant, mutants


class Audited(Protocol):
    """What `kill` needs of an audit."""

    blocks: list[Block]

    @property
    def chains(self) -> Any: ...

    def check(self, position: int, source: str | None = None) -> Found: ...

    def meaning(self, kind: str, source: str) -> object: ...


@dataclass
class Kills:
    """How many changes of a page were made, how many were found, and those that passed."""

    made: int = 0
    found: int = 0
    same: int = 0
    passed: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.found / self.made


def kill(
    audit: Audited,
    changes: Callable[[Block], Iterable[Mutant]] | None = None,
    *,
    all_digits: bool = True,
    one_in: int = 1,
) -> Kills:
    """Make single changes of the page (by itself those of its source) and audit each changed block again.

    All of them, or of those of the whole page only one in so many.
    """
    changes = changes or partial(mutants, all_digits=all_digits)
    out = Kills()
    number = count()
    audit.chains.first_only = True
    for position, block in enumerate(audit.blocks):
        original = None
        for mutant in changes(block):
            if next(number) % one_in:
                continue
            if audit.check(position, mutant.source).faults:
                out.made += 1
                out.found += 1
                continue
            if mutant.kind == "bracket":
                original = original or audit.meaning(block.kind, block.source)
                if original is not None and audit.meaning(block.kind, mutant.source) == original:
                    out.same += 1
                    continue
            out.made += 1
            out.passed.append(f"{mutant.kind}: {mutant.change}  in  {block.source[:120]!r}")
    return out
