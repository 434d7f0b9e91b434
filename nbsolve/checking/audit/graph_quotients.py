"""The check at the end of a graph's page: difference quotients, from passes of the audit's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from fractions import Fraction
from functools import cache, cached_property

from nbsolve.checking.audit.chain_parts import is_fraction, text_of
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.graph_world import TROUBLE, GraphWorld, Values
from nbsolve.checking.audit.lay import literal, tidy
from nbsolve.checking.audit.page import cells
from nbsolve.checking.audit.parser import parse
from nbsolve.checking.oracle.numbers import Number, size
from nbsolve.checking.oracle.rounding import Digits, as_fraction, fault

SECTION = "Check it yourself"
HOW = re.compile(
    r"The gradients can be checked with the forward pass alone\. Move one given number by "
    r"\$h=10\^\{(?P<step>-\d+)\}\$ in both directions, leave all others as they are, and compute "
    r"\$(?P<of>[^$]+)\$ each time: the difference of the two, "
    r"divided by \$2h\$, comes close to the gradient\. Here it is computed anew from the equations, without "
    r"rounding\.(?P<first> The table is that of iteration 1\.)?"
)
KINKS = re.compile(
    r"With respect to these \$(?P<of>[^$]+)\$ has a kink exactly here, hence two one-sided derivatives\. "
    r"The gradient is the value that the conventions take\."
)
KINK = ["From the left", "From the right", "By convention"]
MOST = 12
PRINTED = Digits(significant=8)
STEP, CLOSER = -6, -12
STEPS = range(STEP, -31, -3)
"""The exponents of h, one after the other, until every quotient is close to its gradient."""
CLOSE = Fraction(1, 10**6)
NOISE = Fraction(1, 10**20)
Cell = Callable[[str, str, int], Iterator[str]]


class GraphQuotients:
    """`cell` checks the printed value of a quantity in an iteration, `names` reads the letters of a formula.

    `gradients` are those that the page finds in its first iteration: the first given numbers of them are checked.
    """

    def __init__(
        self, world: GraphWorld, cell: Cell, names: Callable[[str], list[str]], gradients: Collection[str]
    ) -> None:
        self.world, self.cell, self.names = world, cell, names
        given = [name for name in world.all_entries() if name in world.graph.given]
        self.checked = [one for one in given if f"∂{world.graph.of}/∂{one}" in gradients][:MOST]

    def sentence(self, words: str) -> Iterator[str]:
        """What is done, with which h, and where there is a kink."""
        said = HOW.fullmatch(words) or KINKS.fullmatch(words)
        if said is None:
            if re.search(r"[\d$]", words):
                yield f"nobody knows: {words}"
            return
        if self.names(f"${said['of']}$") != self._objective():
            yield f"not what is differentiated: {words}"
        if said.re is HOW and int(said["step"]) != self.step:
            yield f"h is 10^{said['step']}"
        if said.re is HOW and (said["first"] is None) is (len(self.world.iterations) > 1):
            yield f"of which iteration: {words}"

    def _objective(self) -> list[str]:
        """What is differentiated as a sentence names it: by its letter, a whole array as such."""
        of = self.world.graph.of
        return [of if of == "L" or not self.world.graph.shapes.get(of) else f"whole {of}"]

    @cached_property
    def step(self) -> int:
        """The exponent of h: as much smaller than usual as it takes, where a kink lies close."""
        smooth = [one for one in self.checked if not self._has_kink(one)]
        return next((step for step in STEPS if all(self._close(one, step) for one in smooth)), STEPS[-1])

    def _close(self, name: str, step: int) -> bool:
        left, right = self._sides(name, step)
        if left is None or right is None:
            return False
        gradient = self.world.iterations[0].values[f"∂{self.world.graph.of}/∂{name}"]
        return bool(size(gradient - (left + right) / 2) <= CLOSE * (CLOSE + size(gradient)))

    def table(self, source: str) -> Iterator[str]:
        """Gradients beside quotients, or the two sides of kinks."""
        head, *rows = cells(source)
        unrounded = ["Unrounded"] if self.world.each_step else []
        kink = head[1:] == KINK
        if head[0] != "Quantity" or not (kink or head[1:] == ["Gradient", *unrounded, "Central difference"]):
            yield f"a table of {head}"
            return
        for row in rows:
            (name,) = self.names(row[0])
            if self._has_kink(name) != kink:
                yield f"{name} has a kink: {not kink}"
                continue
            yield from self.cell(f"∂{self.world.graph.of}/∂{name}", row[-1] if kink else row[1], 1)
            left, right = self._sides(name, self.step)
            if kink:
                yield from self._number(name, row[1], left)
                yield from self._number(name, row[2], right)
                continue
            gradient = self.world.iterations[0].values[f"∂{self.world.graph.of}/∂{name}"]
            assert left is not None
            assert right is not None
            central = (left + right) / 2
            if not self._close(name, self.step):
                yield f"{name}: the gradient is {float(gradient)}, the quotient {float(central)}"
            if unrounded:
                yield from self._number(name, row[2], gradient)
            yield from self._number(name, row[-1], central)

    def rows(self, source: str) -> list[str]:
        """The quantities of a table, in order."""
        return [name for row in cells(source)[1:] for name in self.names(row[0])]

    def _number(self, name: str, cell: str, value: Number | None) -> Iterator[str]:
        if value is None or cell == "not defined":
            if value is not None or cell != "not defined":
                yield f"{name}: {cell}"
            return
        node = tidy(parse(cell.strip("$"), {}))
        end = literal(node)
        if end is None:
            if not is_fraction(node) or Evaluator()(node) != value:
                yield f"{name}: {cell} is no number"
        elif wrong := fault(text_of(node), value, PRINTED):
            yield f"{name}: {wrong}"

    # ------------------------------------------------------------------ quotients

    def _has_kink(self, name: str) -> bool:
        """Whether the two sides come no nearer to each other as h becomes smaller."""
        gaps = []
        for step in (STEP, CLOSER):
            left, right = self._sides(name, step)
            if left is None or right is None:
                return True
            gaps.append(as_fraction(size(right - left)))
        return gaps[1] > max(gaps[0] / 1000, NOISE)

    def _sides(self, name: str, step: int) -> tuple[Number | None, Number | None]:
        h = Fraction(10) ** step
        here = self._moved("", Fraction(0))
        ends = [self._moved(name, by) for by in (-h, h)]
        left, right = (None if end is None or here is None else (end - here) / h for end in ends)
        return None if left is None else -left, right

    @cache  # noqa: B019
    def _moved(self, name: str, by: Fraction) -> Number | None:
        """What is differentiated with one given number moved; None where a formula is not defined."""
        given: Values = {one: value for one, value in self.world.graph.given.items() if value is not None}
        if name:
            given[name] = given[name] + by
        try:
            values = self.world.passed(given).values
        except TROUBLE:
            return None
        terms = (seed * values[one] for one, seed in self.world.graph.seeds.items())
        total: Number = Fraction(0)
        for term in terms:
            total = total + term
        return total


__all__ = ["SECTION", "GraphQuotients"]
