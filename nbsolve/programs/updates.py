"""Updates from given gradients as a program, in NumPy and in PyTorch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from nbsolve.equations.stepping import UpdateSolution
from nbsolve.given import Given
from nbsolve.problem.model import UpdateProblem
from nbsolve.programs.graphs import array_text, called
from nbsolve.programs.imports import imports
from nbsolve.programs.optimising import Steps
from nbsolve.programs.predicted import differing, form_of
from nbsolve.programs.printing import Format
from nbsolve.programs.program import CannotBeSaid, Programs
from nbsolve.programs.python import NUMPY, TORCH, Dialect
from nbsolve.symbol import LOSS

__all__ = ["update_programs"]

MOST_NUMBERS = 200
"""Parameters and gradients that are given at most."""


def update_programs(solution: UpdateSolution) -> Programs:
    """The programs of updates that were not rounded on the way. Raises: CannotBeSaid, Undecided."""
    problem = solution.problem
    if sum(len(array.entries) for array in problem.given) * (1 + len(problem.gradients)) > MOST_NUMBERS:
        raise CannotBeSaid("too many numbers")
    form = form_of(solution, LOSS)
    texts = {
        language: _Updates(problem, form, dialect).whole()
        for language, dialect in (("NumPy", NUMPY), ("PyTorch", TORCH))
    }
    return Programs(texts, differing(solution, form, LOSS))


@dataclass(frozen=True)
class _Updates:
    """Writes one program."""

    problem: UpdateProblem
    form: Format
    dialect: Dialect

    @property
    def torch(self) -> bool:
        return self.dialect.torch

    @cached_property
    def called(self) -> dict[str, str]:
        training = self.problem.training
        choices = (training.optimiser, training.schedule)
        settings = (name for choice in choices if choice for name in choice.parameters)
        return called(self.problem.shapes, ("gradients", *settings))

    @cached_property
    def steps(self) -> Steps:
        arrays = frozenset(name for name, shape in self.problem.shapes.items() if shape)
        gradient = {name: f"d{own}" for name, own in self.called.items()}
        return Steps(self.problem.training, self.called, gradient, arrays, self.dialect)

    def whole(self) -> str:
        """The program."""
        rows = [self._row(one) for one in self.problem.gradients]
        names = ", ".join(self.steps.gradient[name] for name in self.problem.shapes)
        data, body = [*self._data()], [*self._update()]
        if len(rows) == 1:
            data.append(f"{names} = {rows[0]}")
        else:
            end = "," if len(self.called) == 1 else ""
            data += ["gradients = [", *(f"    ({row}{end})," for row in rows), "]"]
            loop = f"for iteration, ({names}{end}) in enumerate(gradients, start=1):"
            body = [loop, '    print("update", iteration)', *(f"    {line}" for line in body)]
        text = "\n".join([*data, "", "", *self.form.helper, "", "", *body])
        return "\n".join([*imports(text, self.dialect), "", text]) + "\n"

    def _row(self, numbers: Mapping[str, tuple[Given, ...]]) -> str:
        shapes = self.problem.shapes
        return ", ".join(array_text(numbers[name], shape, self.torch) for name, shape in shapes.items())

    def _data(self) -> Iterator[str]:
        for array in self.problem.given:
            entries = [entry for entry in array.entries if isinstance(entry, Given)]
            yield f"{self.called[array.name]} = {array_text(entries, array.shape, self.torch)}"
        yield from self.steps.settings()
        shapes = self.problem.shapes
        made = {
            kind: {name: array_text(entries, shapes[name], self.torch) for name, entries in own.items()}
            for kind, own in self.problem.training.state.items()
        }
        yield from self.steps.start(made)

    def _update(self) -> Iterator[str]:
        if self.form.exact:
            yield self.steps.copied()
        yield from self.steps.rate("iteration" if len(self.problem.gradients) > 1 else "1")
        yield from self.steps.update()
        yield from self.steps.shown(self.form.exact)
