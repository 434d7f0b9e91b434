"""The steps of a pass in letters, unit by unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from nbsolve.blocks.dense import Dense
from nbsolve.blocks.network import network_graph
from nbsolve.expr import Atom, Expr, Quantity, product, total
from nbsolve.graph.node import array_of
from nbsolve.recorder import forms
from nbsolve.solving.chain_rule import times
from nbsolve.solving.forward import write_forward
from nbsolve.solving.solution import Solution
from nbsolve.solving.update import write_norm, write_rate, write_update
from nbsolve.step import Form, Reason, Rule, Step
from nbsolve.symbol import LOSS, Partial, Role, Symbol, number_of
from nbsolve.symbolic.backward import Backward
from nbsolve.symbolic.output import Output
from nbsolve.symbolic.recorder import LetterRecorder
from nbsolve.symbolic.slopes import spelled_out
from nbsolve.values import Values

Penalty = Callable[[Symbol], Expr | None]


@dataclass(frozen=True)
class Steps:
    """Makes the steps of one pass; `values` is what is known in numbers."""

    values: Values

    def step(self, rule: Rule, target: Atom, its_forms: tuple[Form, ...], sample: int | None = None) -> Step:
        """A step of a single unit."""
        return Step(rule, target, its_forms, self.values, 1, sample)

    # ------------------------------------------------------------------ forward and loss

    def forward(self, solution: Solution, labels: Sequence[int | None]) -> Iterator[Step]:
        """z and a of every unit, layer by layer."""
        graph = network_graph(solution.layers, labels)
        recorder = self._recorder(solution)
        for place in range(0, len(graph.nodes), 2):
            node = graph.nodes[place + 1]
            write_forward(recorder, graph, graph.nodes[place : place + 2])
            linear, activation = recorder.steps
            recorder.steps.clear()
            if graph.slope(node, "z") is None:  # each share needs all the sums
                yield from (*linear.units, *activation.units)
                continue
            for pair in zip(linear.units, activation.units, strict=True):
                yield from pair

    def recorded(self, solution: Solution, write: Callable[[LetterRecorder], None]) -> Iterator[Step]:
        """The steps that `write` records, unit by unit."""
        recorder = self._recorder(solution)
        write(recorder)
        for step in recorder.steps:
            yield from step.units

    def _recorder(self, solution: Solution) -> LetterRecorder:
        return LetterRecorder(1, solution.arithmetic, None, values=self.values)

    # ------------------------------------------------------------------ factors

    def factors(self, backward: Backward) -> Iterator[Step]:
        """The local derivatives: ∂L/∂a of each output, then ∂a/∂z of each layer, from the last to the first."""
        label = backward.sample
        for output in backward.outputs:
            for k in () if output.objective.problem.given_gradient else output.layer.units:
                target = Partial(LOSS, output.layer.a(k, label))
                yield self.step(Rule.LOSS_DERIVATIVE, target, output.activation_forms(k), label)
        for layer in reversed(backward.layers):
            if layer.joint:
                yield from self._jacobian(backward, layer)
                continue
            for j in layer.units:
                target = Partial(layer.a(j, label), layer.z(j, label))
                slope = backward.graph.derivative(*target)
                assert slope is not None
                yield self.step(Rule.LOCAL_DERIVATIVE, target, forms(*spelled_out(slope)), label)

    def _jacobian(self, backward: Backward, layer: Dense) -> Iterator[Step]:
        label, softmax = backward.sample, layer.softmax
        assert softmax is not None
        for j in layer.units:
            for k in layer.units:
                target = Partial(layer.a(k, label), layer.z(j, label))
                entry = backward.graph.derivative(*target)
                assert entry is not None
                found = [Form(entry)]
                if len(layer.units) == 2 and k == j and not softmax.logarithm:
                    both = product(*softmax.factor, *(Quantity(layer.a(unit, label)) for unit in layer.units))
                    found.append(Form(both, Reason.TWO_OUTPUTS))
                yield self.step(Rule.LOCAL_DERIVATIVE, target, tuple(found), label)

    # ------------------------------------------------------------------ signals

    def signals(self, backward: Backward) -> Iterator[Step]:
        """∂L/∂z where it gets a derivation: at an output that simplifies, and in layers that are named."""
        for layer in reversed(backward.layers):
            output = backward.ending_in(layer.z(None, backward.sample))
            if output is not None and output.simplifies:
                for j in layer.units:
                    yield self.output_signal(output, j)
            elif layer.index in backward.named:
                for j in layer.units:
                    yield self.on_demand(backward, layer.z(j, backward.sample))

    def output_signal(self, output: Output, j: int) -> Step:
        """∂L/∂z_j of the output where loss and activation simplify together."""
        target = Partial(LOSS, output.layer.z(j, output.sample))
        return self.step(Rule.OUTPUT_SIGNAL, target, output.pre_activation_forms(j), output.sample)

    def one_hot(self, backward: Backward) -> Iterator[Step]:
        """∂L/∂z_j for targets that add up to 1, where that is simpler and the targets are not known to do so."""
        for output in backward.outputs:
            for j in output.layer.units:
                short = output.one_hot(j)
                if short is not None:
                    target = Partial(LOSS, output.layer.z(j, output.sample))
                    own = (Form(short, Reason.ONE_HOT),)
                    yield self.step(Rule.OUTPUT_SIGNAL, target, own, output.sample)

    def on_demand(self, backward: Backward, entry: Symbol) -> Step:
        """∂L/∂z_j or ∂L/∂a_j of any unit: chain over every path, then closed form."""
        signal = entry.role is Role.PRE_ACTIVATION
        output = backward.ending_in(entry)
        if output is not None and output.simplifies:
            return self.output_signal(output, number_of(entry.to))
        chain, closed = backward.full_chain(entry), backward.full_closed(entry)
        reasons = (Reason.CHAIN_RULE, Reason.LOCAL_DERIVATIVES)
        rule = Rule.DELTA if signal else Rule.PATH_SUM
        return self.step(rule, Partial(LOSS, entry), forms(chain, closed, reasons=reasons), backward.sample)

    # ------------------------------------------------------------------ parameters

    def gradients(
        self, layers: Sequence[Dense], samples: Sequence[Backward], penalty: Penalty
    ) -> Iterator[Step]:
        """∂L/∂w and ∂L/∂b of every parameter: the chain over every path, then the closed form."""
        for layer in reversed(layers):
            for parameter in layer.parameters:
                for member in parameter.members:
                    yield self._gradient(layer, samples, member, penalty)

    def _gradient(self, layer: Dense, samples: Sequence[Backward], wrt: Symbol, penalty: Penalty) -> Step:
        chain: list[Expr] = []
        closed: list[Expr] = []
        for backward in samples:
            graph = backward.graph
            for node, slot in graph.users(array_of(wrt)):
                for of in graph.reached(node, slot, wrt) if node.sample == backward.sample else ():
                    local = graph.local(node, slot, of, wrt)
                    chain.append(product(self._parameter_chain(backward, of), Quantity(Partial(of, wrt))))
                    closed.append(times(backward.closed(of), local))
        shrinking = penalty(wrt)
        if shrinking is not None:
            chain, closed = [*chain, shrinking], [*closed, shrinking]
        its_forms = forms(
            total(*chain), total(*closed), reasons=(Reason.CHAIN_RULE, Reason.LOCAL_DERIVATIVES)
        )
        return self.step(Rule.PARAMETER_GRADIENT, Partial(LOSS, wrt), its_forms)

    def _parameter_chain(self, backward: Backward, z: Symbol) -> Expr:
        """The chain to z_j; through softmax over every output."""
        return backward.chain(z) if backward.ending_in(z) is None else backward.full_chain(z)

    def update(self, solution: Solution) -> Iterator[Step]:
        """The new parameters."""
        training = solution.problem.training
        if training is None:
            return

        def write(recorder: LetterRecorder) -> None:
            write_rate(recorder, training)
            if training.optimiser.clip == "norm":
                write_norm(recorder, solution.layers)
            for layer in solution.layers:
                write_update(recorder, layer, training, solution.how, False, False)

        yield from self.recorded(solution, write)
