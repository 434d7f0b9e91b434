"""Run a fuzzer: `python -m tests.fuzzing problems 10000 [first seed]`; exit code 1 where something was found."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from tests.fuzzing import data, formulas, problems
from tests.fuzzing.running import Outcome, run
from tests.fuzzing.working import SURFACES, all_the_way, warm

FULL = {"problems": 10_000, "formulas": 2_000, "data": 1_000}


@dataclass(frozen=True)
class Prepared:
    """A case to be run: what it does, what it is (for whoever has to mend what it finds), its kind, what is written."""

    run: Callable[[], None]
    shown: str
    kind: str
    surface: str = "pages"


def prepared(fuzzer: str, seed: int, folder: Path) -> Iterator[Prepared]:
    """The cases of a fuzzer, without end."""
    if fuzzer == "problems":
        # Two in six as handouts and as drawings, the others as pages.
        surfaces = cycle((*SURFACES, "pages", "pages", "pages"))
        for (text, kind), surface in zip(problems.cases(seed), surfaces, strict=False):
            yield Prepared(partial(all_the_way, text, surface), text, kind, surface)
    elif fuzzer == "formulas":
        for text in formulas.cases(seed):
            yield Prepared(partial(all_the_way, text), text, "formula")
    else:
        for name, text, content in data.cases(seed):
            (folder / name).write_bytes(content)
            shown = f"{name}: {content[:300]!r}\n{text}"
            yield Prepared(partial(all_the_way, text, folder=folder), shown, name.rpartition(".")[2])


def fuzz(fuzzer: str, count: int, seed: int = 0) -> list[tuple[int, str, Outcome]]:
    """What is found wrong in `count` cases: number, the case, how it ended."""
    warm()
    found: list[tuple[int, str, Outcome]] = []
    slowest, largest = 0.0, 0
    cases, solved = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(islice(prepared(fuzzer, seed, Path(folder)), count)):
            outcome = run(case.run)
            slowest, largest = max(slowest, outcome.seconds), max(largest, outcome.bytes)
            cases.update((case.kind, case.surface))
            if outcome.fault:
                found.append((number, case.shown, outcome))
            elif not outcome.refused:
                solved.update((case.kind, case.surface))
    by_surface = ", ".join(f"{name} {solved[name]}" for name in SURFACES if cases[name])
    by_kind = ", ".join(
        f"{name} {solved[name]} of {cases[name]}" for name in sorted(cases) if name not in SURFACES
    )
    print(
        f"{fuzzer}: {count} cases from seed {seed}; solved and written: {by_surface} ({by_kind});"
        f" the others refused with a message, {len(found)} faults;"
        f" at most {slowest:.1f} s of CPU and {largest / 1e6:.0f} MB",
        flush=True,
    )
    return found


def main(arguments: list[str]) -> int:
    """The command."""
    which = arguments[0] if arguments else "all"
    if which not in ("all", *FULL) or not all(one.isdecimal() for one in arguments[1:]):
        print(f"python -m tests.fuzzing [all | {' | '.join(FULL)} [how many [first seed]]]")
        return 2
    wrong = 0
    for name in FULL if which == "all" else (which,):
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
