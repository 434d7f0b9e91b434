"""The sentences of a graph's page about its training: on what, with which rates and rule, from which state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nbsolve.checking.audit.display import relation_chain
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.page import split_inline
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.update_rule import UpdateRule

RULE = (
    r"(?:with learning rate (?P<rate>\$[^$]*\$)|Learning rates?(?: of the updates:)? (?P<rates>\$.*?\$))"
    r"(?:, (?P<name>[a-zA-Z][^:$]*): (?P<rule>\$.*?\$))?"
)
TRAINING = re.compile(
    rf"(?:Gradient (?P<way>descent|ascent) on|Training of) (?P<on>\$.*?\$)"
    rf"(?: for (?P<times>\d+) iterations)?(?:, |\. ){RULE}\.?"
)
BESIDE = re.compile(rf"For comparison, from the same starting point, {RULE}\.?")
KEPT = re.compile(
    r"The optimiser (?:has made (?P<count>\d+|one) updates? before, and )?starts with:"
    r"(?: (?P<kept>.+))?|The optimiser counts its updates on from (?P<alone>\d+)\."
)


def training_faults(
    words: str, rule: UpdateRule, training: Mapping[str, Any], names: Callable[[str], list[str]]
) -> Iterator[str]:
    """`Gradient descent on w for 2 iterations, with ….` `Training of w, with …, Adam: m^new = ….`"""
    said = TRAINING.fullmatch(words)
    if said is None:
        raise Unreadable(words)
    named = [name.removeprefix("whole ") for name in names(said["on"])]
    way = training.get("direction", "descent")
    wanted = None if way == "descent" and rule.called != "gradient descent" else way
    if named != training.get("parameters", named) or said["way"] != wanted:
        yield f"{said['way']} on {named}"
    if (said["times"] or "1") != training.get("iterations", "1"):
        yield f"{said['times']} iterations"
    yield from _rule_faults(said, rule)


def beside_faults(words: str, rule: UpdateRule) -> Iterator[str]:
    """`For comparison, from the same starting point, with learning rate η = 0.05, momentum: v^new = ….`"""
    said = BESIDE.fullmatch(words)
    if said is None:
        raise Unreadable(words)
    yield from _rule_faults(said, rule)


def _rule_faults(said: re.Match[str], rule: UpdateRule) -> Iterator[str]:
    yield from rule.rates_in(said["rates"] or said["rate"])
    if bool(said["rates"]) is not rule.changing:
        yield "one learning rate or several"
    if (said["name"] or "gradient descent") != rule.called or (said["rule"] is None) is not rule.bare:
        yield f"{said['name']} is not {rule.called}"
    if said["rule"]:
        parts = split_inline(said["rule"])
        if any(part != ", " for formula, part in parts if not formula):
            raise Unreadable(said["rule"])
        yield from rule.equations([relation_chain(read_tokens(part)) for formula, part in parts if formula])
