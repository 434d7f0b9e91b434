"""The text of a program: data, functions, one iteration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nbsolve.expr import Cases, Expr, Function, Variable, walk
from nbsolve.notation import Names
from nbsolve.problem.model import Problem
from nbsolve.programs.arrays import Array
from nbsolve.programs.computation import Computation
from nbsolve.programs.data import DataText
from nbsolve.programs.imports import imports
from nbsolve.programs.jacobian import is_printed, jacobian_lines
from nbsolve.programs.python import WHOLE_LAYERS, Dialect, may_pass_on_nan, written
from nbsolve.programs.run import SNAPPED, Run
from nbsolve.solving.schedule import batch_size, epoch_length, has_several, shown_iterations


@dataclass(frozen=True)
class ProgramText:
    """Writes one program."""

    run: Run
    names: Names
    dialect: Dialect

    @property
    def torch(self) -> bool:
        """Whether the derivatives are PyTorch's."""
        return self.dialect.torch

    @property
    def computation(self) -> Computation:
        """What is computed."""
        return self.run.computation

    @property
    def problem(self) -> Problem:
        """What is given."""
        return self.run.problem

    @cached_property
    def data(self) -> DataText:
        """What is given, as lines."""
        return DataText(self.run, self.names, self.dialect)

    def whole(self) -> str:
        """The program."""
        body = [*self.data.lines(), *self._functions(), "", "", *self.run.form.helper, "", ""]
        steps = [*self._steps()]
        if has_several(self.problem):
            assert self.problem.training is not None
            body.append(f"for iteration in range(1, {self.problem.training.iterations + 1}):")
            steps = [f"    {line}" if line else line for line in steps]
        text = "\n".join([*body, *steps])
        return (
            "\n".join([*imports(text, self.dialect), "", *(line.rstrip() for line in text.split("\n"))])
            + "\n"
        )

    # ------------------------------------------------------------------ functions

    def _functions(self) -> Iterator[str]:
        named = {
            name: definition
            for name, definition in self.computation.activations.functions.items()
            if name not in self.dialect.inline
            and (not isinstance(definition, Function) or definition.name in WHOLE_LAYERS)
        }
        backward = self.problem.differentiated or is_printed(self.problem)
        slopes = {} if self.torch or not backward else self.computation.activations.slopes
        used = [*named.values(), *slopes.values()]
        if not self.torch and any(
            isinstance(node, Function) and node.name == "erf" for e in used for node in walk(e)
        ):
            yield from ("", "erf = np.vectorize(math.erf)")
        for name, definition in (*named.items(), *slopes.items()):
            yield from ("", "", f"def {name}(z):")
            if definition == Function("softmax", (Variable("z"),)):
                yield "    e = np.exp(z - z.max(axis=1, keepdims=True))"
                yield "    return e / e.sum(axis=1, keepdims=True)"
            elif definition == Function("log_softmax", (Variable("z"),)):
                yield "    z = z - z.max(axis=1, keepdims=True)"
                yield "    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))"
            else:
                text = written(definition, self.dialect)
                if self.torch and may_pass_on_nan(definition):
                    yield "    # torch.where differentiates both branches: where the one that does not hold has no"
                    yield "    # finite value or derivative, the gradient comes out as nan"
                # PyTorch wants a way back to z, though its derivative is 0
                yield f"    return {text}" + (" + 0 * z" if self.torch and not _depends(definition) else "")

    # ------------------------------------------------------------------ one iteration

    def _steps(self) -> Iterator[str]:
        problem, computation = self.problem, self.computation
        if not self.run.whole_batch:
            yield from self._batch()
        for name, expression in computation.forward:
            text = written(expression, self.dialect)
            if self.run.snapped and name.startswith("z"):
                yield from self._snapped(name, text)
            else:
                yield f"{name} = {text}"
        if is_printed(problem):
            yield ""
            yield from jacobian_lines(computation, self.dialect)
            if problem.losses or not problem.differentiated:
                yield ""
        if not problem.differentiated:
            for own in self.run.forward_shown:
                yield f'show("{own.label}", {own.variable})'
            return
        if problem.losses:
            yield f"L = {written(computation.objective.loss, self.dialect)}"
        yield ""
        if self.torch:
            if problem.training is not None:
                yield (
                    "optimiser.zero_grad()" if self.data.by_library else "for p in parameters: p.grad = None"
                )
            yield "L.backward()" if problem.losses else f"a{computation.depth}.backward(g)"
        else:
            for name, expression in computation.backward:
                yield f"{name} = {written(expression, self.dialect)}"
        training = problem.training
        indent = ""
        several = has_several(problem)
        if several:
            assert training is not None
            yield ""
            if set(shown_iterations(problem)) != set(range(1, training.iterations + 1)):
                listed = ", ".join(map(str, sorted(shown_iterations(problem))))
                yield f"if iteration in {{{listed}}}:"
                indent = "    "
            yield f'{indent}print("iteration", iteration)'
        if problem.losses:
            yield f'{indent}show("L", L)'
        for own, array in zip(self.run.gradients_shown, computation.arrays, strict=True):
            yield f'{indent}show("{own.label}", {f"{array.name}.grad" if self.torch else own.variable})'
        if training is None:
            return
        yield ""
        yield from self._update()
        if indent:
            listed = ", ".join(map(str, sorted(shown_iterations(problem))))
            yield f"if iteration in {{{listed}}}:"
        yield from (f'{indent}show("{own.label}", {own.variable})' for own in self.run.states_shown)
        for place, own in enumerate(self.run.new_shown):
            before = f", before[{place}]" if self.run.form.exact else ""
            yield f'{indent}show("{own.label}", {own.variable}{before})'

    def _batch(self) -> Iterator[str]:
        size, length = batch_size(self.problem), epoch_length(self.problem)
        names = ["x", "g" if self.problem.given_gradient else "y", *(["v"] if self.problem.weighted else [])]
        names += [f"given_{name}" for name in self.computation.given]
        taken = f":{size}"
        if has_several(self.problem):
            yield f"first = (iteration - 1) % {length}" + (f" * {size}" if size > 1 else "")
            taken = f"first:first + {size}"
        rows = ", ".join(f"{name.upper()}[{taken}]" for name in names)
        yield f"{', '.join(names)} = {rows}"

    def _snapped(self, name: str, text: str) -> Iterator[str]:
        if self.torch:
            yield f"{name} = {text}"
            yield f"{name} = {name} + ({name}.round(decimals={SNAPPED}) - {name}).detach()"
        else:
            yield f"{name} = np.round({text}, {SNAPPED})"

    def _update(self) -> Iterator[str]:
        arrays, training = self.computation.arrays, self.problem.training
        assert training is not None
        if self.run.form.exact:
            if self.torch:
                yield "before = [p.detach().clone() for p in parameters]"
            else:
                yield f"before = [p.copy() for p in ({', '.join(own.name for own in arrays)},)]"
        if self.computation.rule.counted:
            before = training.updates
            number = f"iteration + {before}" if before else "iteration"
            yield f"t = {number if has_several(self.problem) else before + 1}  # the number of the update"
        yield from self.computation.rule.scheduled("iteration - 1" if has_several(self.problem) else "0")
        if self.data.by_library:
            yield from self._by_library()
            return
        moving = [own for own in arrays if not own.held]
        indent = "    " if self.torch else ""
        if self.torch and moving:
            yield "with torch.no_grad():"
        norm = self.computation.rule.norm({self._gradient(own): True for own in moving})
        if norm is not None:
            yield f"{indent}norm = {written(norm, self.dialect)}  # of all gradients"
        for own in moving:
            times = f" * {self._mask(own)}" if own.trained is not None else ""
            rate, gradient = self.run.rate_of(own), self._gradient(own)
            for line in self.computation.rule.lines(own.name, gradient, self.dialect, rate, times=times):
                yield indent + line

    def _by_library(self) -> Iterator[str]:
        """PyTorch's own step, after the gradients of what is held are taken away."""
        for own in self.computation.arrays:
            if own.held:
                yield f"{own.name}.grad.zero_()"
            elif own.trained is not None:
                yield f"{own.name}.grad *= {self._mask(own)}"
        yield "optimiser.step()"

    def _gradient(self, own: Array) -> str:
        return f"{own.name}.grad" if self.torch else own.gradient

    def _mask(self, own: Array) -> str:
        """1 for each entry that is trained."""
        flags = np.array(own.trained, dtype=int).tolist()
        return f"{'torch.tensor' if self.torch else 'np.array'}({flags})"


def _depends(e: Expr) -> bool:
    """Whether a value depends on z by more than a condition."""
    if isinstance(e, Cases):
        return any(_depends(value) for value, _ in e.branches)
    return e == Variable("z") or any(_depends(child) for child in e.children)
