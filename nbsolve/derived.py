"""Quantities that no step of a pass writes down but that can be asked for, each with the step that finds it.

e_k = y_k − a_k. L_k is output k's contribution to the batch's loss; where a loss splits into outputs,
∂L_k/∂a_i = Σ_j ∂L_k/∂a_j · ∂a_j/∂z_j · w_ji from one layer to the one before, whatever the way of explaining.
δ = ±∂L/∂z where the explanation has no δ; the loss of one sample; L − L_new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nbsolve.catalogue import OPTIMISERS
from nbsolve.expr import (
    Expr,
    Function,
    Hadamard,
    MatrixProduct,
    Negation,
    Quantity,
    Sum,
    Transpose,
    number,
    product,
    total,
    with_variables,
)
from nbsolve.layers.complete import write_local_derivatives
from nbsolve.layers.dense import LOSS, Dense
from nbsolve.layers.gradient import unit_of
from nbsolve.layers.parameters import held_members
from nbsolve.objective import Objective
from nbsolve.recorder import Recorder, forms
from nbsolve.solution import Iteration, Solution
from nbsolve.step import Form, Reason, Rule, Step
from nbsolve.symbol import Partial, Role, Symbol, number_of
from nbsolve.values import Values

__all__ = ["Derived", "derive", "known_step", "write_derived"]


_THROUGH_Z = (Reason.DEFINITION, Reason.SATURATED)


@dataclass(frozen=True)
class Derived:
    """The values of an iteration together with those derived from them, and the steps that find these."""

    values: Values
    steps: tuple[Step, ...]


def derive(solution: Solution, iteration: Iteration) -> Derived:
    """Compute the quantities that follow from an iteration's values but are no part of its steps."""
    rounding = solution.problem.rounding
    each_step = rounding.apply == "each_step" and solution.rounded
    digits = rounding.intermediates if each_step else None
    values = iteration.values.copied()
    recorder = Recorder(iteration.number, solution.arithmetic, digits, True, values)
    write_derived(recorder, solution, iteration.labels)
    return Derived(values, tuple(recorder.steps))


def write_derived(recorder: Recorder, solution: Solution, labels: Sequence[int | None]) -> None:
    """Write down what the passes did not."""
    problem = solution.problem
    output = solution.layers[-1]
    objective = Objective(problem, labels).meeting(recorder.values)
    seeing = objective.seeing(recorder.values, recorder.arithmetic) if problem.losses else objective
    for label in labels:
        if problem.samples[0].target is not None:
            _errors(recorder, output, label)
        if not problem.losses:
            for layer in solution.layers:
                write_local_derivatives(recorder, layer, label)
            continue
        _signals(recorder, solution, label)
        if objective.output_loss(1, label) is not None:
            _output_losses(recorder, (objective, seeing), output, label)
            for k in output.units:
                _backwards(recorder, solution, seeing, k, label)
    after = Symbol(Role.LOSS, new=True) in recorder.values.stored
    if problem.losses and tuple(labels) == (None,):
        for new in (False, True) if after else (False,):
            alone = forms(objective.sample_loss(None, new), seeing.sample_loss(None, new), reasons=_THROUGH_Z)
            recorder.write(Rule.SAMPLE_LOSS, Symbol(Role.SAMPLE_LOSS, new=new), alone)
    if after:
        fall = Sum((Quantity(LOSS), Negation((Quantity(Symbol(Role.LOSS, new=True)),))))
        recorder.write(Rule.LOSS_DECREASE, Symbol(Role.LOSS_DECREASE), forms(fall))


def _errors(recorder: Recorder, output: Dense, label: int | None) -> None:
    def error(k: int | None) -> Expr:
        y, a = Symbol(Role.TARGET, to=k, sample=label), output.a(k, label)
        return Sum((Quantity(y), Negation((Quantity(a),))))

    recorder.write(
        Rule.ERROR,
        Symbol(Role.ERROR, sample=label),
        forms(error(None)),
        [Symbol(Role.ERROR, to=k, sample=label) for k in output.units],
        lambda atom: forms(error(unit_of(atom))),
        label,
    )


def _signals(recorder: Recorder, solution: Solution, label: int | None) -> None:
    """δ in terms of ∂L/∂z."""
    for layer in solution.layers:
        whole = Symbol(Role.DELTA, layer.index, sample=label)
        if whole in recorder.values.stored:
            continue

        def signal(j: int | None, layer: Dense = layer) -> Expr:
            gradient = Quantity(Partial(LOSS, layer.z(j, label)))
            return Negation((gradient,)) if solution.how.sign < 0 else gradient

        recorder.write(
            Rule.DELTA,
            whole,
            forms(signal(None)),
            [Symbol(Role.DELTA, layer.index, j, sample=label) for j in layer.units],
            lambda atom, signal=signal: forms(signal(unit_of(atom))),  # type: ignore[misc]
            label,
        )


def _output_losses(
    recorder: Recorder, objectives: tuple[Objective, Objective], output: Dense, label: int | None
) -> None:
    def loss(k: int) -> tuple[Form, ...]:
        plain, seeing = (objective.output_loss(k, label) for objective in objectives)
        assert plain is not None
        assert seeing is not None
        return forms(plain, seeing, reasons=_THROUGH_Z)

    members = [Symbol(Role.OUTPUT_LOSS, to=k, sample=label) for k in output.units]
    recorder.write_units(Rule.OUTPUT_LOSS, members, lambda atom: loss(unit_of(atom)), label)


def _backwards(
    recorder: Recorder, solution: Solution, objective: Objective, k: int, label: int | None
) -> None:
    """∂L_k/∂a of every layer, from the last to the first."""
    output = solution.layers[-1]
    loss = Symbol(Role.OUTPUT_LOSS, to=k, sample=label)
    recorder.write_units(
        Rule.LOSS_DERIVATIVE,
        [Partial(loss, output.a(j, label)) for j in output.units],
        lambda atom: forms(objective.derivative(k, label) if unit_of(atom) == k else number(0)),
        label,
    )
    for layer in reversed(solution.layers[1:]):
        _Back(solution, layer, loss, [k] if layer is output else list(layer.units)).write(recorder)


@dataclass(frozen=True)
class _Back:
    """Takes ∂L_k/∂a back from one layer to the layer before; `through` are the units whose ∂L_k/∂a is not 0."""

    solution: Solution
    layer: Dense
    loss: Symbol
    through: Sequence[int]

    def write(self, recorder: Recorder) -> None:
        label, layer = self.loss.sample, self.layer
        members = [Partial(self.loss, layer.source(i, label)) for i in range(1, layer.inputs + 1)]
        share = Symbol(Role.SHARE, layer.index - 1, sample=label)
        if (
            layer is self.solution.layers[-1]
            and not layer.activation.vector
            and share in recorder.values.stored
        ):
            # a share that was written down keeps the rounding it was written with
            k = self.through[0]
            recorder.write_units(
                Rule.PATH_SUM,
                members,
                lambda atom: forms(
                    Quantity(Symbol(Role.SHARE, layer.index - 1, unit_of(atom), k, sample=label))
                ),
                label,
            )
            return
        recorder.write(
            Rule.PATH_SUM,
            Partial(self.loss, layer.source(None, label)),
            forms(MatrixProduct((Transpose((Quantity(layer.w()),)), self._signal()))),
            members,
            lambda atom: self._forms(unit_of(atom)),
            label,
        )

    def _signal(self) -> Expr:
        """∂L_k/∂z of the whole layer."""
        layer, label = self.layer, self.loss.sample
        upstream = Quantity(Partial(self.loss, layer.a(None, label)))
        if not layer.activation.vector:
            return Hadamard((upstream, self._slope(None)))
        p = Quantity(layer.a(None, label))
        return Hadamard((p, Sum((upstream, Negation((Function("dot", (p, upstream)),))))))

    def _slope(self, j: int | None) -> Expr:
        layer, label = self.layer, self.loss.sample
        if self.solution.how.way == "local_derivatives":
            return Quantity(Partial(layer.a(j, label), layer.z(j, label)))
        return layer.derivative(j, label)

    def _forms(self, i: int) -> tuple[Form, ...]:
        layer, label = self.layer, self.loss.sample
        chain: list[Expr] = []
        factors: list[Expr] = []
        for k in self.through:
            upstream = Quantity(Partial(self.loss, layer.a(k, label)))
            for j in layer.units if layer.activation.vector else [k]:
                local = Quantity(Partial(layer.a(k, label), layer.z(j, label)))
                step = Quantity(Partial(layer.z(j, label), layer.source(i, label)))
                chain.append(product(upstream, local, step))
                own = layer.jacobian(k, j, label) if layer.activation.vector else self._slope(j)
                factors.append(product(upstream, own, Quantity(layer.w(j, i))))
        return forms(total(*chain), total(*factors), reasons=(Reason.CHAIN_RULE, Reason.LOCAL_DERIVATIVES))


def known_step(atom: Symbol | Partial, solution: Solution, values: Values, iteration: int) -> Step:
    """The step of a quantity that needs none: what is given or carried over, ∂z/∂w = a, an entry of a Jacobian."""
    formula: Expr = Quantity(atom)
    if isinstance(atom, Symbol) and (atom.change or atom.new):
        formula = _update(atom, solution)
    elif isinstance(atom, Partial) and atom.of.role is Role.PRE_ACTIVATION:
        formula = _of_sum(atom)
    elif isinstance(atom, Partial) and atom.of.role is Role.ACTIVATION and atom.of.to is not None:
        layer = solution.layers[(atom.of.layer or 1) - 1]
        k, j = number_of(atom.of.to), number_of(atom.wrt.to)
        if layer.activation.vector:
            formula = layer.jacobian(k, j, atom.of.sample)
        elif k != j:
            formula = number(0)
    return Step(Rule.GIVEN, atom, forms(formula), values, iteration, atom.sample)


def _update(atom: Symbol, solution: Solution) -> Expr:
    """Δw by the optimiser's rule; 0 where w is held, and then w_new = w."""
    old = atom._replace(new=False, change=False)
    training = solution.problem.training
    held_ones = [one for one in held_members(solution.layers[(atom.layer or 1) - 1]) if one.role is atom.role]
    if held_ones and atom.to is None and not atom.shared:
        return Quantity(atom)  # of a matrix of which some are held there is no formula in one piece
    held = training is None or old in held_ones
    if held or atom.new or training is None:
        return Quantity(old) if atom.new else number(0)
    slots = {"learning_rate": Quantity(Symbol(Role.LEARNING_RATE)), "gradient": Quantity(Partial(LOSS, old))}
    return with_variables(OPTIMISERS[training.optimiser.name].change, slots)


def _of_sum(partial: Partial) -> Expr:
    """∂z/∂w = a, ∂z/∂a = w, ∂z/∂b = 1, ∂z/∂θ = −1."""
    z, wrt = partial.of, partial.wrt
    if wrt.role in (Role.BIAS, Role.THRESHOLD):
        return number(1 if wrt.role is Role.BIAS else -1)
    if wrt.role is Role.WEIGHT and wrt.layer is not None:
        below = Symbol(Role.ACTIVATION, wrt.layer - 1) if wrt.layer > 1 else Symbol(Role.INPUT)
        return Quantity(Symbol(below.role, below.layer, wrt.from_, sample=z.sample))
    return Quantity(Symbol(Role.WEIGHT, z.layer, z.to, wrt.to))
