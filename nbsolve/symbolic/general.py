"""General formulae: what holds for every unit of a layer at once, with index variables.

∂L/∂w_ij = ∂L/∂z_j · a_i of a layer, with ∂L/∂z_j put in from the layers after it; sums run over the next
layer's units. `instantiated` gives back the instances.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nbsolve.blocks.dense import Dense
from nbsolve.expr import Expr, Quantity, product, total
from nbsolve.objective import penalty_gradient
from nbsolve.recorder import forms
from nbsolve.solving.chain_rule import times
from nbsolve.solving.solution import Solution
from nbsolve.step import Form, Reason, Rule, Step
from nbsolve.symbol import LOSS, Index, Partial, Symbol, Unit
from nbsolve.symbolic.backward import Backward
from nbsolve.symbolic.index_letters import index_variables
from nbsolve.symbolic.output import Output
from nbsolve.symbolic.slopes import spelled_out
from nbsolve.symbolic.summing import OverIndices
from nbsolve.values import Values


@dataclass(frozen=True)
class General:
    """General formulae: `factors` (∂L/∂a, ∂a/∂z), `linear` (∂z/∂w, ∂z/∂b, ∂z/∂a), `signals`, `gradients`."""

    factors: tuple[Step, ...]
    linear: tuple[Step, ...]
    signals: tuple[Step, ...]
    gradients: tuple[Step, ...]


@dataclass(frozen=True)
class _Writer:
    """Writes general formulae; `source` and `own` are the index variables of a weight's two ends."""

    backward: Backward
    source: Index
    own: Index
    values: Values

    def linear(self, layer: Dense) -> Iterator[Step]:
        """∂z_j/∂w_ij = a_i, ∂z_j/∂b_j = 1, and ∂z_j/∂a_i = w_ij where it is needed."""
        i, j = self._ends(layer)
        yield self._local(layer.z(j), layer.w(j, i))
        constant = layer.constant(j)
        if constant is not None:
            yield self._local(layer.z(j), constant)
        if layer.index > 1:
            yield self._local(layer.z(j), layer.source(i))

    def factors(self, layer: Dense) -> Iterator[Step]:
        """∂L/∂a_j of the output, ∂a_j/∂z_j of any layer; for a softmax ∂a_k/∂z_j."""
        _, j = self._ends(layer)
        output = self.backward.outputs[0]
        known = not output.objective.problem.given_gradient and (
            output.objective.general or isinstance(j, int)
        )
        if output.is_activation(layer.a(j)) and known:
            target = Partial(LOSS, layer.a(j))
            yield Step(Rule.LOSS_DERIVATIVE, target, output.activation_forms(j), self.values, 1)
        if layer.joint:
            assert isinstance(j, Index)
            yield self._local(layer.a(output.other(j)), layer.z(j))
            return
        slope = self.backward.graph.derivative(layer.a(j), layer.z(j))
        assert slope is not None
        target = Partial(layer.a(j), layer.z(j))
        if slope == Quantity(target):  # each unit has a function of its own
            return
        yield Step(Rule.LOCAL_DERIVATIVE, target, forms(*spelled_out(slope)), self.values, 1)

    def signal(self, layer: Dense) -> Iterator[Step]:
        """∂L/∂z_j of a layer whose error signals keep their name."""
        _, j = self._ends(layer)
        output = self.backward.outputs[0]
        target = Partial(LOSS, layer.z(j))
        if output.joint and output.is_activation(layer.a(j)):
            chain = output.chain(j)
            inside = output.jacobian_sum(j)
            steps = [Form(chain, Reason.CHAIN_RULE), Form(inside, Reason.LOCAL_DERIVATIVES)]
            cancelled = output.in_pre_activation(j)
            if cancelled != Quantity(target):
                steps.append(Form(cancelled, Reason.CANCELLATION))
            yield Step(Rule.OUTPUT_SIGNAL, target, tuple(steps), self.values, 1)
        elif layer.index in self.backward.named:
            found = forms(
                self.backward.full_chain(layer.z(j)),
                self.backward.full_closed(layer.z(j)),
                reasons=(Reason.CHAIN_RULE, Reason.LOCAL_DERIVATIVES),
            )
            yield Step(Rule.DELTA, target, found, self.values, 1)

    def gradients(self, layer: Dense) -> Iterator[Step]:
        """∂L/∂w_ij and ∂L/∂b_j."""
        i, j = self._ends(layer)
        yield self._gradient(layer.z(j), layer.w(j, i))
        constant = layer.constant(j)
        if constant is not None and not constant.shared and isinstance(j, Index):
            yield self._gradient(layer.z(j), constant)

    def _gradient(self, z: Symbol, wrt: Symbol) -> Step:
        local = self.backward.graph.derivative(z, wrt)
        assert local is not None
        closed = times(self.backward.closed(z), local)
        chain = product(self.backward.chain(z), Quantity(Partial(z, wrt)))
        problem = self.backward.outputs[0].objective.problem
        penalty = penalty_gradient(problem, 1, wrt)
        if penalty is not None:
            chain, closed = total(chain, penalty), total(closed, penalty)
        found = forms(chain, closed, reasons=(Reason.CHAIN_RULE, Reason.LOCAL_DERIVATIVES))
        return Step(Rule.PARAMETER_GRADIENT, Partial(LOSS, wrt), found, self.values, 1)

    def _ends(self, layer: Dense) -> tuple[Unit, Unit]:
        """The places of a weight's two ends; a layer of one unit has its number."""
        return self.source if layer.inputs > 1 else 1, self.own if layer.layer.units > 1 else 1

    def _local(self, of: Symbol, wrt: Symbol) -> Step:
        local = self.backward.graph.derivative(of, wrt)
        assert local is not None
        return self._step(Rule.LOCAL_DERIVATIVE, Partial(of, wrt), local)

    def _step(self, rule: Rule, target: Partial, expression: Expr) -> Step:
        return Step(rule, target, forms(expression), self.values, 1)


def general_formulae(solution: Solution, output: Output, named: frozenset[int]) -> General:
    """The general formulae of every layer, from the last to the first (a sample that stands for any)."""
    problem = solution.problem
    source, own, *after = index_variables(problem, len(solution.layers) + 2)
    factors: list[Step] = []
    linear: list[Step] = []
    signals: list[Step] = []
    gradients: list[Step] = []
    for layer in reversed(solution.layers):
        # the next layers' index variables, in the order in which they are met
        later = solution.layers[layer.index :]
        indices = {one.index: after[n] for n, one in enumerate(later)}
        # a softmax's units act on those of its own layer
        indices[layer.index] = after[len(later)]
        backward = Backward(
            output.graph,
            solution.layers,
            (replace(output),),
            output.sample,
            named,
            OverIndices(indices),
        )
        writer = _Writer(backward, source, own, output.values)
        factors.extend(writer.factors(layer))
        linear.extend(writer.linear(layer))
        signals.extend(writer.signal(layer))
        if layer.layer.units * layer.inputs > 1:
            gradients.extend(writer.gradients(layer))
    return General(tuple(factors), tuple(linear), tuple(signals), tuple(gradients))
