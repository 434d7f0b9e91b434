"""Recurrences as loops over their steps: forwards entry by entry, and in NumPy the way back through time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from nbsolve.equations.building import entries_of
from nbsolve.expr import Expr
from nbsolve.problem.model import Equation, GraphProblem, Recurrence
from nbsolve.programs.indexed import IndexedText, quantities_in
from nbsolve.programs.program import CannotBeSaid
from nbsolve.programs.reverse import Backward, Use
from nbsolve.symbol import Index, Symbol

__all__ = ["Recurring"]


@dataclass(frozen=True)
class Recurring:
    """Writes the recurrences of one problem; `leading` are the entries that lead to what is differentiated.

    In PyTorch the entries of an array are kept by their places while they are found, and put together at the end:
    what is written into a tensor would have no derivative.
    """

    problem: GraphProblem
    formulae: Mapping[str, Expr]
    text: IndexedText
    leading: frozenset[Symbol]

    @property
    def torch(self) -> bool:
        """Whether PyTorch is spoken."""
        return self.text.dialect.torch

    @cached_property
    def equations(self) -> dict[str, Equation]:
        """The equations by name."""
        return {one.name: one for one in self.problem.equations}

    # ------------------------------------------------------------------ forwards

    def forward(self, recurrence: Recurrence) -> Iterator[str]:
        """The loop that finds all arrays of a recurrence. Raises: CannotBeSaid."""
        order = self._within_a_step(recurrence)
        for name in order:
            shape = self.equations[name].shape
            size = str(shape[0]) if len(shape) == 1 else f"({', '.join(map(str, shape))})"
            yield f"{self.text.called[name]} = {'{}' if self.torch else f'np.zeros({size})'}"
        yield self._steps(recurrence, reverse=False)
        for name in order:
            equation = self.equations[name]
            others = [letter for letter in equation.letters if letter != recurrence.letter]
            for depth, letter in enumerate(others, start=1):
                yield f"{'    ' * depth}for {letter} in range({equation.lengths[letter]}):"
            left = Symbol.node(name, tuple(map(Index, equation.letters)))
            entry = self.text.one_of_array(self.formulae[name])
            yield f"{'    ' * (len(others) + 1)}{self.text.target(left)} = {entry}"
        if self.torch:
            yield from (self._together(name) for name in order)

    def _within_a_step(self, recurrence: Recurrence) -> list[str]:
        """The equations in the order in which each step finds them, all entries of one after those of another."""
        names = list(dict.fromkeys(name for name, _ in recurrence.order))
        for name in names:
            own = (symbol.at for symbol in quantities_in(self.formulae[name]) if symbol.stem == name)
            if any(Index(recurrence.letter) in at for at in own):
                raise CannotBeSaid("entries that rest on others of their own step")
        expected = []
        for step in recurrence.steps:
            for name in names:
                every = product(*(range(1, length + 1) for length in self.equations[name].shape))
                expected += [(name, at) for at in every if recurrence.step_of(name, at) == step]
        if expected != list(recurrence.order):
            raise CannotBeSaid("entries in an order that is no loop")
        return names

    def _steps(self, recurrence: Recurrence, reverse: bool) -> str:
        """The loop over the steps, in the order in which they are computed or in reverse."""
        count = len(recurrence.steps)
        down = (recurrence.steps[0] > recurrence.steps[-1]) != reverse
        numbers = f"reversed(range({count}))" if down else f"range({count})"
        return f"for {recurrence.letter} in {numbers}:"

    def _together(self, name: str) -> str:
        """The entries of an array put together as a tensor; by their places they are kept as `h_at`."""
        own = self.text.called[name]
        return f"{own}_at, {own} = {own}, {self._stacked(name, f'{own}[{self._at(name)}]')}"

    def _at(self, name: str) -> str:
        return ", ".join(self.equations[name].letters)

    def _stacked(self, name: str, text: str) -> str:
        equation = self.equations[name]
        for letter in reversed(equation.letters):
            text = f"torch.stack([{text} for {letter} in range({equation.lengths[letter]})])"
        return text

    # ------------------------------------------------------------------ backwards

    def backward(
        self, way_back: Backward, recurrence: Recurrence, uses: Sequence[Use], wanted: Collection[str]
    ) -> Iterator[str]:
        """The way back through the steps: what each step adds to the gradients of those before it."""
        lines: list[str] = []
        for name in reversed(self._within_a_step(recurrence)):
            within = (
                use for use in uses if use.equation.name == name and use.symbol.stem in recurrence.names
            )
            for use in within:
                if use.symbol.stem in wanted and name in wanted:
                    loops = [one for one in use.ranges if one[0] != recurrence.letter]
                    lines += [f"    {line}" for line in way_back.added(use, tuple(loops))]
        if lines:
            yield self._steps(recurrence, reverse=True)
            yield from lines

    # ------------------------------------------------------------------ PyTorch

    def retained(self, name: str) -> Iterator[str]:
        """What keeps the gradient of an array that an equation finds."""
        own = self.text.called[name]
        if self.problem.recurrence_of(name) is None:
            yield f"{own}.retain_grad()"
            return
        yield f"for value in {own}_at.values():"
        yield "    value.retain_grad()"

    def grad(self, name: str) -> str:
        """The gradient with respect to an array."""
        own = self.text.called[name]
        if self.problem.recurrence_of(name) is None:
            return f"{own}.grad"
        text = f"{own}_at[{self._at(name)}].grad"
        if not self.leading.issuperset(entries_of(name, self.problem.shapes[name])):
            text = f"torch.zeros(()) if {text} is None else {text}"
        return self._stacked(name, text)
