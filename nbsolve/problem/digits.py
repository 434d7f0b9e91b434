"""Reading the rounding: when, and to how many digits."""

from __future__ import annotations

from nbsolve.problem.cursor import Cursor
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.writing import APPLY, LOGARITHMS, Apply, DigitsKeys, RoundingKeys
from nbsolve.problem.model import Digits, Rounding

MAXIMUM_DIGITS = 30
KEPT = 3
"""Significant digits that intermediate values keep where only the answers are rounded and nobody says more."""
_DIGITS = keys_of(DigitsKeys)


def read_rounding(cursor: Cursor) -> Rounding | None:
    """The rounding with its defaults filled in; None after noting a fault.

    `decimals: d` gives answers d decimals, and intermediate values d too when each step is rounded, d + 2
    otherwise; `significant` likewise. Answers have exactly the decimals that are asked for; the intermediate
    values of `at_end`, which nobody is asked for, keep at least `KEPT` significant digits.
    """
    if cursor.is_scalar:
        word = cursor.word("rounding", APPLY)
        return None if word is None else _defaults(word)
    if not cursor.mapping(keys_of(RoundingKeys), "rounding"):
        return None
    apply_cursor = cursor.get("apply")
    apply = "at_end" if apply_cursor is None else apply_cursor.word("apply", APPLY)
    if apply is None:
        return None
    rounding: Rounding | None = _defaults(apply)
    if any(cursor.has(key) for key in _DIGITS):
        rounding = _general(cursor, apply)
    if rounding is None:
        return None
    answers, intermediates = rounding.answers, rounding.intermediates
    sound = True
    if inner := cursor.get("answers"):
        digits = _digits(inner, "answers")
        sound, answers = digits is not None, digits or answers
    if inner := cursor.get("intermediates"):
        digits = _digits(inner, "intermediates")
        sound, intermediates = sound and digits is not None, digits or intermediates
    kept = inner.word("logarithms", LOGARITHMS) if (inner := cursor.get("logarithms")) else "decimal"
    if not sound or kept is None:
        return None
    return Rounding(apply=apply, answers=answers, intermediates=intermediates, logarithms=kept)


def _defaults(apply: Apply) -> Rounding:
    if apply == "at_end":
        return Rounding()
    digits = Digits(significant=4)
    return Rounding(apply=apply, answers=digits, intermediates=digits)


def _general(cursor: Cursor, apply: Apply) -> Rounding | None:
    answers = _digits(cursor, "rounding")
    if answers is None:
        return None
    more = 2 if apply == "at_end" else 0
    decimals = None if answers.decimals is None else answers.decimals + more
    significant = None if answers.significant is None else answers.significant + more
    kept = KEPT if apply == "at_end" and decimals is not None and not cursor.has("minimum_significant") else 0
    minimum = max(answers.minimum_significant, kept)
    intermediates = Digits(decimals=decimals, significant=significant, minimum_significant=minimum)
    return Rounding(apply=apply, answers=answers, intermediates=intermediates)


def _digits(cursor: Cursor, what: str) -> Digits | None:
    if what != "rounding" and not cursor.mapping(_DIGITS, what):
        return None
    decimals_cursor, significant_cursor = cursor.get("decimals"), cursor.get("significant")
    minimum_cursor = cursor.get("minimum_significant")
    if (decimals_cursor is None) == (significant_cursor is None):
        found = (
            "neither decimals nor significant" if decimals_cursor is None else "both decimals and significant"
        )
        cursor.fault(f"{what} has {found}", expected="exactly one of them")
        return None
    if significant_cursor is not None:
        if minimum_cursor is not None:
            cursor.key_fault(
                "minimum_significant", "minimum_significant goes with decimals, not with significant"
            )
            return None
        significant = significant_cursor.integer("significant", 1, MAXIMUM_DIGITS)
        return None if significant is None else Digits(significant=significant)
    assert decimals_cursor is not None
    decimals = decimals_cursor.integer("decimals", 0, MAXIMUM_DIGITS)
    minimum: int | None = 0
    if minimum_cursor is not None:
        minimum = minimum_cursor.integer("minimum_significant", 0, MAXIMUM_DIGITS)
    if decimals is None or minimum is None:
        return None
    return Digits(decimals=decimals, minimum_significant=minimum)
