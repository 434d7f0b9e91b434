"""A problem and its variants: each an ordinary problem that follows from file, seed and id alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from nbsolve.arithmetic.ladder import Undetermined
from nbsolve.errors import DomainError, Fault, NbsolveError, ProblemError
from nbsolve.problem.cursor import Notes
from nbsolve.problem.emitting import emit
from nbsolve.problem.loading import parse_problem, problem_of
from nbsolve.problem.model import AnyProblem
from nbsolve.problem.model.variants import Variants
from nbsolve.problem.reading import read_tree
from nbsolve.problem.tree import Node, without
from nbsolve.problem.varying import KEY
from nbsolve.variants.candidate import Candidate, digits_of
from nbsolve.variants.gates import Reference, failed, reference_of
from nbsolve.variants.keys import Row, rows_of
from nbsolve.variants.pencil import PENCIL, NotShort, filled, usual
from nbsolve.variants.places import Target, targets_of
from nbsolve.variants.stream import Stream
from nbsolve.variants.varied import varied

__all__ = ["Family", "NoVariant", "Variant"]

VERSION = 1
"""The version of the way from an id to numbers; another one gives all students other numbers."""
UNDEFINED = "undefined"
"""What counts the draws for which the problem has no solution (the logarithm of 0)."""
_FOR_DIGITS = 64


class NoVariant(NbsolveError):
    """No draw of a variant passed its gates; `rejected` says how many failed which, `advice` what to do."""

    def __init__(self, id: str, rejected: Mapping[str, int], advice: str = "") -> None:
        self.id, self.rejected, self.advice = id, dict(rejected), advice
        counts = ", ".join(
            f"{name} {count}" for name, count in sorted(rejected.items(), key=lambda one: -one[1])
        )
        total = sum(rejected.values())
        said = f"variant {id}: none of {total} draws passed the gates ({counts})"
        super().__init__(f"{said}\n    hint: {advice}" if advice else said)


@dataclass(frozen=True)
class Variant:
    """One variant: the problem, solved, and how many draws each gate rejected before."""

    id: str
    candidate: Candidate
    rejected: Mapping[str, int]
    family: Family

    @property
    def problem(self) -> AnyProblem:
        """The problem, without the block `variants`."""
        return self.candidate.problem

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of its key."""
        return rows_of(self.candidate.entries)


class Family:
    """A problem file with a block `variants`. Raises: ProblemError."""

    def __init__(
        self,
        text: str,
        *,
        name: str = "problem",
        file: str = "problem",
        folder: Path | None = None,
        trust: bool = False,
        language: str | None = None,
        links: bool = True,
    ) -> None:
        self.problem = parse_problem(
            text, name=name, file=file, folder=folder, trust=trust, language=language, links=links
        )
        if self.problem.variants is None:
            hint = 'say what varies: variants: {vary: {"W[1]": {from: -1, to: 1, step: 0.1}}}'
            raise ProblemError([Fault(f"the problem has no block {KEY}", file, hint=hint)])
        self.variants: Variants = self.problem.variants
        self._tree = without(read_tree(text, file), KEY)
        self._notes = (file, trust, folder, language, links)
        always = usual(self.problem) if self.variants.pencil else ()
        if not self.variants.vary and not always:
            hint = "name what varies: variants: {pencil: {}, vary: {…}}"
            message = f"pencil alone says nothing that varies in a problem of the kind {self.problem.kind}"
            raise ProblemError([Fault(message, file, path=f"{KEY}.pencil", hint=hint)])
        self.targets: tuple[Target, ...] = targets_of(self.problem, self._tree, self.variants, always)

    # ------------------------------------------------------------------ draws

    def tree(self, id: str, seed: int, attempt: int, targets: tuple[Target, ...] | None = None) -> Node:
        """What is drawn for a variant at one attempt. Raises: NotShort where no short numbers were found."""
        text = f"nbsolve variants {VERSION}\n{self.problem.name}\n{seed}\n{id}\n{attempt}"
        stream = Stream(text)
        tree = varied(self._tree, targets or self.targets, stream)
        if self.variants.pencil is None:
            return tree
        return filled(self._problem(tree), tree, targets or self.targets, self.variants.pencil, stream)

    def candidate(self, tree: Node) -> Candidate:
        """The problem of a tree. Raises: ProblemError."""
        return Candidate(self._problem(tree), digits_of(tree, self.targets), self.own.solution)

    def _problem(self, tree: Node) -> AnyProblem:
        file, trust, folder, language, links = self._notes
        text = emit(tree)
        notes = Notes(file, text, trust, folder, language, links)
        return problem_of(tree, notes, self.problem.name, text)

    @cached_property
    def own(self) -> Candidate:
        """The author's own numbers."""
        return Candidate(self.problem)

    @cached_property
    def reference(self) -> Reference:
        """What variants are compared with. Raises: NbsolveError where the author's own numbers have no solution."""
        if self.variants.pencil is not None:  # numbers are short, whatever they are
            return reference_of(self.own, None, self.variants.pencil)
        drawn = [digits_of(self.tree("digits", 0, n), self.targets) for n in range(_FOR_DIGITS)]
        return reference_of(self.own, Fraction(sum(drawn), len(drawn)))

    def judged(
        self, id: str, seed: int, attempt: int, targets: tuple[Target, ...] | None = None
    ) -> tuple[Candidate | None, str | None]:
        """A draw, solved, and the gate that it does not pass (None: it passes all)."""
        try:
            candidate = self.candidate(self.tree(id, seed, attempt, targets))
            return candidate, failed(candidate, self.reference, self.variants.off)
        except NotShort:
            return None, PENCIL
        except (DomainError, Undetermined):
            return None, UNDEFINED

    def variant(self, id: str, seed: int = 0) -> Variant:
        """The variant of an id. Raises: NoVariant, ProblemError."""
        rejected: Counter[str] = Counter()
        for attempt in range(self.variants.attempts):
            candidate, gate = self.judged(id, seed, attempt)
            if gate is None:
                assert candidate is not None
                return Variant(id, candidate, dict(sorted(rejected.items())), self)
            rejected[gate] += 1
        raise NoVariant(id, rejected)
