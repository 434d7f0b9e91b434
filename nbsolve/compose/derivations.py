"""From a derivation to blocks: what is said, its lines, each with its reason, its result in a box."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.compose.sentences import enumerated, set_in, set_in_of
from nbsolve.derivation import Apart, Condition, Derivation, Stage
from nbsolve.document import Block, Inline, Line, Markdown, Math, Note, Paragraph, Result, Text
from nbsolve.document import Derivation as Lines
from nbsolve.expr import Comparison, Expr, Variable
from nbsolve.expr.general import Derivative, Kronecker
from nbsolve.phrases import phrase, phrase_of
from nbsolve.step import Form

__all__ = ["derivation_blocks"]

_TOGETHER = (Variable, Derivative)
"""Definitions of letters stand below each other, and so do their derivatives."""


def derivation_blocks(derivation: Derivation, *, anchor: str | None = None) -> Iterator[Block]:
    """The blocks of one derivation, without a heading. `anchor` becomes the id of its result."""
    lines: list[Line] = []
    for stage in derivation.stages:
        apart = (
            stage.words is not None
            or stage.conditions
            or stage.boxed
            or not isinstance(stage.left, _TOGETHER)
        )
        if lines and apart:
            yield Lines(tuple(lines))
            lines = []
        if stage.words is not None:
            yield Paragraph((Markdown(phrase_of("derivations.", stage.words)),))
        if stage.conditions:
            yield Paragraph(tuple(_case(stage.conditions)))
        lines.extend(_lines(stage))
    yield Lines(tuple(lines), () if anchor is None else (anchor,))
    for remark in derivation.remarks:
        title = phrase("derivations.remember")
        yield Note("remark", title, (Paragraph((Markdown(phrase_of("derivations.remark_", remark)),)),))


def _lines(stage: Stage) -> Iterator[Line]:
    """One line a form; its reason stands beside it."""
    for position, form in enumerate(stage.forms):
        result = position == len(stage.forms) - 1 and stage.boxed
        right: Expr | Result = Result(form.expression, boxed=True) if result else form.expression
        note = reason_words(form)
        yield Line((("=", right),), stage.left if position == 0 else None, note)


def reason_words(form: Form) -> Text:
    """Why a form equals the one before it: `recognise σ(z)`."""
    about = enumerated([[Math(expression)] for expression in form.about], f" {phrase('statement.and')} ")
    return set_in_of("reasons.", form.reason, what=about)


def _case(conditions: tuple[Condition, ...]) -> Iterator[Inline]:
    """`For z > 0:`"""
    yield from set_in("derivations.case", condition=enumerated([[_condition(one)] for one in conditions]))


def _condition(condition: Condition) -> Math:
    match condition:
        case Comparison(left, relation, right):
            return Math(left, relation, right)
        case Kronecker(left, right):
            return Math(Variable(str(left)), "=", Variable(str(right)))
        case Apart(left, right):
            return Math(Variable(str(left)), "≠", Variable(str(right)))
