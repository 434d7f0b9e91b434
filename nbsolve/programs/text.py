"""The text of a program: data, functions, one iteration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nbsolve.expr import Cases, Expr, Function, Negation, Variable, walk
from nbsolve.given import Entry, Given
from nbsolve.notation import Names
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import Problem
from nbsolve.programs.computation import RATE, STRENGTH, Computation, state_name
from nbsolve.programs.doubles import Doubles
from nbsolve.programs.python import NUMBERS, WHOLE_LAYERS, Dialect, literal, may_pass_on_nan, written
from nbsolve.programs.run import SNAPPED, Run, each, entries_of, table
from nbsolve.schedule import batch_size, epoch_length, has_several, shown_iterations
from nbsolve.solving.update import setting
from nbsolve.symbol import Role, Symbol

_PLAIN = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,17})?")


@dataclass(frozen=True)
class ProgramText:
    """Writes one program."""

    run: Run
    names: Names
    dialect: Dialect

    @property
    def torch(self) -> bool:
        """Whether the derivatives are PyTorch's."""
        return self.dialect.module == "torch"

    @property
    def computation(self) -> Computation:
        """What is computed."""
        return self.run.computation

    @property
    def problem(self) -> Problem:
        """What is given."""
        return self.run.problem

    @property
    def whole_batch(self) -> bool:
        """Whether every iteration takes all samples."""
        return batch_size(self.problem) >= len(self.problem.samples)

    def whole(self) -> str:
        """The program."""
        body = [*self._data(), *self._functions(), "", "", *self.run.form.helper, "", ""]
        steps = [*self._steps()]
        if has_several(self.problem):
            assert self.problem.training is not None
            body.append(f"for iteration in range(1, {self.problem.training.iterations + 1}):")
            steps = [f"    {line}" if line else line for line in steps]
        text = "\n".join([*body, *steps])
        return "\n".join([*self._imports(text), "", *(line.rstrip() for line in text.split("\n"))]) + "\n"

    def _imports(self, text: str) -> Iterator[str]:
        if re.search(r"\bmath\.|erf\(", text):
            yield "import math"
        if "Decimal(" in text:
            yield "from decimal import ROUND_HALF_UP, Context, Decimal"
        if "math." in text or "Decimal(" in text or "erf(" in text:
            yield ""
        yield "import torch" if self.torch else "import numpy as np"
        if "F." in text and self.torch:
            yield "import torch.nn.functional as F"
        if self.torch:
            yield from ("", "torch.set_default_dtype(torch.float64)")

    # ------------------------------------------------------------------ data

    def _data(self) -> Iterator[str]:
        problem = self.problem
        x, y = ("x", "y") if self.whole_batch else ("X", "Y")
        samples = [sample.input for sample in problem.samples]
        rows = "one row for each sample" if len(samples) > 1 else ""
        yield from self._array(x, table(samples), comment=rows)
        if problem.samples[0].target is not None:
            yield from self._array(y, table([sample.target or () for sample in problem.samples]))
        if problem.weighted:
            column = table([(sample.weight,) for sample in problem.samples if sample.weight is not None])
            yield from self._array(
                "v" if self.whole_batch else "V", column, comment="the weight of each sample"
            )
        if problem.given_gradient:
            given = table([sample.upstream or () for sample in problem.samples])
            name = "g" if self.whole_batch else "G"
            yield from self._array(name, given, comment="the gradient with respect to the outputs")
        for array, values in self.computation.given.items():
            yield self._given(array, values)
        for own in self.computation.arrays:
            yield from self._array(own.name, entries_of(problem, own), self.run.members(own))
        for name, mask in self.computation.masks.items():
            make, end = (
                ("torch.tensor", ", dtype=torch.float64") if self.torch else ("np.array", ", dtype=float")
            )
            flags = str([[*row] if isinstance(row, tuple) else row for row in mask.flags])
            yield f"{name} = {make}({flags}{end})  # 1 for the {mask.ones}"
        if self.torch and problem.differentiated:
            listed = ", ".join(own.name for own in self.computation.arrays)
            yield f"parameters = [{listed}]"
            yield "for p in parameters:"
            yield "    p.requires_grad_()"
        if problem.training is not None:
            yield from self._rate()
            if self._by_library:
                yield f"optimiser = torch.optim.SGD(parameters, lr={RATE})"
            yield from self._state()
        if problem.regulariser is not None:
            yield self._constant(STRENGTH, problem.regulariser.strength, Symbol(Role.STRENGTH))

    def _given(self, name: str, rows: Sequence[Sequence[Given | None]]) -> str:
        """The values of units that are given, and nan elsewhere."""
        listed = ", ".join(
            f"[{', '.join('np.nan' if one is None else _number(one) for one in row)}]" for row in rows
        )
        name = f"given_{name}" if self.whole_batch else f"given_{name}".upper()
        return f"{name} = np.array([{listed}])  # given instead of computed, where it is a number"

    def _rate(self) -> Iterator[str]:
        """The learning rate, the rates of all iterations, or what its schedule is given."""
        training = self.problem.training
        assert training is not None
        rate = training.optimiser.parameters["learning_rate"]
        if training.own_rates:
            for own in self.computation.arrays:
                if not own.held:
                    yield from self._array(f"rate_{own.name}", self.run.start_of("rate", own))
        elif training.rates:
            listed = ", ".join(_number(one) for one in training.rates)
            letter = _line(self.names.plain(Symbol(Role.LEARNING_RATE)))
            yield f"rates = [{listed}]  # {letter}, one for each iteration"
        elif training.schedule is None:
            yield self._constant(RATE, rate, Symbol(Role.LEARNING_RATE))
        else:
            yield self._constant(f"{RATE}_0", rate, setting("start"))
            for name, given in training.schedule.parameters.items():
                yield self._constant(name, given, setting(name))

    def _state(self) -> Iterator[str]:
        """The optimiser's settings, and what it has kept before the first update."""
        assert self.problem.training is not None
        for name in self.computation.optimiser.letters:
            yield self._constant(name, self.problem.training.optimiser.parameters[name], setting(name))
        zeros = "torch.zeros_like" if self.torch else "np.zeros_like"
        for equation in self.computation.optimiser.kept:
            for own in self.computation.arrays:
                if own.held:
                    continue
                if equation.name in self.problem.training.state:
                    yield from self._array(state_name(equation, own), self.run.start_of(equation.name, own))
                else:
                    yield f"{state_name(equation, own)} = {zeros}({own.name})"

    def _constant(self, name: str, given: Given, symbol: Symbol) -> str:
        return f"{name} = {_number(given)}  # {_line(self.names.plain(symbol))}"

    def _array(
        self, name: str, entries: Doubles, members: Doubles | None = None, comment: str = ""
    ) -> Iterator[str]:
        """An array, a line for each row, with the problem's names of its entries."""
        make = "torch.tensor" if self.torch else "np.array"
        numbers = each(_number, entries)
        whole = all(text.lstrip("-").isdigit() for text in numbers.reshape(-1))
        end = (", dtype=torch.float64" if self.torch else ", dtype=float") if whole else ""
        if entries.ndim < 2:
            text = f"[{', '.join(numbers)}]" if entries.ndim else str(numbers[()])
            yield f"{name} = {make}({text}{end})" + self._comment(members, comment)
            return
        start = f"{name} = {make}(["
        rows = [f"[{', '.join(row)}]" for row in numbers]
        for place, row in enumerate(rows):
            last = place == len(rows) - 1
            line = (start if place == 0 else " " * len(start)) + row + (f"]{end})" if last else ",")
            yield line + self._comment(None if members is None else members[place], "" if place else comment)

    def _comment(self, members: Doubles | None, words: str = "") -> str:
        if members is not None:
            names = [self.names.plain(symbol) for symbol in np.ravel(members) if self._exists(symbol)]
            words = ", ".join(names if len(names) <= 6 else [names[0], "…", names[-1]])
        return f"  # {_line(words)}" if words else ""

    def _exists(self, symbol: Symbol) -> bool:
        layer = symbol.layer and self.problem.network.layers[symbol.layer - 1]
        return not layer or (symbol.to, symbol.from_) not in layer.missing

    # ------------------------------------------------------------------ functions

    def _functions(self) -> Iterator[str]:
        named = {
            name: definition
            for name, definition in self.computation.functions.items()
            if name not in self.dialect.inline
            and (not isinstance(definition, Function) or definition.name in WHOLE_LAYERS)
        }
        slopes = {} if self.torch or not self.problem.differentiated else self.computation.slopes
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
        if not self.whole_batch:
            yield from self._batch()
        for name, expression in computation.forward:
            text = written(expression, self.dialect)
            if self.run.snapped and name.startswith("z"):
                yield from self._snapped(name, text)
            else:
                yield f"{name} = {text}"
        if not problem.differentiated:
            for own in self.run.forward_shown:
                yield f'show("{own.label}", {own.variable})'
            return
        if problem.losses:
            yield f"L = {written(computation.loss, self.dialect)}"
        yield ""
        if self.torch:
            if problem.training is not None:
                yield "optimiser.zero_grad()" if self._by_library else "for p in parameters: p.grad = None"
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
        if self.computation.counted:
            before = training.updates
            number = f"iteration + {before}" if before else "iteration"
            yield f"t = {number if has_several(self.problem) else before + 1}  # the number of the update"
        yield from self._scheduled()
        if self.torch and not self._by_library and not all(own.held for own in arrays):
            yield "with torch.no_grad():"
        names = {own.name: f"{own.name}.grad" if self.torch else own.gradient for own in arrays}
        norm = self.computation.norm(names)
        if norm is not None:
            yield f"{'    ' if self.torch else ''}norm = {written(norm, self.dialect)}  # of all gradients"
        for own in arrays:
            mask = None
            if own.trained is not None:
                flags = np.array(own.trained, dtype=int).tolist()
                mask = f"{'torch.tensor' if self.torch else 'np.array'}({flags})"
            if self._by_library:
                if own.held:
                    yield f"{own.name}.grad.zero_()"
                elif mask is not None:
                    yield f"{own.name}.grad *= {mask}"
                continue
            if own.held:
                continue
            gradient = f"{own.name}.grad" if self.torch else own.gradient
            for name, expression in self.computation.found(own, gradient):
                yield f"{'    ' if self.torch else ''}{name} = {written(expression, self.dialect)}"
            change = self.computation.change(own, gradient)
            sign = "-=" if isinstance(change, Negation) else "+="
            text = written(change.operands[0] if isinstance(change, Negation) else change, self.dialect)
            times = f" * {mask}" if mask is not None else ""
            yield f"{'    ' if self.torch else ''}{own.name} {sign} {text}{times}"
        if self._by_library:
            yield "optimiser.step()"

    def _scheduled(self) -> Iterator[str]:
        """The learning rate of this update, where it changes."""
        training, record, rate = self.problem.training, self.computation.schedule, self.computation.rate
        assert training is not None
        if training.rates:
            yield f"{RATE} = rates[{'iteration - 1' if has_several(self.problem) else 0}]"
        if record is not None and rate is not None:
            if record.every is not None:
                yield f"k = (t - 1) // {record.every}"
            yield f"{RATE} = {written(rate, NUMBERS)}"

    @property
    def _by_library(self) -> bool:
        """Whether PyTorch's own optimiser does the update."""
        training = self.problem.training
        if (
            not self.torch
            or training is None
            or training.rates
            or training.own_rates
            or training.schedule is not None
        ):
            return False
        return optimiser_of(training.optimiser).straight


def _number(entry: Entry) -> str:
    assert isinstance(entry, Given)
    return entry.text if _PLAIN.fullmatch(entry.text) else literal(entry.value)


def _depends(e: Expr) -> bool:
    """Whether a value depends on z by more than a condition."""
    if isinstance(e, Cases):
        return any(_depends(value) for value, _ in e.branches)
    return e == Variable("z") or any(_depends(child) for child in e.children)


def _line(words: str) -> str:
    return " ".join(words.split())
