"""A variant judged by what shares no code with what solved it: automatic differentiation, and its page read back.

Automatic differentiation comes with the extra `check`; the reader of pages is always there.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from nbsolve.asking.answers import Answer
from nbsolve.notation.network_symbols import wholes
from nbsolve.problem.embedding import self_contained_text
from nbsolve.render.myst import render
from nbsolve.symbol import PARAMETERS, Role, canonical
from nbsolve.variants.candidate import Candidate
from nbsolve.worked.derivation import WorkedDerivation
from nbsolve.worked.network import WorkedSolution

__all__ = ["DIFFERENTIATES", "Judged", "judged", "whole_letters"]

DIFFERENTIATES = find_spec("autograd") is not None
"""Whether automatic differentiation is installed."""


@dataclass(frozen=True)
class Judged:
    """What does not agree, in words; answers that were held against automatic differentiation, blocks read back."""

    faults: tuple[str, ...] = ()
    held: int = 0
    unheld: int = 0
    blocks: int = 0
    unread: str | None = None
    """What the reader of pages does not know, where it has not read this one."""


def judged(candidate: Candidate) -> Judged:
    """The verdict on a variant in numbers; one in letters, or a derivation, has no judge here."""
    # imported here: read by nobody who makes variants without verifying them
    from nbsolve.checking import lines

    worked = candidate.worked
    if isinstance(worked, WorkedDerivation) or getattr(worked.problem, "symbolic", False):
        return Judged()
    text = self_contained_text(worked.problem)
    answers = [one for one in worked.entries(everything=True) if isinstance(one, Answer)]
    letters = whole_letters(worked) if isinstance(worked, WorkedSolution) else {}
    page = lines.read(text, answers, render(worked.document()), letters)
    faults = [f"the page: {fault}" for fault in page.faults]
    if not DIFFERENTIATES:
        return Judged(tuple(faults), blocks=page.blocks, unread=page.unread)
    from nbsolve.checking import answers as differentiated

    asked = [one for one in answers if one.exact is not None]
    verdict = differentiated.judged(text, asked)
    return Judged((*verdict.faults, *faults), verdict.held, verdict.unknown, page.blocks, page.unread)


def whole_letters(worked: WorkedSolution) -> dict[str, str]:
    """The letters of whole vectors and matrices, each with what it means: `vector z[1]@2`, `matrix W[1]`."""
    found: dict[str, str] = {}
    samples = [None, *range(1, len(worked.problem.samples) + 1)]
    for symbol in wholes(worked.names.network):
        kind = "matrix" if symbol.role in (Role.WEIGHT, Role.MASK) else "vector"
        parameter = symbol.role in (*PARAMETERS, Role.MASK)
        for sample in [None] if parameter else samples:
            for new, change in ((False, False), (True, False), (False, True)):
                one = symbol._replace(sample=sample, new=new, change=change)
                mark = f"@{sample}" if sample else ""
                found[worked.names.latex(one)] = f"{kind} {canonical(one).removesuffix('[:]')}{mark}"
    return found
