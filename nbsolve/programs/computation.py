"""What a program computes, as assignments of expressions: forward pass, loss, backward pass, update.

A batch is a matrix with one row for each sample. The expressions come from the catalogue's records; their letters
are the names of the program's variables: x, y, W1, b1, z1, a1, da1 and dz1 (∂L/∂a, ∂L/∂z), dW1, db1. Beside the
usual functions there are `softmax`, `log_softmax`, `sum_samples`, `sum_outputs` (which keeps its axis), `total`,
`count`, `column` (of one output, which keeps its axis) and `columns` (beside each other), `beside` (arrays) and
`part` (some columns).
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce

import flint
import numpy as np

from nbsolve.arithmetic import ONE
from nbsolve.catalogue import (
    CANCELLATIONS,
    OPTIMISERS,
    PENALTIES,
    SCHEDULES,
    Equation,
    Optimiser,
    Schedule,
    is_named,
)
from nbsolve.catalogue.softmaxes import Softmax
from nbsolve.expr import (
    Applied,
    Expr,
    Function,
    MatrixProduct,
    Negation,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
    Variable,
    number,
    product,
    quotient,
    substitute,
    total,
    walk,
    with_variables,
)
from nbsolve.given import Given
from nbsolve.objective import penalty_slope, penalty_term
from nbsolve.problem import wiring
from nbsolve.problem.functions import activation_of, loss_of, optimiser_of, softmax_of
from nbsolve.problem.model import Choice, LossTerm, Problem

Assignment = tuple[str, Expr]
X, Y, GIVEN, OF_SAMPLES = Variable("x"), Variable("y"), Variable("g"), Variable("v")
RATE, STRENGTH = "eta", "strength"


def total_of(expression: Expr) -> Expr:
    """The sum of all entries."""
    return Function("total", (expression,))


@dataclass(frozen=True)
class Array:
    """One array of parameters: its variable, that of its gradient, which entries are trained (None: all of them).

    `held`: none of them.
    """

    name: str
    gradient: str
    layer: int
    weight: bool
    held: bool = False
    trained: tuple[tuple[bool, ...], ...] | tuple[bool, ...] | None = None


@dataclass(frozen=True)
class Mask:
    """Ones and zeros, and what the ones are for."""

    flags: tuple[int, ...] | tuple[tuple[int, ...], ...]
    ones: str


@dataclass(frozen=True)
class _OfUnits:
    """An activation by its name in the program; `mask` is 1 for the units that have it (None: all have)."""

    name: str
    definition: Expr
    choice: Choice
    units: tuple[int, ...]
    mask: str | None

    @property
    def softmax(self) -> Softmax | None:
        """The function of all units at once; None for one of each unit."""
        return softmax_of(self.choice)

    def argument(self, z: Expr) -> Expr:
        """What the function is applied to: z, over the temperature of a softmax that has one."""
        return z if self.softmax is None else self.softmax.exponent(z)

    def alone(self, value: Expr) -> Expr:
        """The value for the units that have this activation, 0 for the others."""
        return value if self.mask is None else product(value, Variable(self.mask))


@dataclass(frozen=True)
class Computation:
    """The calculation of one batch, in variables."""

    problem: Problem

    @property
    def depth(self) -> int:
        """The number of the last layer."""
        return len(self.problem.network.layers)

    @property
    def columns(self) -> bool:
        """Whether the problem writes its matrices with a column for each unit."""
        return self.problem.network.layout == "x W + b"

    @cached_property
    def several(self) -> bool:
        """Whether a batch has more than one sample."""
        training, count = self.problem.training, len(self.problem.samples)
        return count > 1 and (training is None or training.batch == "all" or training.batch > 1)

    # ------------------------------------------------------------------ parameters

    @cached_property
    def arrays(self) -> tuple[Array, ...]:
        """The arrays of parameters, layer by layer."""
        found = []
        for n, layer in enumerate(self.problem.network.layers, 1):
            if layer.weights:
                found.append(_array(f"W{n}", n, True, self._trained(n)))
            if layer.bias.kind != "absent":
                letter = "theta" if layer.bias.kind == "threshold" else "b"
                own = layer.bias.trainable
                if layer.bias.kind == "shared" and not isinstance(own, bool):
                    own = all(own)
                found.append(_array(f"{letter}{n}", n, False, own))
        return tuple(found)

    def _trained(self, n: int) -> bool | tuple[tuple[bool, ...], ...]:
        """Which weights of a layer are trained, in the file's layout; what does not exist is not."""
        layer = self.problem.network.layers[n - 1]
        weights: bool | tuple[tuple[bool, ...], ...] = layer.weights_trainable
        if layer.missing:
            columns = range(1, wiring.width(self.problem.network, n) + 1)
            weights = tuple(
                tuple(
                    (j, i) not in layer.missing and wiring.is_trained(self.problem.network, n, j, i)
                    for i in columns
                )
                for j in range(1, layer.units + 1)
            )
        return (
            tuple(zip(*weights, strict=True)) if self.columns and not isinstance(weights, bool) else weights
        )

    # ------------------------------------------------------------------ forward

    @cached_property
    def functions(self) -> Mapping[str, Expr]:
        """The activations by the names that the program calls them, as formulae in z."""
        named = (own for layer in self._of_units for own in layer)
        return {own.name: own.definition for own in named if own.definition != Variable("z")}

    @cached_property
    def masks(self) -> Mapping[str, Mask]:
        """What is 1 for the units that have a function, for the weights that exist, and 0 for the others."""
        of_units = {
            own.mask: Mask(own.units, "units that have this function")
            for layer in self._of_units
            for own in layer
            if own.mask is not None
        }
        return of_units | {
            f"M{n}": Mask(self._existing(n), "weights that exist")
            for n, layer in enumerate(self.problem.network.layers, 1)
            if layer.missing
        }

    def _existing(self, n: int) -> tuple[tuple[int, ...], ...]:
        """1 for each weight of a layer that exists, in the file's layout."""
        layer, width = self.problem.network.layers[n - 1], wiring.width(self.problem.network, n)
        rows = tuple(
            tuple(int((j, i) not in layer.missing) for i in range(1, width + 1))
            for j in range(1, layer.units + 1)
        )
        return tuple(zip(*rows, strict=True)) if self.columns else rows

    @cached_property
    def _of_units(self) -> tuple[tuple[_OfUnits, ...], ...]:
        """The activations of each layer; one name for each formula."""
        found: list[tuple[_OfUnits, ...]] = []
        named: list[tuple[str, Expr]] = []
        for n, layer in enumerate(self.problem.network.layers, 1):
            own = []
            for choice in layer.activation.each_once:
                record = activation_of(choice)
                definition = _filled(record.definition, choice.parameters)
                softmax = softmax_of(choice)
                if softmax is not None:
                    definition = Function(whole_layer(softmax), (Variable("z"),))
                elif not any(node == Variable("z") for node in walk(definition)):
                    definition = Sum((definition, Product((number(0), Variable("z")))))
                name = identifier(choice.name if softmax is None else whole_layer(softmax))
                if any(other == name and formula != definition for other, formula in named):
                    name = f"{name}_{n}"
                named.append((name, definition))
                chosen = tuple(int(choice == each) for each in layer.activation.units)
                own.append(_OfUnits(name, definition, choice, chosen, f"{name}_units{n}" if chosen else None))
            found.append(tuple(own))
        return tuple(found)

    @cached_property
    def forward(self) -> tuple[Assignment, ...]:
        """z and a of each layer."""
        found: list[Assignment] = []
        for n, layer in enumerate(self.problem.network.layers, 1):
            z: Expr = self._sum(n)
            if layer.bias.kind == "threshold":
                z = Sum((z, Negation((Variable(f"theta{n}"),))))
            elif layer.bias.kind != "absent":
                z = Sum((z, Variable(f"b{n}")))
            z_n = Variable(f"z{n}")
            own = [
                one.alone(
                    z_n
                    if one.definition == Variable("z")
                    else Applied(one.name, one.definition, (("z", one.argument(z_n)),))
                )
                for one in self._of_units[n - 1]
            ]
            found += [(f"z{n}", self._or_given(z, f"z{n}")), (f"a{n}", self._or_given(total(*own), f"a{n}"))]
        return tuple(found)

    def _or_given(self, computed: Expr, name: str) -> Expr:
        """What is computed, or given where the problem gives it."""
        return Function("given", (computed, Variable(f"given_{name}"))) if name in self.given else computed

    @cached_property
    def given(self) -> Mapping[str, tuple[tuple[Given | None, ...], ...]]:
        """The values of units that are given, by the name of their array, a row for each sample; None elsewhere."""
        names = dict.fromkeys(name for sample in self.problem.samples for name in sample.given)
        layers = {(name[0], int(name[2 : name.index("]")])) for name in names}
        return {
            f"{letter}{n}": tuple(
                tuple(sample.given.get(f"{letter}[{n}][{j}]") for j in range(1, self._units(n) + 1))
                for sample in self.problem.samples
            )
            for letter, n in sorted(layers)
        }

    def _units(self, n: int) -> int:
        return self.problem.network.layers[n - 1].units

    def _sum(self, n: int) -> Expr:
        """The weighted sums of a layer, or the sum of what comes in."""
        if wiring.adds(self.problem.network, n):
            return total(*self._parts(n))
        return MatrixProduct((self._incoming(n), self._weights_of(n, down=True)))

    def _parts(self, n: int) -> tuple[Expr, ...]:
        """What comes into a layer from each source: the input, activations, the constant of its biases."""

        def part(source: int) -> Expr:
            folded = self.problem.network.layers[n - 1].bias.folded
            if source < 0 and folded is not None:
                return number(folded.input.rational)
            return Variable(f"a{source}") if source else X

        return tuple(map(part, wiring.sources(self.problem.network, n)))

    def _incoming(self, n: int) -> Expr:
        """What comes into a layer, a row for each sample."""
        parts = self._parts(n)
        return parts[0] if len(parts) == 1 else Function("beside", parts)

    def _weights_of(self, n: int, down: bool) -> Expr:
        """The weights of a layer: (inputs, units) where values go `down`, (units, inputs) for gradients."""
        layer = self.problem.network.layers[n - 1]
        owner = wiring.owner(self.problem.network, n)
        weights: Expr = Variable(f"W{owner}")
        if self.problem.network.layers[owner - 1].missing:
            weights = Product((weights, Variable(f"M{owner}")))
        return weights if (self.columns is down) is not layer.transposed else Transpose((weights,))

    # ------------------------------------------------------------------ the loss

    @cached_property
    def loss(self) -> Expr:
        """The loss of the batch."""
        terms: list[Expr] = []
        for term in self.problem.losses:
            definition = _filled(loss_of(term).definition, term.parameters)
            n = term.layer or self.depth
            letters = self._entries(definition, n) if loss_of(term).entries else self._both(n)
            body = total_of(self._weighted(with_variables(definition, letters)))
            terms.append(self._scaled(term, self._factor(term), body))
        regulariser = self.problem.regulariser
        if regulariser is not None:
            squares = [total_of(penalty_term(regulariser, w)) for w in self._weights]
            terms.append(self._of_penalty(regulariser.scale.rational, total(*squares)))
        return total(*terms)

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """The output layers."""
        return wiring.ends(self.problem.network)

    def _both(self, n: int) -> dict[str, Expr]:
        """The activations of an output layer and their targets: of several layers some columns of all."""
        if len(self.ends) == 1:
            return {"a": Variable(f"a{n}"), "y": Y}
        widths = [wiring.width_of(self.problem.network, end) for end in self.ends]
        first = sum(widths[: self.ends.index(n)])
        last = first + wiring.width_of(self.problem.network, n)
        return {"a": Variable(f"a{n}"), "y": Function("part", (Y, number(first), number(last)))}

    def _terms_of(self, n: int) -> list[LossTerm]:
        """The terms of the loss of an output layer."""
        return [term for term in self.problem.losses if term.layer in (None, n)]

    def _weighted(self, body: Expr) -> Expr:
        """A row for each sample, times its weight where the samples have any."""
        return product(OF_SAMPLES, body) if self.problem.weighted else body

    def _entries(self, formula: Expr, n: int) -> dict[str, Expr]:
        """a_1, y_1, a_2, … of a loss of all outputs: columns of the batch."""
        found: dict[str, Expr] = {}
        for node in walk(formula):
            match = re.fullmatch(r"([ay])_(\d+)", node.name) if isinstance(node, Variable) else None
            if match is not None:
                whole = self._both(n)[match[1]]
                found[match[0]] = Function("column", (whole, number(int(match[2]) - 1)))
        return found

    @property
    def _weights(self) -> list[Variable]:
        return [Variable(array.name) for array in self.arrays if array.weight]

    def _factor(self, term: LossTerm) -> flint.fmpq:
        factor = term.weight.value * term.scale.value
        if term.over_outputs == "mean" and loss_of(term).separable:
            factor /= wiring.width_of(self.problem.network, term.layer or self.depth)
        return factor

    def _scaled(self, term: LossTerm, factor: flint.fmpq, body: Expr) -> Expr:
        """factor · body, over the number of samples and the logarithm of the base where the term wants it."""
        if isinstance(body, Negation):
            factor, body = -factor, body.operands[0]
        if factor == -ONE:
            body = Negation((body,))
        elif factor != ONE:
            body = product(Number(factor), body)
        if term.log_base is not None:
            body = quotient(body, Function("ln", (_literal(term.log_base),)))
        if term.over_samples == "mean" and self.several:
            body = quotient(body, Function("count", (X,)))
        return body

    def _of_penalty(self, factor: flint.fmpq, body: Expr) -> Expr:
        regulariser = self.problem.regulariser
        assert regulariser is not None
        scaled = product(Number(factor), Variable(STRENGTH), body)
        if regulariser.over_samples == "mean" and self.several:
            scaled = quotient(scaled, Function("count", (X,)))
        return scaled

    # ------------------------------------------------------------------ backward

    @cached_property
    def slopes(self) -> Mapping[str, Expr]:
        """The derivatives of activations that are too long to be written where they are used, in z."""
        return {
            f"{own.name}_derivative": slope
            for layer in self._of_units
            for own in layer
            for slope, inline in [self._slope_of(own)]
            if not inline
        }

    def _slope_of(self, own: _OfUnits) -> tuple[Expr, bool]:
        """The derivative of an activation, and whether it is written where it is used."""
        record = activation_of(own.choice)
        slope = _filled(record.from_output or record.derivative, own.choice.parameters)
        short = sum(1 for _ in walk(slope)) <= SHORT
        return slope, record.from_output is not None or short

    @cached_property
    def backward(self) -> tuple[Assignment, ...]:
        """∂L/∂a and ∂L/∂z of each layer from the last to the first, and the gradients of its parameters."""
        return tuple(self._backward())

    def _backward(self) -> Iterator[Assignment]:
        for n in range(self.depth, 0, -1):
            cancelled = self._cancelled(n) if n in self.ends else None
            if cancelled is not None:
                yield f"dz{n}", cancelled
            else:
                yield f"da{n}", self._upstream(n)
                yield f"dz{n}", self._signal(n)
            yield from self._gradients(n)

    def _upstream(self, n: int) -> Expr:
        if n not in self.ends:
            return total(*(self._share(n, user) for user in wiring.users(self.problem.network, n)))
        if self.problem.given_gradient:
            return GIVEN
        terms = []
        for term in self._terms_of(n):
            record = loss_of(term)
            if record.entries:
                slopes = [_filled(entry, term.parameters) for entry in record.entries]
                body: Expr = Function(
                    "columns", tuple(with_variables(s, self._entries(s, n)) for s in slopes)
                )
            else:
                both = self._both(n)
                own = {**both, "a_k": both["a"], "y_k": both["y"]}
                body = with_variables(_filled(record.derivative, term.parameters), own)
            scaled = self._scaled(term, self._factor(term) * record.coefficient, body)
            terms.append(self._weighted(scaled))
        return total(*terms)

    def _share(self, n: int, user: int) -> Expr:
        """What a layer's activations get back from one of the layers that take them."""
        network = self.problem.network
        if wiring.adds(network, user):
            return Variable(f"dz{user}")
        body: Expr = MatrixProduct((Variable(f"dz{user}"), self._weights_of(user, down=False)))
        sources = wiring.sources(network, user)
        if len(sources) == 1:
            return body
        first = sum(wiring.width_of(network, source) for source in sources[: sources.index(n)])
        last = first + wiring.width_of(network, n)
        return Function("part", (body, number(first), number(last)))

    def _signal(self, n: int) -> Expr:
        da: Expr = Variable(f"da{n}")
        own = self._of_units[n - 1]
        softmax = own[0].softmax
        if softmax is not None:
            p = softmax.probability(Variable(f"a{n}"))
            if softmax.logarithm:
                return Sum((da, Negation((Product((p, Function("sum_outputs", (da,)))),))))
            mixed = Function("sum_outputs", (Product((da, p)),))
            found: Expr = Product((p, Sum((da, Negation((mixed,))))))
            return found if softmax.temperature is None else quotient(found, softmax.temperature)
        return product(da, total(*(each.alone(self._slope(each, n)) for each in own)))

    def _slope(self, own: _OfUnits, n: int) -> Expr:
        slope, inline = self._slope_of(own)
        z, a = Variable(f"z{n}"), Variable(f"a{n}")
        if inline:
            return with_variables(slope, {"z": z, "a": a})
        return Applied(f"{own.name}_derivative", slope, (("z", z),))

    def _cancelled(self, n: int) -> Expr | None:
        """∂L/∂z of an output layer where loss and activation cancel."""
        if len(self._terms_of(n)) != 1:
            return None
        (term,) = self._terms_of(n)
        body = CANCELLATIONS.get((term.name, self.problem.network.layers[n - 1].activation.name))
        if body is None:
            return None
        both = self._both(n)
        target_sum: Expr = Function("sum_outputs", (both["y"],))
        targets = (
            given
            for sample in self.problem.samples
            for vector, given in wiring.targets(self.problem.network, sample)
            if vector.layer in (None, n)
        )
        if all(map(_adds_to_one, targets)):
            target_sum = number(1)
        body = _filled(body, self.problem.network.layers[n - 1].activation.parameters)
        body = with_variables(body, {**both, "target_sum": target_sum})
        factors = body.operands if isinstance(body, Product) else (body,)
        body = product(*(substitute(factor, _multiplied) for factor in factors))
        return self._weighted(self._scaled(term, self._factor(term) * loss_of(term).coefficient, body))

    def _gradients(self, n: int) -> Iterator[Assignment]:
        dz: Expr = Variable(f"dz{n}")
        for array in self.arrays:
            if array.layer != n:
                continue
            if array.weight:
                uses = wiring.uses_of_weights(self.problem.network, n)
                gradient: Expr = total(*map(self._use, uses))
                if self.problem.network.layers[n - 1].missing:
                    gradient = Product((gradient, Variable(f"M{n}")))
                regulariser = self.problem.regulariser
                if regulariser is not None:
                    scale = PENALTIES[regulariser.name].coefficient * regulariser.scale.value
                    slope = penalty_slope(regulariser, Variable(array.name))
                    gradient = Sum((gradient, self._of_penalty(scale, slope)))
            else:
                kind = self.problem.network.layers[n - 1].bias.kind
                gradient = total_of(dz) if kind == "shared" else Function("sum_samples", (dz,))
                gradient = Negation((gradient,)) if kind == "threshold" else gradient
            yield array.gradient, gradient

    def _use(self, n: int) -> Expr:
        """What the gradient of the weights gets from one of the layers that use them."""
        dz, source = Variable(f"dz{n}"), self._incoming(n)
        turned = self.columns is not self.problem.network.layers[n - 1].transposed
        return MatrixProduct((Transpose((source,)), dz) if turned else (Transpose((dz,)), source))

    # ------------------------------------------------------------------ update

    @property
    def optimiser(self) -> Optimiser:
        """The record of the optimiser of a problem that has one."""
        assert self.problem.training is not None
        return optimiser_of(self.problem.training.optimiser)

    @cached_property
    def counted(self) -> bool:
        """Whether the number of an update matters."""
        formulae = (*(equation.formula for equation in self.optimiser.equations), self.optimiser.change)
        if self.schedule is not None:
            return True
        return any(node == Variable("t") for formula in formulae for node in walk(formula))

    @property
    def schedule(self) -> Schedule | None:
        """The record of the learning rate's schedule."""
        training = self.problem.training
        return None if training is None or training.schedule is None else SCHEDULES[training.schedule.name]

    @property
    def rate(self) -> Expr | None:
        """The learning rate where a schedule gives it, in the variables `eta_0`, `t`, `k` and its settings."""
        record = self.schedule
        return None if record is None else with_variables(record.rate, {"start": Variable(f"{RATE}_0")})

    def norm(self, gradients: Mapping[str, str]) -> Expr | None:
        """The norm of all gradients, whose variables are given by array; None where none is needed."""
        training = self.problem.training
        if training is None or training.optimiser.clip != "norm":
            return None
        squares = [Power((Variable(gradients[own.name]), number(2))) for own in self.arrays if not own.held]
        return Function("sqrt", (total(*map(total_of, squares)),))

    @property
    def held_in_part(self) -> bool:
        """Whether some entries of an array move and others do not, so that the norm has no short formula."""
        training = self.problem.training
        clipped = training is not None and training.optimiser.clip == "norm"
        return clipped and any(own.trained is not None for own in self.arrays)

    def found(self, array: Array, gradient: str) -> Iterator[Assignment]:
        """What the optimiser finds for an array of parameters before it changes it, one after the other."""
        slots = self._slots(array, gradient)
        formulae = [equation.formula for equation in self.optimiser.equations] + [self.optimiser.change]
        used = {node.name for formula in formulae for node in walk(formula) if isinstance(node, Variable)}
        for equation in self.optimiser.kept:
            if f"old_{equation.name}" in used:
                yield f"old_{state_name(equation, array)}", Variable(state_name(equation, array))
        for equation in self.optimiser.equations:
            yield state_name(equation, array), with_variables(equation.formula, slots)

    def change(self, array: Array, gradient: str) -> Expr:
        """What the update adds to an array of parameters, before what is held is left out."""
        return with_variables(self.optimiser.change, self._slots(array, gradient))

    def _slots(self, array: Array, gradient: str) -> dict[str, Expr]:
        assert self.problem.training is not None
        record = self.optimiser
        slots: dict[str, Expr] = {
            name: Variable(name) if name in record.letters else _literal(given)
            for name, given in self.problem.training.optimiser.parameters.items()
        }
        slots |= {
            "learning_rate": Variable(f"rate_{array.name}" if self.problem.training.own_rates else RATE),
            "gradient": Variable(gradient),
            "parameter": Variable(array.name),
        }
        slots["norm"] = Variable("norm")
        for equation in record.equations:
            slots[equation.name] = Variable(state_name(equation, array))
            slots[f"old_{equation.name}"] = Variable(f"old_{state_name(equation, array)}")
        return slots


def state_name(equation: Equation, array: Array) -> str:
    """The variable of what the optimiser keeps, or finds, for an array of parameters."""
    return f"{equation.name}_{array.name}"


SHORT = 9
"""A derivative of at most so many nodes is written where it is used."""


def _multiplied(node: Expr) -> Expr | None:
    """A product without factors of 1."""
    return product(*node.operands) if isinstance(node, Product) else None


def whole_layer(softmax: Softmax) -> str:
    """The name of a function of all units at once in the programs, which divide by a temperature before."""
    return "log_softmax" if softmax.logarithm else "softmax"


def _array(name: str, layer: int, weight: bool, trained: object) -> Array:
    flags = np.array(trained, dtype=bool)
    mask = None if flags.all() or not flags.any() else trained
    return Array(name, f"d{name}", layer, weight, not flags.any(), mask)  # type: ignore[arg-type]


def identifier(name: str) -> str:
    """A name that a program may give to a function."""
    clash = keyword.iskeyword(name) or name in _TAKEN or re.fullmatch(r"d?[A-Za-z]+\d+", name)
    return f"{name}_" if clash else name


_TAKEN = frozenset(
    {
        "np",
        "torch",
        "math",
        "F",
        "x",
        "y",
        "g",
        "G",
        "v",
        "V",
        "z",
        "e",
        "X",
        "Y",
        "L",
        "erf",
        "show",
        "rounded",
        "digits",
        "Decimal",
        "p",
    }
    | {"k", "rates", f"{RATE}_0", *(name for record in SCHEDULES.values() for name in record.letters)}
    | {"t", "norm", "clip", *(name for record in OPTIMISERS.values() for name in record.letters)}
    | {"iteration", "first", "before", "parameters", "optimiser", RATE, STRENGTH, *dir(builtins)}
)


def _adds_to_one(target: tuple[object, ...] | None) -> bool:
    return sum((y.rational for y in target or () if isinstance(y, Given)), flint.fmpq(0)) == ONE


def _filled(formula: Expr, parameters: Mapping[str, Given]) -> Expr:
    """The formula with its parameters' values; Φ, φ and σ in it written out; maxima and minima are of two each."""
    values: dict[str, Expr] = {name: _literal(given) for name, given in parameters.items()}
    formula = substitute(formula, lambda e: e.expanded if is_named(e) else None)
    return substitute(with_variables(formula, values) if values else formula, _of_two)


def _of_two(node: Expr) -> Expr | None:
    if not isinstance(node, Function) or node.name not in ("max", "min") or len(node.operands) < 3:
        return None
    first, *rest = (substitute(operand, _of_two) for operand in node.operands)
    return reduce(lambda left, right: Function(node.name, (left, right)), rest, first)


def _literal(given: Given) -> Number:
    return Number(given.rational, given.text)
