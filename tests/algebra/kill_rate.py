"""How many single changes of displayed lines the checker rejects: `python -m tests.algebra.kill_rate [STEP]`.

Every change of every line of every derivation and of every page in letters (every STEP-th with a number).
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterator

from tests.algebra.checker import Checker
from tests.algebra.killing import Tally, run
from tests.algebra.mutations import Mutant
from tests.algebra.shipped import derivation_segments, symbolic_pages

TRUE: tuple[tuple[str, str, str], ...] = (
    (
        "Absolute error: For one",
        "⟨L→a⟩|⟨a→L⟩",
        "where a > y the loss a − y has the slope 1, as ∂a/∂a and ∂L/∂L have",
    ),
    ("inputs as rows", r"⟨-→ ⟩\\operatorname\{sum\}", "the error signals of a softmax add up to 0"),
    (
        "Multiclass hinge",
        r"⟨→ (g _|y _|\( 1 - y _)",
        "targets of one class, and whether another comes within the margin, are 0 or 1: their own squares",
    ),
    (
        "Categorical hinge",
        r"⟨u→L⟩|⟨→ (g⟩|\( 1 - y _)",
        "the loss is u where g = 1, and 0 where g = 0; 1 and 0 are their own squares",
    ),
    ("Step", "the case", "the slope is 0 on both sides of the jump"),
    (
        "",
        r"\\mathrm\{ReLU\}'?\(⟨[a-z]→[a-z]⟩",
        "a ReLU of its own output is that output, and active where it is",
    ),
)
"""Changes that make another true statement: where, what (a pattern), why."""


def reason(name: str, mutant: Mutant) -> str | None:
    """Why a change that is not rejected is true all the same."""
    found = (why for where, what, why in TRUE if name.startswith(where) and re.search(what, mutant.change))
    return next(found, None)


def tallies(step: int = 1) -> Iterator[tuple[str, Tally]]:
    """The tally of each derivation and of each page in letters. Raises AssertionError for a line that is wrong."""
    for segment in derivation_segments():
        checker, tally = Checker(segment.world()), Tally()
        report = checker.check(segment.pages)
        assert not report.faults, (segment.name, report.faults)
        run(checker, segment.pages, tally, step)
        yield segment.name, excused(segment.name, tally)
    for name, page in symbolic_pages().items():
        tally = Tally()
        faults = page.check().faults
        assert not faults, (name, faults)
        page.mutate(tally, step)
        yield name, excused(name, tally)


def excused(name: str, tally: Tally) -> Tally:
    """The tally without the changes that make another true statement."""
    for mutant in [mutant for mutant in tally.survivors if reason(name, mutant)]:
        tally.survivors.remove(mutant)
        tally.true.append(mutant)
        tally.made[mutant.kind] -= 1
    return tally


def main() -> None:
    """Print one row a document and the whole."""
    step = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    start = time.perf_counter()
    made: Counter[str] = Counter()
    killed: Counter[str] = Counter()
    unreadable = 0
    print("| Page | Changes | Rejected | Unreadable | No change of value | Another true statement |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, tally in tallies(step):
        made += tally.made
        killed += tally.killed
        unreadable += tally.unreadable
        counts = [sum(tally.made.values()), sum(tally.killed.values()), tally.unreadable]
        counts += [tally.unchanged, len(tally.true)]
        print(f"| {name} | {' | '.join(map(str, counts))} |", flush=True)
        for mutant in tally.survivors:
            print(f"  not rejected: {mutant.kind}: {mutant.change}")
    for kind in sorted(made):
        print(f"{kind}: {killed[kind]} of {made[kind]}")
    rate = 100 * sum(killed.values()) / sum(made.values())
    seconds = time.perf_counter() - start
    print(f"{sum(killed.values())} of {sum(made.values())} rejected ({rate:.2f} %), {seconds:.0f} s;")
    print(f"{unreadable} of them could not be read any more, the others were read and found wrong")


if __name__ == "__main__":
    main()
