"""The loss of a batch: its formula, and its derivative with respect to each output.

L = (sum or mean over samples) of Σ_m weight_m · scale_m · (sum or mean over outputs) ℓ_m(a_k, y_k), plus the
penalty strength · scale · Σ w² of L2 regularisation over all weights (biases are left out).
Shapes: predictions and targets are vectors (outputs,), per sample.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, chapter 6 and section 7.1.1.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import flint
import numpy as np

from nbsolve.arithmetic import ONE, Arithmetic, short
from nbsolve.catalogue import CANCELLATIONS, PENALTIES, SATURATED_PAIRS, Loss
from nbsolve.catalogue.softmaxes import Softmax
from nbsolve.errors import DomainError
from nbsolve.expr import (
    Applied,
    Expr,
    Function,
    Hadamard,
    Matrix,
    Negation,
    Number,
    Product,
    Quantity,
    Sum,
    Total,
    Variable,
    number,
    product,
    quotient,
    substitute,
    total,
    with_variables,
)
from nbsolve.formula import settled
from nbsolve.given import Given
from nbsolve.problem import wiring
from nbsolve.problem.functions import loss_of, softmax_of
from nbsolve.problem.model import Choice, LossTerm, Problem, Regulariser
from nbsolve.recorder import Recorder, forms
from nbsolve.saturation import at_target, pre_activation, saturated
from nbsolve.step import Form, Reason, Rule
from nbsolve.symbol import Partial, Role, Symbol, Unit, number_of
from nbsolve.values import Values, layer_activation


def literal(given: Given) -> Number:
    """A number of the problem file inside a formula, printed as written."""
    return Number(given.value, given.text)


@dataclass(frozen=True)
class Objective:
    """The loss of a batch of `samples` (their numbers in the file; a single one carries no number).

    `saturated` are the outputs whose loss is written through z, with its sign (see `catalogue.SATURATED_PAIRS`);
    `met` are outputs that are exactly 0 or 1 as they should be, where 0 · ln 0 is 0. `indicators` are targets of 0
    and 1, which say what of a loss of all outputs is left. `number`: that of a single sample in the file.
    `head`: the output layer that it is about, where the network has several of them with losses of their own.
    """

    problem: Problem
    samples: Sequence[int | None]
    saturated: Mapping[Symbol, int] = field(default_factory=dict)
    met: Mapping[Symbol, int] = field(default_factory=dict)
    indicators: Mapping[Symbol, int] = field(default_factory=dict)
    number: int | None = None
    head: int | None = None

    def weight_of(self, sample: int | None) -> Given | None:
        """What the loss of a sample is multiplied by; None for 1."""
        number = self.number if sample is None else sample
        if number is None or not self.problem.weighted:
            return None
        weight = self.problem.samples[number - 1].weight
        return None if weight is None or weight.value == ONE else weight

    def _weighted(self, loss: Expr, sample: int | None) -> Expr:
        weight = self.weight_of(sample)
        return loss if weight is None else product(literal(weight), loss)

    @property
    def depth(self) -> int:
        """The number of the output layer."""
        return self.head or len(self.problem.network.layers)

    @property
    def outputs(self) -> int:
        """The number of outputs."""
        return self.problem.network.layers[self.depth - 1].units

    @property
    def activation(self) -> str:
        """The name of the outputs' activation."""
        return self.problem.network.layers[self.depth - 1].activation.name

    @cached_property
    def terms(self) -> tuple[LossTerm, ...]:
        """The terms of the loss that are of these outputs."""
        every = self.problem.losses
        return every if self.head is None else tuple(term for term in every if term.layer == self.head)

    @cached_property
    def heads(self) -> tuple[Objective, ...]:
        """This objective as that of each output layer."""
        ends = wiring.ends(self.problem.network)
        return (self,) if len(ends) == 1 else tuple(replace(self, head=end) for end in ends)

    def of(self, term: LossTerm) -> Objective:
        """This objective as that of the output layer which a term of the loss belongs to."""
        return self if term.layer is None else replace(self, head=term.layer)

    def target(self, k: Unit | None, sample: int | None) -> Symbol:
        """y_k, or the vector y."""
        return Symbol(Role.TARGET, self.head, k, sample=sample)

    @property
    def softmax(self) -> Softmax | None:
        """The function of all outputs at once; None where each output has its own."""
        return softmax_of(self.problem.network.layers[self.depth - 1].activation)

    # ------------------------------------------------------------------ saturated outputs

    @property
    def paired(self) -> bool:
        """Whether a term of the loss has a formula of its own with the activation of the outputs."""
        return any(head._pair(term) is not None for head in self.heads for term in head.terms)

    def _pair(self, term: LossTerm) -> tuple[Expr, Expr, Expr] | None:
        return SATURATED_PAIRS.get((term.name, self.activation))

    def seeing(self, values: Values, arithmetic: Arithmetic) -> Objective:
        """This objective with the loss of saturated outputs written through z. Raises: Undecided."""
        return self._seen(values, arithmetic) if self.paired else self

    def _through_z(self, a: Symbol) -> dict[str, Expr]:
        """What stands for the output in the formulae of a pair: its z, and 1/p of a softmax."""
        own = pre_activation(a)
        z = Quantity(own)

        def ratio(k: int) -> Expr:
            difference = Sum((Quantity(own._replace(to=k)), Negation((z,))))
            return Function("exp", (difference,)) if self.softmax is None else self.softmax.power(difference)

        others = [number(1) if k == a.to else ratio(k) for k in range(1, self.outputs + 1)]
        return {"z": z, "odds": total(*others)}

    def _seen(self, values: Values, arithmetic: Arithmetic) -> Objective:
        found: dict[Symbol, int] = {}
        for head in self.heads:
            if any(head._pair(term) is not None for term in head.terms):
                vector = head.softmax is not None
                found |= saturated(head._predictions(), values, arithmetic, vector)
        return replace(self, saturated=found)

    @property
    def logarithmic(self) -> bool:
        """Whether a logarithm of the predictions is taken."""
        return any(loss_of(term).at_target for term in self.problem.losses)

    @property
    def bounded(self) -> bool:
        """Whether the outputs lie between 0 and 1, and are neither unless they are rounded."""
        return all(head._bounded for head in self.heads)

    @property
    def _bounded(self) -> bool:
        shares = self.softmax is not None and not self.softmax.logarithm
        return shares or self.activation == "sigmoid"

    def meeting(self, values: Values) -> Objective:
        """This objective, knowing which outputs meet their targets of 0 or 1 exactly, and those of a whole loss."""
        if not self.general:
            return replace(self, indicators=self._indicators(values))
        outputs = [output for head in self.heads for output in head._predictions()]
        return replace(self, met=at_target(outputs, values)) if self.logarithmic else self

    def _predictions(self) -> list[tuple[Symbol, Symbol]]:
        """The activations of every output for every sample, also after the update, each with its target."""
        return [
            (layer_activation(self.depth, k, sample, new), self.target(k, sample))
            for sample, new in itertools.product(self.samples, (False, True))
            for k in range(1, self.outputs + 1)
        ]

    # ------------------------------------------------------------------ the value

    def write_loss(self, recorder: Recorder, new: bool = False) -> None:
        """Write down the loss, its terms where there are several, and the penalty.

        Raises: DomainError, naming loss and predictions, for a prediction that the loss is not defined for.
        """
        slope = False
        try:
            self._write_loss(recorder, new)
            if not new and any(term.formula is not None for term in self.problem.losses):
                slope = True
                for head, sample in itertools.product(self.heads, self.samples):
                    recorder.require(head.derivatives(sample))
        except DomainError as error:
            raise self._undefined(recorder, new, slope, error) from error

    def _undefined(self, recorder: Recorder, new: bool, slope: bool, error: DomainError) -> DomainError:
        """Which loss (or the slope of which) is not defined, for which prediction of which output and sample."""
        heads = self.seeing(recorder.values, recorder.arithmetic).heads
        for head, sample in itertools.product(heads, self.samples):
            found = head._undefined_of(recorder, new, slope, sample)
            if found is not None:
                return found
        return error

    def _undefined_of(
        self, recorder: Recorder, new: bool, slope: bool, sample: int | None
    ) -> DomainError | None:
        """The prediction of one sample for which the loss of this output layer is not defined; None where it is."""
        names = " + ".join(term.written for term in self.terms)
        names = f"the derivative of {names}" if slope else names
        of_layer = "" if self.head is None else f" of layer {self.head}"
        for k in range(1, self.outputs + 1):
            alone = replace(self, samples=(sample,))
            formulae = [alone.derivative(k, sample)] if slope else alone.parts(k, sample, new)
            try:
                for formula in formulae:
                    recorder.require(formula)
            except DomainError as own:
                prediction = np.asarray(
                    recorder.values[layer_activation(self.depth, None, sample, new)]
                ).ravel()
                if all(loss_of(term).separable for term in self.terms):
                    prediction = prediction[k - 1 : k]
                single = self.outputs > 1 and prediction.size == 1
                where = (f" of output {k}" if single else "") + of_layer
                listed = ", ".join(short(value) for value in prediction[:6])
                found = DomainError(
                    f"{names} is not defined for the prediction {listed}{where}: it needs {own}"
                )
                found.sample = sample
                return found
        return None

    def parts(self, k: int, sample: int | None, new: bool) -> list[Expr]:
        """What output k adds to each term of the loss; the term itself where it does not split into outputs."""
        return [
            self.output_term(term, k, sample, new)
            if loss_of(term).separable
            else self.term(term, sample, new)
            for term in self.terms
        ]

    def _write_loss(self, recorder: Recorder, new: bool) -> None:
        seeing = self.seeing(recorder.values, recorder.arithmetic)

        def formulae(write: Callable[[Objective], Expr]) -> tuple[Form, ...]:
            """The loss through the predictions, and through z where one of them is saturated."""
            return forms(write(self), write(seeing), reasons=(Reason.DEFINITION, Reason.SATURATED))

        for sample in self.samples:
            if len(self.problem.losses) > 1:
                for index, term in enumerate(self.problem.losses, start=1):
                    symbol = Symbol(Role.TERM_LOSS, to=index, sample=sample, new=new)
                    own = formulae(lambda objective: objective.of(term).term(term, sample, new))  # noqa: B023
                    recorder.write(Rule.TERM_LOSS, symbol, own, sample=sample)
            if len(self.samples) > 1:
                symbol = Symbol(Role.SAMPLE_LOSS, sample=sample, new=new)
                own = formulae(lambda objective: objective.sample_loss(sample, new))  # noqa: B023
                recorder.write(Rule.SAMPLE_LOSS, symbol, own, sample=sample)
        if self.problem.regulariser is not None:
            penalty = Symbol(Role.PENALTY, new=new)
            unit = self.penalty(new)
            recorder.write(
                Rule.PENALTY,
                penalty,
                forms(self.penalty(new, matrix=True)),
                (penalty,),
                lambda atom: forms(unit),
            )
        recorder.write(
            Rule.LOSS, Symbol(Role.LOSS, new=new), formulae(lambda objective: objective._loss(new))
        )

    def _loss(self, new: bool) -> Expr:
        """The loss of the batch, from those of its samples where it has several."""
        if len(self.samples) == 1:
            data = self._weighted(self.sample_loss(self.samples[0], new), self.samples[0])
        else:
            data = total(
                *(
                    self._weighted(Quantity(Symbol(Role.SAMPLE_LOSS, sample=sample, new=new)), sample)
                    for sample in self.samples
                )
            )
            if self.problem.losses[0].over_samples == "mean":
                data = product(Number(flint.fmpq(1, len(self.samples))), data)
        if self.problem.regulariser is not None:
            data = total(data, Quantity(Symbol(Role.PENALTY, new=new)))
        return data

    def sample_loss(self, sample: int | None, new: bool = False) -> Expr:
        """The loss of one sample: its terms added, without the penalty."""
        terms = self.problem.losses
        if len(terms) == 1:
            weight = [] if terms[0].weight.value == ONE else [literal(terms[0].weight)]
            return product(*weight, self.of(terms[0]).term(terms[0], sample, new))
        parts: list[Expr] = []
        for m, term in enumerate(terms, start=1):
            own = Quantity(Symbol(Role.TERM_LOSS, to=m, sample=sample, new=new))
            parts.append(own if term.weight.value == ONE else product(literal(term.weight), own))
        return total(*parts)

    def term(self, term: LossTerm, sample: int | None, new: bool) -> Expr:
        """scale · (sum or mean over outputs) of one loss on one sample."""
        record = loss_of(term)
        if record.separable:
            body = total(*(self.output_term(term, k, sample, new) for k in range(1, self.outputs + 1)))
            if term.over_outputs == "mean" and self.outputs > 1:
                body = product(Number(flint.fmpq(1, self.outputs)), body)
        else:
            names = self._entries(term, sample, new) if record.entries else self._vectors(sample, new)
            body = self._left(with_variables(record.definition, names | _parameters(term)))
        return product(literal(term.scale), body) if term.scale.value != ONE else body

    def output_term(self, term: LossTerm, k: int, sample: int | None, new: bool = False) -> Expr:
        """ℓ(a_k, y_k), without scale."""
        a, y = (
            layer_activation(self.depth, k, sample, new),
            Quantity(self.target(k, sample)),
        )
        pair, side = self._pair(term), self.saturated.get(a)
        if pair is not None and side is not None:
            body = with_variables(pair[side], self._through_z(a) | {"y": y})
            return (
                body if term.log_base is None else quotient(body, Function("ln", (literal(term.log_base),)))
            )
        variables = {"a": Quantity(a), "y": y}
        return _in_base(with_variables(loss_of(term).definition, variables | _parameters(term)), term)

    def output_loss(self, k: int, sample: int | None) -> Expr | None:
        """Output k's contribution to the batch's loss; None where a loss does not split into outputs.

        Nor does that of several output layers: each has a term of its own.
        """
        if len(self.heads) > 1 or not all(loss_of(term).separable for term in self.terms):
            return None
        return total(
            *(
                product(_constant(self._factor(term, sample)), self.output_term(term, k, sample))
                for term in self.terms
            )
        )

    def penalty(self, new: bool = False, matrix: bool = False) -> Expr:
        """strength · scale · Σ w², divided by the number of samples where the problem says so."""
        regulariser = self.problem.regulariser
        assert regulariser is not None
        squares: list[Expr] = []
        for index, layer in enumerate(self.problem.network.layers, start=1):
            if matrix and layer.weights:
                weights = Quantity(Symbol(Role.WEIGHT, index, new=new))
                squared = regulariser.name == "l2"
                whole = Hadamard((weights, weights)) if squared else penalty_term(regulariser, weights)
                squares.append(Total((whole,)))
            if not matrix:
                for weight in wiring.own_weights(self.problem.network, index):
                    term = penalty_term(regulariser, Quantity(weight._replace(new=new)))
                    squares += term.operands if isinstance(term, Sum) else [term]
        scale = _penalty_factor(self.problem, len(self.samples))
        return product(_constant(scale), Quantity(Symbol(Role.STRENGTH)), total(*squares))

    # ------------------------------------------------------------------ the derivative

    def derivative(self, k: Unit, sample: int | None) -> Expr:
        """∂L/∂a_k; by its name where it is given."""
        if self.problem.given_gradient:
            return self._named(k, sample)
        terms = []
        for term in self.terms:
            record = loss_of(term)
            body = self._derivative_body(term, record.derivative, k, sample)
            terms.append(_scaled(self.coefficient(term, record, sample), body))
        return total(*terms)

    def _derivative_body(self, term: LossTerm, formula: Expr, k: Unit, sample: int | None) -> Expr:
        """A loss's derivative in output k, with the problem's quantities in it."""
        a_k = layer_activation(self.depth, k, sample)
        pair = self._pair(term)
        met = loss_of(term).at_target.get(self.met.get(a_k, -1))
        seen = pair is None or a_k in self.saturated or self.softmax is not None
        if met is not None and seen:
            formula = met
        elif pair is not None and a_k in self.saturated and formula is loss_of(term).derivative:
            formula = with_variables(pair[0], self._through_z(a_k))
        variables: dict[str, Expr] = {
            "a_k": Quantity(a_k),
            "y_k": Quantity(self.target(k, sample)),
        }
        if entries := loss_of(term).entries:
            formula = entries[number_of(k) - 1]
            variables = self._entries(term, sample, False)
        elif loss_of(term).separable:
            variables |= {"a": variables["a_k"], "y": variables["y_k"]}
        else:
            variables |= self._vectors(sample, False)
        return self._left(with_variables(formula, variables | _parameters(term)))

    def plain_derivative(self, k: Unit, sample: int | None) -> Expr:
        """∂L/∂a_k before it is simplified: constants apart, fractions as the rules give them."""
        if self.problem.given_gradient:
            return self._named(k, sample)
        terms = []
        for term in self.terms:
            record = loss_of(term)
            factors: list[Expr] = [
                literal(given) for given in (term.weight, term.scale) if given.value != ONE
            ]
            rest = self._factor(term) / (term.weight.value * term.scale.value)
            factors += [_constant(rest), _constant(flint.fmpq(record.coefficient))]
            if term.log_base is not None:
                factors.append(quotient(number(1), Function("ln", (literal(term.log_base),))))
            body = self._derivative_body(term, record.plain or record.derivative, k, sample)
            terms.append(_scaled(factors, body))
        return total(*terms)

    def derivatives(self, sample: int | None) -> Expr:
        """The vector of ∂L/∂a_k, shape (outputs,)."""
        if self.problem.given_gradient:
            return self._named(None, sample)
        outputs = range(1, self.outputs + 1)
        special = {*self.saturated, *self.met}
        seen = any(layer_activation(self.depth, k, sample) in special for k in outputs)
        if seen or not self.general:
            return Matrix(tuple((self.derivative(k, sample),) for k in outputs))
        a = Quantity(layer_activation(self.depth, None, sample))
        y = Quantity(self.target(None, sample))
        together = all(loss_of(term).separable for term in self.terms)
        terms = []
        for term in self.terms:
            record = loss_of(term)
            slope = with_variables(record.derivative, _parameters(term))
            if record.separable and not together:  # beside one that looks at all outputs: a_k is its own one
                slope = with_variables(slope, {"a": Variable("a_k"), "y": Variable("y_k")})
            terms.append(product(*self.coefficient(term, record, sample), slope))
        definition = total(*terms)
        if together:
            return Applied("loss", definition, (("a", a), ("y", y)), primes=1)
        return Applied("loss", definition, (("a_k", a), ("y_k", y)), (("a", a), ("y", y)), primes=1)

    def _named(self, k: Unit | None, sample: int | None) -> Expr:
        return Quantity(Partial(Symbol(Role.LOSS), layer_activation(self.depth, k, sample)))

    def cancelled(self, k: Unit | None, sample: int | None, values: Values) -> Expr | None:
        """∂L/∂z_k where loss and activation of the output cancel (a − y); None where they do not.

        k of None is the whole vector.
        """
        if len(self.terms) != 1:
            return None
        term = self.terms[0]
        body = CANCELLATIONS.get((term.name, self.activation))
        if body is None:
            return None
        targets = [self.target(i, sample) for i in range(1, self.outputs + 1)]
        target_sum: Expr = total(*(Quantity(symbol) for symbol in targets))
        if all(symbol in values for symbol in targets) and sum(values[symbol] for symbol in targets) == ONE:
            target_sum = number(1)
        filled = with_variables(
            body,
            {
                "a": Quantity(layer_activation(self.depth, k, sample)),
                "y": Quantity(self.target(k, sample)),
                "target_sum": target_sum,
                **_parameters(self.problem.network.layers[self.depth - 1].activation),
            },
        )
        factors = filled.operands if isinstance(filled, Product) else (filled,)
        return product(*self.coefficient(term, loss_of(term), sample), *map(_simplified, factors))

    def cancelled_in(self, z: Symbol, values: Values) -> Expr | None:
        """`cancelled` of a pre-activation; None for one of another layer than an output layer."""
        for head in self.heads:
            if z.layer == head.depth:
                return head.cancelled(z.to, z.sample, values)
        return None

    def coefficient(self, term: LossTerm, record: Loss, sample: int | None = None) -> list[Expr]:
        """The constant factors of one loss in the derivative of the batch's loss."""
        factors: list[Expr] = [_constant(self._factor(term, sample) * record.coefficient)]
        if term.log_base is not None:
            factors.append(quotient(number(1), Function("ln", (literal(term.log_base),))))
        return factors

    def _factor(self, term: LossTerm, sample: int | None = None) -> flint.fmpq:
        """weight · scale, divided by the outputs and samples that are averaged over, times the sample's weight."""
        factor = term.weight.value * term.scale.value
        weight = self.weight_of(sample)
        if weight is not None:
            factor *= weight.value
        if term.over_outputs == "mean" and loss_of(term).separable:
            factor /= self.outputs
        return factor / len(self.samples) if term.over_samples == "mean" else factor

    @property
    def general(self) -> bool:
        """Whether one formula gives ∂L/∂a_k for every output k."""
        return not any(loss_of(term).entries for term in self.terms)

    def _indicators(self, values: Values) -> dict[Symbol, int]:
        """The targets that are 0 or 1."""
        targets = (
            head.target(k, s) for head in self.heads for s in self.samples for k in range(1, head.outputs + 1)
        )
        return {y: int(values[y] == ONE) for y in targets if y in values and values[y] in (0, 1)}

    def _left(self, body: Expr) -> Expr:
        """What is left of a loss of all outputs where targets are 0 or 1."""
        if not self.indicators:
            return body

        def known(node: Expr) -> Expr | None:
            if not (isinstance(node, Quantity) and isinstance(node.atom, Symbol)):
                return None
            indicator = self.indicators.get(node.atom)
            return None if indicator is None else number(indicator)

        return settled(substitute(body, known))

    def _entries(self, term: LossTerm, sample: int | None, new: bool) -> dict[str, Expr]:
        """a_1, y_1, a_2, … of a loss of all outputs."""
        found: dict[str, Expr] = {}
        for k in range(1, self.outputs + 1):
            found[f"a_{k}"] = Quantity(layer_activation(self.depth, k, sample, new))
            found[f"y_{k}"] = Quantity(self.target(k, sample))
        return found

    def _vectors(self, sample: int | None, new: bool) -> dict[str, Expr]:
        return {
            "a": Quantity(layer_activation(self.depth, None, sample, new)),
            "y": Quantity(self.target(None, sample)),
        }


def penalty_term(regulariser: Regulariser, weight: Expr) -> Expr:
    """What a weight adds to the penalty, without scale and strength: w², |w| …"""
    slots = {name: literal(given) for name, given in regulariser.settings.items()}
    return with_variables(PENALTIES[regulariser.name].term, {**slots, "w": weight})


def penalty_slope(regulariser: Regulariser, weight: Expr) -> Expr:
    """The derivative of what a weight adds, without the record's coefficient: w, sign(w) …"""
    slots = {name: literal(given) for name, given in regulariser.settings.items()}
    return with_variables(PENALTIES[regulariser.name].slope, {**slots, "w": weight})


def penalty_gradient(problem: Problem, samples: int, weight: Symbol) -> Expr:
    """∂penalty/∂w = 2 · scale · strength · w of L2 (for a matrix of weights: of each entry)."""
    regulariser = problem.regulariser
    assert regulariser is not None
    factor = PENALTIES[regulariser.name].coefficient * _penalty_factor(problem, samples)
    slope = penalty_slope(regulariser, Quantity(weight))
    return product(_constant(factor), Quantity(Symbol(Role.STRENGTH)), slope)


def _penalty_factor(problem: Problem, samples: int) -> flint.fmpq:
    assert problem.regulariser is not None
    scale = problem.regulariser.scale.value
    return scale / samples if problem.regulariser.over_samples == "mean" else scale


def _constant(value: flint.fmpq) -> Number:
    return Number(value)


def _parameters(chosen: LossTerm | Choice) -> dict[str, Expr]:
    return {name: literal(given) for name, given in chosen.parameters.items()}


def _scaled(coefficient: list[Expr], body: Expr) -> Expr:
    """coefficient · body, with the sign of the body in front."""
    if isinstance(body, Negation):
        return Negation((product(*coefficient, body.operands[0]),))
    return product(*coefficient, body)


def _in_base(expression: Expr, term: LossTerm) -> Expr:
    """Natural logarithms replaced by logarithms to the loss's base."""
    if term.log_base is None:
        return expression
    base = literal(term.log_base)

    def replaced(node: Expr) -> Expr | None:
        if isinstance(node, Function) and node.name == "ln":
            return Function("log", (base, *(substitute(operand, replaced) for operand in node.operands)))
        return None

    return substitute(expression, replaced)


def _simplified(expression: Expr) -> Expr:
    """p · 1 − y written as p − y."""
    return substitute(expression, lambda node: product(*node.operands) if isinstance(node, Product) else None)
