"""Pages about rules that are not gradients, read back: every line, cell and sentence; and changes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbsolve import load_problem, solve
from nbsolve.checking.audit.page import Block, read_markdown
from nbsolve.checking.audit.ruled import RuleAudit
from nbsolve.render.myst import render
from tests.audit import killing_rules
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
    result = killing_rules.kill(RuleAudit(text), page(text), all_digits=False, one_in=(every := one_in(89)))
    assert result.made * every > 400
    assert not result.passed, "\n".join(result.passed[:20])
