"""What parts ask of the classes that a unit tells apart, as entries of the JSON."""

from __future__ import annotations

from collections.abc import Iterator

import flint

from nbsolve.asking.answers import Answer
from nbsolve.asking.classifying import Classified, classified
from nbsolve.compose.classifying import ClassBlocks
from nbsolve.notation import Names
from nbsolve.problem.classes import classifies
from nbsolve.rounding import write
from nbsolve.solving.solution import Solution

__all__ = ["class_answers"]


def class_answers(solution: Solution, names: Names) -> tuple[Answer, ...]:
    """The entries, part by part; () where no part asks. Raises: Undecided."""
    if not classifies(solution.problem.parts):
        return ()
    found = classified(solution)
    return () if found is None else tuple(_answers(found, names))


def _answers(found: Classified, names: Names) -> Iterator[Answer]:
    last = found.iteration.number
    for part in found.solution.problem.parts:
        for word in part.ask:
            if word == "decision_boundary":
                from nbsolve.render import latex_math, text

                left, exact = ClassBlocks(found).equation()
                plain, latex = text.printer(names).print(left), latex_math.printer(names).print(left)
                said = (
                    f"{plain} {'=' if exact else '≈'} 0",
                    f"{latex} {'=' if exact else chr(92) + 'approx'} 0",
                )
                yield Answer(word, r"\text{boundary}", last, None, None, None, None, part.label, *said)
            elif word == "prediction":
                for place in range(len(found.right)):
                    own = found.prediction(place)
                    yield _number(
                        word, r"\text{prediction}", last, place + 1, float(own), own.text, part.label
                    )
            elif word == "accuracy":
                right, count = sum(found.right), len(found.right)
                problem, arithmetic = found.solution.problem, found.solution.arithmetic
                share = flint.fmpq(right, count)
                printed = write(share, problem.rounding.answers, arithmetic).text
                yield _number(word, r"\text{accuracy}", last, None, right / count, printed, part.label)


def _number(
    name: str, symbol: str, iteration: int, sample: int | None, value: float, printed: str, part: str
) -> Answer:
    return Answer(name, symbol, iteration, sample, value, value, printed, part)
