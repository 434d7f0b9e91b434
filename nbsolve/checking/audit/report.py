"""What the audit of a page found, and how many digits its rounding asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.page import Block
from nbsolve.checking.oracle.rounding import Digits


@dataclass
class Report:
    """What the audit of a page found."""

    faults: list[str] = field(default_factory=list)
    lines: int = 0
    numbers: int = 0
    digits: int = 0
    failed_blocks: int = 0
    blocks: int = 0

    def add(self, found: Found, block: Block) -> None:
        self.blocks += 1
        self.lines += found.lines
        self.numbers += found.numbers
        self.digits += sum(c.isdigit() for c in block.source)
        self.failed_blocks += bool(found.faults)
        self.faults += [f"{f}\n    in: {block.source[:400]}" for f in found.faults]


def digits_of(rounding: Mapping[str, Any] | None) -> tuple[Digits, Digits]:
    """Digits of answers and of intermediate values, by the rules of the `rounding` key."""
    given: dict[str, Any] = dict(rounding or {})
    carried = given.get("apply") == "each_step"
    own: dict[str, Any] = {
        k: given[k] for k in ("decimals", "significant", "minimum_significant") if k in given
    }
    more = 0 if carried else 2
    answers: dict[str, Any] = own | dict(given.get("answers", {}))
    if "decimals" in own:
        between: dict[str, Any] = {"decimals": int(own["decimals"]) + more}
    elif "significant" in own:
        between = {"significant": int(own["significant"]) + more}
    else:
        between = {"significant": 6}
    between["minimum_significant"] = own.get("minimum_significant", 0 if carried else 3)
    between = dict(given.get("intermediates", between))
    return _digits(answers or {"significant": 4}), _digits(between)


def _digits(given: Mapping[str, Any]) -> Digits:
    minimum = int(given.get("minimum_significant", 0))
    if "decimals" in given:
        return Digits(decimals=int(given["decimals"]), minimum=minimum)
    return Digits(significant=int(given.get("significant", 4)))
