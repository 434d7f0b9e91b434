"""Single changes of a page about a rule, each judged with the whole page: its audit reads it in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nbsolve.checking.audit.page import Block
from nbsolve.checking.audit.ruled.audit import RuleAudit
from tests.audit.killing import Kills
from tests.audit.mutate import Mutant, mutants


def changes(blocks: Sequence[Block], *, all_digits: bool) -> Iterator[tuple[int, Mutant]]:
    """The place of a block, and a change of it; not of the author's own words."""
    section = ""
    for place, block in enumerate(blocks):
        section = block.source if block.kind == "heading" else section
        own = section == "The problem" and block.kind != "table" and not block.source.startswith("Values")
        if place and not own and block.box != "Common mistakes":
            yield from ((place, change) for change in mutants(block, all_digits=all_digits))


def kill(audit: RuleAudit, blocks: Sequence[Block], *, all_digits: bool = True, one_in: int = 1) -> Kills:
    """Make single changes of the page, only one in so many, and judge the page again with each."""
    out = Kills()
    for number, (place, change) in enumerate(changes(blocks, all_digits=all_digits)):
        if number % one_in:
            continue
        out.made += 1
        changed = [*blocks[:place], replace(blocks[place], source=change.source), *blocks[place + 1 :]]
        if next(audit.judged(changed), None) is None:
            out.passed.append(f"{change.kind}: {change.change}")
        else:
            out.found += 1
    return out
