"""Pages about rules that are not gradients, read back: every line, cell and sentence; and changes of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nbsolve import load_problem, solve
from nbsolve.render.myst import render
from tests.audit.mutate import mutants
from tests.audit.page import Block, read_markdown
from tests.audit.ruled import RuleAudit
from tests.loading import files
from tests.reference.random_rules import rule_problem
from tests.sampling import OneIn

SHIPPED = files("rule")
RANDOM = 400
CHANGED = (20, 31)
"""Random problems of which every change is tried: a batch, several units."""


def page(text: str) -> list[Block]:
    return read_markdown(render(solve(load_problem(text)).document()))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_pages_reproduce(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert list(RuleAudit(text).judged(page(text))) == []


def test_random_pages_reproduce(one_in: OneIn) -> None:
    for seed in range(0, RANDOM, one_in(50)):
        text = rule_problem(seed)
        assert list(RuleAudit(text).judged(page(text))) == [], seed


@pytest.mark.parametrize(
    "text", [*SHIPPED, *map(rule_problem, CHANGED)], ids=lambda one: getattr(one, "stem", "random")
)
def test_every_change_is_found(text: Path | str, one_in: OneIn) -> None:
    """Of digits, signs and brackets; not in the author's own words."""
    text = text if isinstance(text, str) else text.read_text(encoding="utf-8")
    audit, blocks = RuleAudit(text), page(text)
    tried, section, missed = 0, "", []
    for place, block in enumerate(blocks):
        section = block.source if block.kind == "heading" else section
        own = section == "The problem" and block.kind != "table" and not block.source.startswith("Values")
        if place == 0 or own or block.box == "Common mistakes":
            continue
        for change in mutants(block, all_digits=False):
            tried += 1
            if tried % one_in(89):
                continue
            changed = [*blocks[:place], replace(block, source=change.source), *blocks[place + 1 :]]
            if next(audit.judged(changed), None) is None:
                missed.append((section, change.change))
    assert tried > 400
    assert missed == []
