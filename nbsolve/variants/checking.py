"""Many variants of a problem made and verified: what failed, what was rejected, how answers and times spread."""

from __future__ import annotations

import pickle
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median

from nbsolve.errors import NbsolveError
from nbsolve.jobs import mapped
from nbsolve.variants.candidate import number_of
from nbsolve.variants.family import Family, NoVariant
from nbsolve.variants.judging import DIFFERENTIATES, Judged, judged
from nbsolve.variants.making import Plan, planned
from nbsolve.variants.verifying import disagreements

__all__ = ["Checked", "Report", "check", "spread"]

_BINS = 16
_BARS = " ▁▂▃▄▅▆▇█"
Name = tuple[str, int | None, int | None]
"""Quantity, iteration, sample."""


@dataclass(frozen=True)
class Checked:
    """One variant: what does not agree, its answers, and how long it took to be found and to be verified.

    `judged` says what was held against automatic differentiation, and how much of the page was read back.
    """

    id: str
    faults: tuple[str, ...] = ()
    rejected: dict[str, int] = field(default_factory=dict)
    answers: tuple[tuple[Name, float], ...] = ()
    seconds: float = 0.0
    verifying: float = 0.0
    judged: Judged = field(default_factory=Judged)


@dataclass
class Report:
    """What came of many variants."""

    count: int = 0
    failed: list[Checked] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    answers: dict[Name, list[float]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    verifying: list[float] = field(default_factory=list)
    held: int = 0
    unheld: int = 0
    blocks: int = 0
    unread: Counter[str] = field(default_factory=Counter)

    def add(self, one: Checked) -> None:
        """Count one variant."""
        self.count += 1
        self.rejected.update(one.rejected)
        if one.faults:
            self.failed.append(one)
        self.seconds.append(one.seconds)
        self.verifying.append(one.verifying)
        self.held += one.judged.held
        self.unheld += one.judged.unheld
        self.blocks += one.judged.blocks
        if one.judged.unread is not None:
            self.unread[one.judged.unread] += 1
        for name, value in one.answers:
            self.answers.setdefault(name, []).append(value)

    def lines(self, most: int = 12) -> Iterator[str]:
        """The report as text: counts, gates, times, and the first answers."""
        draws = self.count + sum(self.rejected.values())
        yield f"    {self.count:,} variants from {draws:,} draws, {len(self.failed):,} failed"
        for one in self.failed[:5]:
            yield f"    variant {one.id}: {one.faults[0]}"
        yield from self._judged()
        width = max(map(len, self.rejected), default=0)
        most_often = max(self.rejected.values(), default=1)
        for gate, number in self.rejected.most_common():
            bar = "█" * max(1, round(20 * number / most_often))
            yield f"    rejected by {gate:<{width}}  {number:>7,}  {bar}"
        for what, seconds in (("found in", self.seconds), ("verified in", self.verifying)):
            if seconds:
                middle, longest = 1000 * median(seconds), 1000 * max(seconds)
                yield f"    {what:<11}  {middle:.0f} ms (median), {longest:.0f} ms at most  {spread(seconds)}"
        shown = list(self.answers.items())[:most]
        wide = max((len(_called(name)) for name, _ in shown), default=0)
        for name, values in shown:
            ends = f"{min(values):.4g} … {max(values):.4g}"
            yield f"    {_called(name):<{wide}}  {spread(values)}  {ends}"
        if len(self.answers) > most:
            yield f"    (and {len(self.answers) - most} answers more)"

    def _judged(self) -> Iterator[str]:
        """What was held against what did not produce it."""
        if self.blocks:
            yield f"    {self.blocks:,} paragraphs, formulae and tables of pages read back, every line recomputed"
        for reason, number in self.unread.most_common():
            yield f"    pages not read back: {number:,}, the reader does not know the {reason}"
        if not DIFFERENTIATES:
            yield "    automatic differentiation is not installed: pip install '.[check]' in a clone of nbsolve"
        elif self.held:
            rest = f" ({self.unheld:,} have no value there)" if self.unheld else ""
            yield f"    {self.held:,} values held against automatic differentiation{rest}"


def check(plan: Plan, count: int, jobs: int = 1, scheduler: str | None = None) -> Iterator[Checked]:
    """Variants 1 to `count`, each made and verified. Raises: ProblemError."""
    plan.family()  # what is wrong with the file is said before anything begins
    work = partial(checked, pickle.dumps(plan if scheduler is None else plan.enclosed()))
    ids = (str(number).encode() for number in range(1, count + 1))
    for _, result in mapped(work, ids, jobs=jobs, scheduler=scheduler, total=count):
        one: Checked = pickle.loads(result)
        yield one


def checked(plan: bytes, id: bytes) -> bytes:
    """One variant: a pickled `Checked`. An error of the variant is one of its faults."""
    family, wanted = planned(plan)
    return pickle.dumps(_checked(family, id.decode(), wanted.seed))


def _checked(family: Family, id: str, seed: int) -> Checked:
    start = time.perf_counter()
    try:
        variant = family.variant(id, seed)
        found = time.perf_counter()
        verdict = judged(variant.candidate)
        faults = (*disagreements(variant.candidate), *verdict.faults)
        answers = variant.candidate.answers
    except NoVariant as error:
        return Checked(id, (str(error),), error.rejected, seconds=time.perf_counter() - start)
    except NbsolveError as error:
        return Checked(id, (str(error),), seconds=time.perf_counter() - start)
    values = {(one.quantity, one.iteration, one.sample): float(number_of(one)) for one in answers}
    end = time.perf_counter()
    spent = found - start, end - found
    return Checked(id, faults, dict(variant.rejected), tuple(values.items()), *spent, verdict)


def spread(values: Iterable[float]) -> str:
    """A histogram in one line, from the least to the greatest value."""
    numbers: Sequence[float] = list(values)
    low, high = min(numbers), max(numbers)
    if low == high:
        return "█"
    bins = [0] * _BINS
    for number in numbers:
        bins[min(_BINS - 1, int(_BINS * (number - low) / (high - low)))] += 1
    most = max(bins)
    return "".join(_BARS[0 if not one else max(1, round(8 * one / most))] for one in bins)


def _called(name: Name) -> str:
    quantity, iteration, sample = name
    more = [f"iteration {iteration}"] if (iteration or 1) > 1 else []
    more += [] if sample is None else [f"sample {sample}"]
    return f"{quantity} ({', '.join(more)})" if more else quantity
