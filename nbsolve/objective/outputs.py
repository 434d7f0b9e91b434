"""The outputs that a loss is about: their targets, which are saturated, the constant factors of each term."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import flint

from nbsolve.arithmetic import ONE, Arithmetic
from nbsolve.catalogue import SATURATED_PAIRS
from nbsolve.catalogue.softmaxes import Softmax
from nbsolve.expr import Expr, Function, Negation, Quantity, Sum, literal, number, quotient, substitute, total
from nbsolve.formula import settled
from nbsolve.given import Given
from nbsolve.objective.saturation import at_target, pre_activation, saturated
from nbsolve.problem import wiring
from nbsolve.problem.functions import loss_of, softmax_of
from nbsolve.problem.model import LossTerm, Problem
from nbsolve.symbol import Symbol, Unit
from nbsolve.values import Values, layer_activation


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

    @property
    def depth(self) -> int:
        """The number of the output layer."""
        return self.head or len(self.problem.network.layers)

    @property
    def outputs(self) -> int:
        """The number of outputs."""
        return self.problem.network.layer(self.depth).units

    @property
    def activation(self) -> str:
        """The name of the outputs' activation."""
        return self.problem.network.layer(self.depth).activation.name

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
        return Symbol.target(k, self.head, sample=sample)

    @property
    def softmax(self) -> Softmax | None:
        """The function of all outputs at once; None where each output has its own."""
        return softmax_of(self.problem.network.layer(self.depth).activation)

    @property
    def paired(self) -> bool:
        """Whether a term of the loss has a formula of its own with the activation of the outputs."""
        return any(head.pair(term) is not None for head in self.heads for term in head.terms)

    def pair(self, term: LossTerm) -> tuple[Expr, Expr, Expr] | None:
        """A term's formulae through z together with the outputs' activation, by sign; None without."""
        return SATURATED_PAIRS.get((term.name, self.activation))

    def seeing(self, values: Values, arithmetic: Arithmetic) -> Objective:
        """This objective with the loss of saturated outputs written through z. Raises: Undecided."""
        return self._seen(values, arithmetic) if self.paired else self

    def through_z(self, a: Symbol) -> dict[str, Expr]:
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
            if any(head.pair(term) is not None for term in head.terms):
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

    def factor(self, term: LossTerm, sample: int | None = None) -> flint.fmpq:
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

    def with_indicators(self, body: Expr) -> Expr:
        """What is left of a loss of all outputs where targets are 0 or 1."""
        if not self.indicators:
            return body

        def known(node: Expr) -> Expr | None:
            if not (isinstance(node, Quantity) and isinstance(node.atom, Symbol)):
                return None
            indicator = self.indicators.get(node.atom)
            return None if indicator is None else number(indicator)

        return settled(substitute(body, known))

    def entries(self, sample: int | None, new: bool) -> dict[str, Expr]:
        """a_1, y_1, a_2, … of a loss of all outputs."""
        found: dict[str, Expr] = {}
        for k in range(1, self.outputs + 1):
            found[f"a_{k}"] = Quantity(layer_activation(self.depth, k, sample, new))
            found[f"y_{k}"] = Quantity(self.target(k, sample))
        return found

    def vectors(self, sample: int | None, new: bool) -> dict[str, Expr]:
        """The vectors a and y, each of shape (outputs,)."""
        return {
            "a": Quantity(layer_activation(self.depth, None, sample, new)),
            "y": Quantity(self.target(None, sample)),
        }

    def coefficient(self, term: LossTerm, sample: int | None = None) -> list[Expr]:
        """The constant factors of one loss in the derivative of the batch's loss."""
        factors: list[Expr] = [number(self.factor(term, sample) * loss_of(term).coefficient)]
        if term.log_base is not None:
            factors.append(over_base(term.log_base))
        return factors


def over_base(base: Given) -> Expr:
    """1 / ln base, by which a logarithm to this base has the derivative of ln."""
    return quotient(number(1), Function("ln", (literal(base),)))
