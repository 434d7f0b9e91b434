"""A computation graph as a program: in NumPy with the way back written out, in PyTorch with its own derivatives."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from nbsolve.equations.building import Built, entries_of, general_formula
from nbsolve.equations.solving import GraphSolution
from nbsolve.expr import Applied, Cases, Expr, Function, Negation, Product, Quotient, Sum, number, walk
from nbsolve.given import Given
from nbsolve.problem.model import GraphProblem
from nbsolve.programs.imports import imports
from nbsolve.programs.indexed import IndexedText, number_text
from nbsolve.programs.optimising import Steps
from nbsolve.programs.predicted import differing, form_of
from nbsolve.programs.printing import Format
from nbsolve.programs.program import CannotBeSaid, Programs
from nbsolve.programs.python import NUMPY, TORCH, Dialect, written
from nbsolve.programs.recurring import Recurring
from nbsolve.programs.reverse import Backward, Use, uses_of
from nbsolve.symbol import canonical

__all__ = ["array_text", "called", "graph_programs"]

MOST_NUMBERS = 120
"""Numbers that are given at most."""
_TAKEN = """
np torch math F erf show digits rounded values value name before old places spec sum range len max min print float
str isinstance list map Decimal Context ROUND_HALF_UP iteration parameter t k eta eta_0 rates norm
"""
"""What means something in a program already."""


def graph_programs(solution: GraphSolution) -> Programs:
    """The programs of a graph that was not rounded on the way. Raises: CannotBeSaid, Undecided."""
    built = solution.built
    if built.problem.symbolic or sum(len(array.entries) for array in built.problem.given) > MOST_NUMBERS:
        raise CannotBeSaid("too many numbers, or letters")
    if not built.connected:
        raise CannotBeSaid("nothing that a gradient is asked of leads to what is differentiated")
    form = form_of(solution, solution.of)
    texts = {
        language: _Graph(solution, form, dialect).whole()
        for language, dialect in (("NumPy", NUMPY), ("PyTorch", TORCH))
    }
    return Programs(texts, differing(solution, form, solution.of))


def called(names: Iterable[str], letters: Iterable[str] = ()) -> dict[str, str]:
    """The variables of quantities: their names, with _ behind what means something else in a program."""
    names = list(names)
    taken = {*_TAKEN.split(), *letters, *(f"d{name}" for name in names), *(f"{name}_at" for name in names)}
    return {name: f"{name}_" if keyword.iskeyword(name) or name in taken else name for name in names}


def array_text(entries: Sequence[Given], shape: Sequence[int], torch: bool, gradient: bool = False) -> str:
    """Given numbers as an array, or a single one."""
    numbers = nested([number_text(entry) for entry in entries], shape)
    if not torch:
        return f"np.array({numbers})" if shape else f"np.float64({numbers})"
    return f"torch.tensor({numbers}{', requires_grad=True' if gradient else ''})"


def nested(texts: Sequence[str], shape: Sequence[int]) -> str:
    """Row by row in brackets."""
    if not shape:
        return texts[0]
    size = len(texts) // shape[0]
    parts = (nested(texts[n * size : (n + 1) * size], shape[1:]) for n in range(shape[0]))
    return f"[{', '.join(parts)}]"


@dataclass(frozen=True)
class _Graph:
    """Writes one program."""

    solution: GraphSolution
    form: Format
    dialect: Dialect

    @property
    def built(self) -> Built:
        return self.solution.built

    @property
    def problem(self) -> GraphProblem:
        return self.built.problem

    @property
    def torch(self) -> bool:
        return self.dialect.torch

    @cached_property
    def formulae(self) -> dict[str, Expr]:
        return {one.name: general_formula(one, self.problem.shapes) for one in self.problem.equations}

    @cached_property
    def called(self) -> dict[str, str]:
        letters = chain.from_iterable(equation.lengths for equation in self.problem.equations)
        training = self.problem.training
        choices = () if training is None else (training.optimiser, training.schedule)
        settings = (name for choice in choices if choice for name in choice.parameters)
        return called(self.problem.shapes, (*letters, *settings))

    @cached_property
    def gradient(self) -> dict[str, str]:
        """The variable of each gradient: `dx` is that of what is differentiated with respect to x."""
        if self.torch:
            return {name: self.recurring.grad(name) for name in self.called}
        return {name: f"d{own}" for name, own in self.called.items()}

    @cached_property
    def text(self) -> IndexedText:
        return IndexedText(self.problem, self.called, self.dialect)

    @cached_property
    def leading(self) -> set[str]:
        """The quantities that lead to what is differentiated by more than a condition."""
        found: set[str] = set()
        ahead = [self.problem.gradients_of]
        equations = {one.name: one for one in self.problem.equations}
        while ahead:
            name = ahead.pop()
            if name not in found:
                found.add(name)
                uses = uses_of(self.built, equations[name]) if name in equations else ()
                ahead += [use.symbol.stem for use in uses if not _is_zero(use.slope)]
        return found & {symbol.stem for symbol in self.built.leading}  # h[t-2] leads to nothing in two steps

    @cached_property
    def wanted(self) -> list[str]:
        """The quantities whose gradients are found."""
        names = {symbol.stem for symbol in self.built.wanted} & self.leading
        return [name for name in self.problem.shapes if name in names]

    @cached_property
    def shown(self) -> list[str]:
        """The quantities whose gradients are printed."""
        trained = () if self.problem.training is None else self.problem.training.parameters
        asked = {*self.problem.wrt, *self.problem.asked_wrt, *trained}
        return [name for name in self.problem.shapes if name in asked and name in self.leading]

    @cached_property
    def steps(self) -> Steps | None:
        """The updates."""
        training = self.problem.training
        if training is None:
            return None
        arrays = frozenset(name for name, shape in self.problem.shapes.items() if shape)
        return Steps(training, self.called, self.gradient, arrays, self.dialect)

    # ------------------------------------------------------------------ the whole

    def whole(self) -> str:
        """The program."""
        training = self.problem.training
        several = training is not None and training.iterations > 1
        body = [*self._forward(), *self._backward(), *self._printed(several), *self._update(several)]
        if several and training is not None:
            body = [
                f"for iteration in range(1, {training.iterations + 1}):",
                *(f"    {line}" if line else "" for line in body),
            ]
        text = "\n".join([*self._data(), *self._functions(), "", "", *self.form.helper, "", "", *body])
        return "\n".join([*imports(text, self.dialect), "", text.strip("\n")]) + "\n"

    def _data(self) -> Iterator[str]:
        for array in self.problem.given:
            entries = [entry for entry in array.entries if isinstance(entry, Given)]
            wants = array.name in self.wanted
            yield f"{self.called[array.name]} = {array_text(entries, array.shape, self.torch, wants)}"
        if self.steps is not None and self.problem.training is not None:
            yield from self.steps.settings()
            made = {
                kind: {
                    name: array_text(entries, self.problem.shapes[name], self.torch)
                    for name, entries in own.items()
                }
                for kind, own in self.problem.training.state.items()
            }
            yield from self.steps.start(made)

    def _functions(self) -> Iterator[str]:
        named: dict[str, Expr] = {}
        formulae = [*self.formulae.values(), *(use.slope for use in self._uses if not self.torch)]
        for node in (node for formula in formulae for node in walk(formula)):
            if not isinstance(node, Applied) or node.name in self.dialect.inline:
                continue
            if not isinstance(node.definition, Function):
                named.setdefault(node.name, node.definition)
        for name, definition in named.items():
            yield from ("", "", f"def {name}(z):", f"    return {written(definition, self.dialect)}")

    # ------------------------------------------------------------------ the passes

    def _forward(self) -> Iterator[str]:
        for equation in self.problem.equations:
            recurrence = self.problem.recurrence_of(equation.name)
            if recurrence is not None:
                first = equation.name == recurrence.names[0]
                yield from self.recurring.forward(recurrence) if first else ()
                continue
            formula = self.formulae[equation.name]
            text = self.text.equation(formula, equation.letters, equation.lengths)
            yield f"{self.called[equation.name]} = {text}"

    @cached_property
    def recurring(self) -> Recurring:
        return Recurring(self.problem, self.formulae, self.text, self.built.leading)

    @cached_property
    def _uses(self) -> list[Use]:
        """All reads that lead to what is differentiated, in the order of the equations."""
        equations = (one for one in self.problem.equations if one.name in self.leading)
        return [use for equation in equations for use in uses_of(self.built, equation)]

    def _backward(self) -> Iterator[str]:
        problem = self.problem
        yield ""
        if self.torch:
            for name in self.shown:
                if any(name == equation.name for equation in problem.equations):
                    yield from self.recurring.retained(name)
            yield self._library()
            return
        backward = Backward(self.text, self.gradient)
        own = self.called[self.wanted[0]]
        yield f"# backwards: d{own} is the derivative of {self._of} with respect to {own}"
        order = [equation.name for equation in problem.equations]
        given = [array.name for array in problem.given]
        for name in (*reversed(order), *given):
            recurrence = problem.recurrence_of(name)
            seed = self._seed() if name == problem.gradients_of else ""
            if name in self.wanted or seed:
                within = () if recurrence is None else recurrence.names
                uses = [use for use in self._uses if use.symbol.stem == name]
                uses = [use for use in uses if use.equation.name not in within]
                yield from backward.lines(name, uses, seed)
            if recurrence is not None and name == recurrence.names[0]:
                yield from self.recurring.backward(backward, recurrence, self._uses, self.wanted)

    def _seed(self) -> str:
        """What comes in at what is differentiated."""
        problem = self.problem
        shape, upstream = problem.shapes[problem.gradients_of], problem.upstream
        if problem.gradients_at:
            own = list(self.built.objective)
            size = upstream[0] if upstream else Given.read("1")
            entries = [
                size if one == own[0] else Given.read("0") for one in entries_of(problem.gradients_of, shape)
            ]
            return array_text(entries, shape, False)
        if upstream is None:
            return f"np.ones({tuple(shape)})" if shape else "np.float64(1.0)"
        return array_text(upstream, shape, False)

    def _library(self) -> str:
        problem = self.problem
        own, shape = self.called[problem.gradients_of], problem.shapes[problem.gradients_of]
        at = ", ".join(str(place - 1) for place in problem.gradients_at)
        target = f"{own}[{at}]" if at else own
        if problem.upstream is None:
            return f"{target}.sum().backward()" if shape and not at else f"{target}.backward()"
        return f"{target}.backward({array_text(problem.upstream, () if at else shape, True)})"

    # ------------------------------------------------------------------ what is printed

    @property
    def _of(self) -> str:
        """The name of what is differentiated."""
        return canonical(self.solution.of)

    def _printed(self, several: bool) -> Iterator[str]:
        lines = [f'show("{one.name}", {self.called[one.name]})' for one in self.problem.equations]
        lines += [f'show("d{self._of}/d{name}", {self.gradient[name]})' for name in self.shown]
        yield ""
        yield from self._where_shown(['print("iteration", iteration)', *lines] if several else lines)

    def _where_shown(self, lines: Sequence[str]) -> Iterator[str]:
        training = self.problem.training
        if training is None or len(training.show) == training.iterations:
            yield from lines
            return
        yield f"if iteration in {{{', '.join(map(str, training.show))}}}:"
        yield from (f"    {line}" for line in lines)

    def _update(self, several: bool) -> Iterator[str]:
        training = self.problem.training
        if self.steps is None or training is None:
            return
        yield ""
        if self.form.exact:
            yield self.steps.copied()
        yield from self.steps.rate("iteration" if several else "1")
        for name in (one for one in training.parameters if one not in self.leading):
            yield f"{self.gradient[name]} = {self.dialect.module}.zeros_like({self.called[name]})"
        updates = list(self.steps.update())
        if self.torch:
            yield "with torch.no_grad():"
            updates = [f"    {line}" for line in updates]
        yield from updates
        yield from self._where_shown([*self.steps.shown(self.form.exact)])
        if self.torch and several:
            yield f"for parameter in ({', '.join(self.called[name] for name in self._given_wanted)},):"
            yield "    parameter.grad = None"

    @property
    def _given_wanted(self) -> list[str]:
        return [array.name for array in self.problem.given if array.name in self.wanted]


def _is_zero(slope: Expr) -> bool:
    """Whether a derivative is 0 in each of its cases."""
    match slope:
        case Cases(branches):
            return all(_is_zero(value) for value, _ in branches)
        case Product(operands):
            return any(map(_is_zero, operands))
        case Sum(operands):
            return all(map(_is_zero, operands))
        case Negation((inner,)) | Quotient((inner, _)):
            return _is_zero(inner)
    return slope == number(0)
