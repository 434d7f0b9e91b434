"""The data of a network's program: samples, parameters, masks, what its optimiser is given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nbsolve.given import Entry, Given
from nbsolve.notation import Names
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import Problem
from nbsolve.programs.arrays import each, entries_of, members, table
from nbsolve.programs.doubles import Doubles
from nbsolve.programs.identifiers import RATE
from nbsolve.programs.identifiers import STRENGTH as STRENGTH_NAME
from nbsolve.programs.jacobian import as_row, is_printed, vectors
from nbsolve.programs.literals import literal
from nbsolve.programs.python import Dialect
from nbsolve.programs.run import Run
from nbsolve.solving.update import setting
from nbsolve.symbol import LEARNING_RATE, STRENGTH, Symbol

__all__ = ["DataText"]

_PLAIN = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,17})?")


@dataclass(frozen=True)
class DataText:
    """Writes the data of one program, each entry beside its letter on the page."""

    run: Run
    names: Names
    dialect: Dialect

    @property
    def problem(self) -> Problem:
        """What is given."""
        return self.run.problem

    @property
    def by_library(self) -> bool:
        """Whether PyTorch's own optimiser does the update."""
        training = self.problem.training
        if (
            not self.dialect.torch
            or training is None
            or training.rates
            or training.own_rates
            or training.schedule is not None
        ):
            return False
        return optimiser_of(training.optimiser).straight

    def lines(self) -> Iterator[str]:
        """The data, the parameters, and what the optimiser has at the start."""
        problem = self.problem
        x, y = ("x", "y") if self.run.whole_batch else ("X", "Y")
        samples = [sample.input for sample in problem.samples]
        rows = "one row for each sample" if len(samples) > 1 else ""
        yield from self._array(x, table(samples), comment=rows)
        if problem.samples[0].target is not None:
            yield from self._array(y, table([sample.target or () for sample in problem.samples]))
        if problem.weighted:
            column = table([(sample.weight,) for sample in problem.samples if sample.weight is not None])
            yield from self._array(
                "v" if self.run.whole_batch else "V", column, comment="the weight of each sample"
            )
        if problem.given_gradient:
            given = table([sample.upstream or () for sample in problem.samples])
            name = "g" if self.run.whole_batch else "G"
            yield from self._array(name, given, comment="the gradient with respect to the outputs")
        for product, entries in vectors(problem) if is_printed(problem) else ():
            comment = f"multiplies the Jacobian from the {product.side}"
            yield from self._array(product.letter, as_row(entries), comment=comment)
        if self.dialect.torch and is_printed(problem):
            yield "x.requires_grad_()"
        for array, values in self.run.computation.given.items():
            yield self._given(array, values)
        for own in self.run.computation.arrays:
            yield from self._array(own.name, entries_of(problem, own), members(self.problem, own))
        for name, mask in self.run.computation.masks.items():
            make, end = (
                ("torch.tensor", ", dtype=torch.float64")
                if self.dialect.torch
                else ("np.array", ", dtype=float")
            )
            flags = str([[*row] if isinstance(row, tuple) else row for row in mask.flags])
            yield f"{name} = {make}({flags}{end})  # 1 for the {mask.ones}"
        if self.dialect.torch and problem.differentiated:
            listed = ", ".join(own.name for own in self.run.computation.arrays)
            yield f"parameters = [{listed}]"
            yield "for p in parameters:"
            yield "    p.requires_grad_()"
        if problem.training is not None:
            yield from self._rate()
            if self.by_library:
                yield f"optimiser = torch.optim.SGD(parameters, lr={RATE})"
            yield from self._state()
        if problem.regulariser is not None:
            yield self._constant(STRENGTH_NAME, problem.regulariser.strength, STRENGTH)

    def _given(self, name: str, rows: Sequence[Sequence[Given | None]]) -> str:
        """The values of units that are given, and nan elsewhere."""
        listed = ", ".join(
            f"[{', '.join('np.nan' if one is None else _number(one) for one in row)}]" for row in rows
        )
        name = f"given_{name}" if self.run.whole_batch else f"given_{name}".upper()
        return f"{name} = np.array([{listed}])  # given instead of computed, where it is a number"

    def _rate(self) -> Iterator[str]:
        """The learning rate, the rates of all iterations, or what its schedule is given."""
        training = self.problem.training
        assert training is not None
        rate = training.optimiser.parameters["learning_rate"]
        if training.own_rates:
            for own in self.run.computation.arrays:
                if not own.held:
                    yield from self._array(f"rate_{own.name}", self.run.start_of("rate", own))
        elif training.rates:
            listed = ", ".join(_number(one) for one in training.rates)
            letter = _line(self.names.plain(LEARNING_RATE))
            yield f"rates = [{listed}]  # {letter}, one for each iteration"
        elif training.schedule is None:
            yield self._constant(RATE, rate, LEARNING_RATE)
        else:
            yield self._constant(f"{RATE}_0", rate, setting("start"))
            for name, given in training.schedule.parameters.items():
                yield self._constant(name, given, setting(name))

    def _state(self) -> Iterator[str]:
        """The optimiser's settings, and what it has kept before the first update."""
        assert self.problem.training is not None
        for name in self.run.computation.rule.record.letters:
            yield self._constant(name, self.problem.training.optimiser.parameters[name], setting(name))
        zeros = "torch.zeros_like" if self.dialect.torch else "np.zeros_like"
        for equation in self.run.computation.rule.record.kept:
            for own in self.run.computation.arrays:
                if own.held:
                    continue
                state = self.run.computation.rule.state(equation, own.name)
                if equation.name in self.problem.training.state:
                    yield from self._array(state, self.run.start_of(equation.name, own))
                else:
                    yield f"{state} = {zeros}({own.name})"

    def _constant(self, name: str, given: Given, symbol: Symbol) -> str:
        return f"{name} = {_number(given)}  # {_line(self.names.plain(symbol))}"

    def _array(
        self, name: str, entries: Doubles, members: Doubles | None = None, comment: str = ""
    ) -> Iterator[str]:
        """An array, a line for each row, with the problem's names of its entries."""
        make = "torch.tensor" if self.dialect.torch else "np.array"
        numbers = each(_number, entries)
        whole = all(text.lstrip("-").isdigit() for text in numbers.reshape(-1))
        end = (", dtype=torch.float64" if self.dialect.torch else ", dtype=float") if whole else ""
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
        layer = symbol.layer and self.problem.network.layer(symbol.layer)
        return not layer or (symbol.to, symbol.from_) not in layer.missing


def _number(entry: Entry) -> str:
    assert isinstance(entry, Given)
    return entry.text if _PLAIN.fullmatch(entry.text) else literal(entry.value)


def _line(words: str) -> str:
    return " ".join(words.split())
