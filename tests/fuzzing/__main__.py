"""Run a fuzzer: `python -m tests.fuzzing problems 10000 [first seed]`; exit code 1 where something was found."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from tests.fuzzing import data, formulas, problems
from tests.fuzzing.running import Outcome, run
from tests.fuzzing.working import all_the_way, warm

FULL = {"problems": 10_000, "formulas": 2_000, "data": 1_000}
Prepared = tuple[Callable[[], None], str]
"""What a case does, and what it is, for whoever has to mend what it finds."""


def prepared(kind: str, seed: int, folder: Path) -> Iterator[Prepared]:
    """The cases of a kind, without end."""
    if kind == "problems":
        for text, sheets in problems.cases(seed):
            yield partial(all_the_way, text, sheets), text
    elif kind == "formulas":
        for text in formulas.cases(seed):
            yield partial(all_the_way, text, False), text
    else:
        for name, text, content in data.cases(seed):
            (folder / name).write_bytes(content)
            yield partial(all_the_way, text, False, folder), f"{name}: {content[:300]!r}\n{text}"


def fuzz(kind: str, count: int, seed: int = 0) -> list[tuple[int, str, Outcome]]:
    """What is found wrong in `count` cases: number, the case, how it ended."""
    warm()
    found, slowest, largest, refused = [], 0.0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for number, (case, shown) in enumerate(islice(prepared(kind, seed, Path(folder)), count)):
            outcome = run(case)
            slowest, largest = max(slowest, outcome.seconds), max(largest, outcome.bytes)
            refused += outcome.refused
            if outcome.fault:
                found.append((number, shown, outcome))
    print(
        f"{kind}: {count} cases from seed {seed}, {refused} refused with a message, {len(found)} faults;"
        f" at most {slowest:.1f} s of CPU and {largest / 1e6:.0f} MB"
    )
    return found


def main(arguments: list[str]) -> int:
    """The command."""
    kind = arguments[0] if arguments else "all"
    wrong = 0
    for name in FULL if kind == "all" else (kind,):
        count = int(arguments[1]) if len(arguments) > 1 else FULL[name]
        seed = int(arguments[2]) if len(arguments) > 2 else 0
        started = time.monotonic()
        found = fuzz(name, count, seed)
        wrong += len(found)
        for fault, times in Counter(outcome.fault for _, _, outcome in found).most_common():
            number, shown, _ = next(one for one in found if one[2].fault == fault)
            print(f"--- {times} × {fault}\n    the first is number {number}:\n{shown[:1500]}")
        print(f"{time.monotonic() - started:.0f} s")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
