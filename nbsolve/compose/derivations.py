"""From a derivation to blocks: what is said, its lines, each with its reason, its result in a box."""

from __future__ import annotations

from collections.abc import Iterator

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
    before, what, after = phrase_of("reasons.", form.reason, what="\0").partition("\0")
    if not what:
        return (before,)
    said: list[Inline] = [before]
    for position, expression in enumerate(form.about):
        said.extend([f" {phrase('statement.and')} "] if position else [])
        said.append(Math(expression))
    return (*said, *([after] if after else []))


def _case(conditions: tuple[Condition, ...]) -> Iterator[Inline]:
    """`For z > 0:`"""
    before, _, after = phrase("derivations.case", condition="\0").partition("\0")
    yield before
    for position, condition in enumerate(conditions):
        if position:
            yield f" {phrase('statement.and')} "
        yield _condition(condition)
    yield after


def _condition(condition: Condition) -> Math:
    match condition:
        case Comparison(left, relation, right):
            return Math(left, relation, right)
        case Kronecker(left, right):
            return Math(Variable(str(left)), "=", Variable(str(right)))
        case Apart(left, right):
            return Math(Variable(str(left)), "≠", Variable(str(right)))
