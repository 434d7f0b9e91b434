"""Given numbers put into formulae some of whose letters stay letters."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from nbsolve.compose.lines import Lines
from nbsolve.compose.numbers import Key
from nbsolve.compose.sentences import set_in
from nbsolve.compose.written_numbers import literal
from nbsolve.document import Block, Derivation, Inline, Line, Mark, Result, Text
from nbsolve.expr import Applied, Atom, Cases, Expr, Quantity, atoms, substitute
from nbsolve.step import Rule, Step
from nbsolve.symbol import anchor
from nbsolve.symbolic import LetterPass

BOXED = frozenset(set(Rule) - {Rule.PRE_ACTIVATION, Rule.ACTIVATION, Rule.LOSS})
"""Results that get a box where they are asked for; an equation that defines something needs none."""


@dataclass(frozen=True)
class PuttingIn:
    """Writes steps with the numbers that are known; `tags` are the numbers of the formulae."""

    letters: LetterPass
    asked: Container[Atom]
    tags: Mapping[Atom, int]

    def blocks(self, step: Step) -> Iterator[Block]:
        """The step computed, or with what is known put in; nothing where none of its letters is a number."""
        values = self.letters.values
        known = [atom for atom in atoms(step.formula) if atom in values]
        if not known:
            return
        if step.target in values:
            lines = Lines(self.letters.solution, values, 1, self.asked)
            line, _ = lines.compact(step)
            yield Derivation((line,), (f"it1-{anchor(step.target)}",))
            return
        lines = Lines(self.letters.solution, values, 1)
        numbers, relation = self._put_in(step.formula, lines)
        right: Expr | Result = (
            Result(numbers, boxed=True) if step.target in self.asked and step.rule in BOXED else numbers
        )
        yield Derivation((Line(((relation, right),), Quantity(step.target), tag=self.tags.get(step.target)),))

    def _put_in(self, formula: Expr, lines: Lines) -> tuple[Expr, str]:
        """The formula with the numbers that are known; ≈ where one of them is rounded."""
        keys: list[Key] = []

        def replaced(node: Expr) -> Expr | None:
            if isinstance(node, Quantity) and node.atom in self.letters.values:
                keys.append(node.atom)
                return literal(lines.operand(node.atom, 0))
            if isinstance(node, Applied | Cases) and all(a in self.letters.values for a in atoms(node)):
                decided = lines.decided(node)
                keys.extend(lines.keys(decided))
                return lines.put_into(decided)
            return None

        return substitute(formula, replaced), lines.numeric_relation(keys)


def put_into(numbers: Iterable[int]) -> Text:
    """`Putting the numbers into ① … ⑪.`"""
    listed = sorted(numbers)
    formulae: list[Inline] = [Mark(listed[0])]
    if len(listed) > 1:
        formulae += [" … ", Mark(listed[-1])]
    return set_in("letters.put_into", formulae=formulae)
