"""Where the backward pass begins: the derivative of the loss with respect to the outputs of one sample."""

from __future__ import annotations

from dataclasses import dataclass

from nbsolve.blocks.dense import Dense
from nbsolve.expr import Atom, Expr, Negation
from nbsolve.objective import Objective, output_derivative, output_derivatives
from nbsolve.recorder import forms
from nbsolve.solving.backward import Backward
from nbsolve.solving.gradient import Gradient, unit_of, written
from nbsolve.step import Form, Reason, Rule
from nbsolve.symbol import LOSS, Partial, Symbol

__all__ = ["Seeds"]


@dataclass(frozen=True)
class Seeds:
    """∂L/∂a of an output layer's units, from the loss or as given. `sign` is −1 where it is to be turned round."""

    passes: Backward
    objective: Objective
    last: Dense
    sign: int = 1

    def write(self, label: int | None) -> None:
        """Hand ∂L/∂a to the pass; write it down first where the way of explaining asks for it."""
        output = self.last.a(None, label)
        named = written(output)
        if self.objective.problem.given_gradient:
            signed = lambda entry: self._signed(named.entry(entry))  # noqa: E731
            self.passes.found[output] = Gradient(self._signed(named.whole), signed, named.chain)
            return
        cancels = self.passes.cancelled(self.last.z(None, label)) is not None
        several = len(self.objective.terms) > 1
        asked = self.passes.how.way == "local_derivatives"

        def derivative(entry: Symbol) -> Expr:
            return self._signed(output_derivative(self.objective, unit_of(entry), label))

        if asked or (not cancels and (self.last.joint or several)):
            self._write_down(label, self.objective)
            self.passes.found[output] = Gradient(named.whole, named.entry, named.chain, derivative)
        else:
            whole = self._signed(output_derivatives(self.objective, label))
            self.passes.found[output] = Gradient(whole, derivative, named.chain)

    def write_missing(self, label: int | None) -> None:
        """Write ∂L/∂a down unless that has been done."""
        if Partial(LOSS, self.last.a(None, label)) not in self.passes.recorder.values.stored:
            self._write_down(label)

    def _write_down(self, label: int | None, plain: Objective | None = None) -> None:
        """Through z where an output is saturated, and through a before that."""
        recorder, output = self.passes.recorder, self.last.a(None, label)
        seeing = self.objective.seeing(recorder.values, recorder.arithmetic)

        def unit_forms(atom: Atom) -> tuple[Form, ...]:
            found = [output_derivative(of, unit_of(atom), label) for of in (plain, seeing) if of is not None]
            return forms(*map(self._signed, found), reasons=(Reason.DEFINITION, Reason.SATURATED))

        recorder.write(
            Rule.LOSS_DERIVATIVE,
            Partial(LOSS, output),
            forms(self._signed(output_derivatives(seeing, label))),
            [Partial(LOSS, entry) for entry in self.passes.graph.entries(output)],
            unit_forms,
            label,
        )

    def _signed(self, derivative: Expr) -> Expr:
        return Negation((derivative,)) if self.sign < 0 else derivative
