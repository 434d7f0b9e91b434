"""Problems about a network: its layers, samples, losses and training."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from nbsolve.given import Entry, Given, Letter
from nbsolve.problem.model.common import AnyProblem, Choice, Frozen, Notation, Rounding

DENSE = "dense"
"""The kind of a layer with weights; those without are in `COMBINATIONS`."""

LAYOUTS = ("W x + b", "x W + b")
Layout = Literal["W x + b", "x W + b"]
Over = Literal["sum", "mean"]
BY_UNIT = "by_unit"
"""The name of an activation that is another function for each unit."""


class Folded(Frozen):
    """A column of a layer's weights that holds its biases: what it is multiplied by is always 1 (or −1).

    Source: C. M. Bishop, "Pattern Recognition and Machine Learning", 2006, section 5.1 (x₀ = 1).
    """

    column: Literal["first", "last"]
    input: Given

    @property
    def written(self) -> str:
        """The constant in a sentence: 1, or −1 with a minus sign."""
        return self.input.text.replace("-", "−")


class Bias(Frozen):
    """How a layer's constants enter: b added per unit, one b shared by the layer, none, or θ subtracted.

    `values`: one a unit for "units" and "threshold", exactly one for "shared", none for "absent".
    `trainable`: for all of them, or one truth value for each of `values`. `folded`: none of its own, a column of
    the weights is the bias.
    """

    kind: Literal["units", "shared", "absent", "threshold"]
    values: tuple[Entry, ...] = ()
    trainable: bool | tuple[bool, ...] = True
    folded: Folded | None = None

    @property
    def absent(self) -> bool:
        """Whether there is no constant, but for one that is folded into the weights."""
        return self.kind == "absent"

    @property
    def shared(self) -> bool:
        """Whether all units have the same b."""
        return self.kind == "shared"

    @property
    def subtracted(self) -> bool:
        """Whether it is a threshold θ, which is subtracted, and not a bias b, which is added."""
        return self.kind == "threshold"

    @property
    def added(self) -> bool:
        """Whether there is a bias b, of each unit or of all."""
        return not self.absent and not self.subtracted

    def entry(self, unit: int) -> Entry:
        """What the problem gives for a unit, from 1."""
        return self.values[0 if self.shared else unit - 1]


class NamedInput(Frozen):
    """One of several inputs of a network: its name, and how many numbers it has."""

    name: str
    size: int


class DenseLayer(Frozen):
    """z = W x + b, a = activation(z); `weights[unit][input]` whatever the layout of the file.

    `sources` are the layers (0: the input) whose activations come in, one below the other; without any it is the
    layer before. `same_as` is the layer whose weights it shares, perhaps `transposed`; it has none of its own then.
    Where only some of several named inputs come in, `columns` are the places, from 1, of the file's columns among
    those of the whole matrix; the others are `missing`.
    A layer of another kind than `DENSE` has no weights: its sources are as wide as itself, and each unit takes what
    `COMBINATIONS` has under this name of those that have its own number.
    `missing` are connections that do not exist, by unit and input from 1; their weights are 0. Where the biases are
    `folded` into the weights, one of their columns belongs to a constant.
    """

    kind: str = DENSE
    units: int
    activation: Choice
    weights: tuple[tuple[Entry, ...], ...]
    weights_trainable: bool | tuple[tuple[bool, ...], ...] = True
    bias: Bias
    sources: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    same_as: int | None = None
    transposed: bool = False
    missing: frozenset[tuple[int, int]] = frozenset()


class Network(Frozen):
    """Layers in forward order; `layout` says how the file (and so the page) writes its matrices.

    `inputs` is how many numbers come in; where they belong to several inputs these are `named`, in order.
    """

    inputs: int
    named: tuple[NamedInput, ...] = ()
    layout: Layout = "W x + b"
    layers: tuple[DenseLayer, ...]

    def layer(self, number: int) -> DenseLayer:
        """The layer of a number, from 1."""
        return self.layers[number - 1]

    @property
    def last(self) -> DenseLayer:
        """The last layer, which has the outputs."""
        return self.layers[-1]

    @property
    def activations(self) -> Iterator[Choice]:
        """The functions that occur, layer by layer; those of units that have functions of their own one by one."""
        for layer in self.layers:
            yield from layer.activation.each_once


class Sample(Frozen):
    """One input vector x and, where there is a loss, its target vector y (of several output layers one by one).

    `upstream` is ∂L/∂a of the outputs, where that is given instead of a loss; `weight` what its loss is
    multiplied by. `given` are values of z and a, by canonical name, that stand for what the network would compute.
    """

    input: tuple[Entry, ...]
    target: tuple[Entry, ...] | None = None
    upstream: tuple[Entry, ...] | None = None
    weight: Given | None = None
    given: dict[str, Given] = {}

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything that is given of it: the input, the target or the gradient with respect to the outputs."""
        return (*self.input, *(self.target or ()), *(self.upstream or ()))


class JacobianVectors(Frozen):
    """What the Jacobian J = ∂a/∂x of the outputs is multiplied by: the `right` has v of J v, the `left` u of uᵀ J.

    () where a product is not asked for.
    """

    right: tuple[Entry, ...] = ()
    left: tuple[Entry, ...] = ()


class LossTerm(Frozen):
    """weight · scale · Σ/mean over outputs of the loss; over samples by `over_samples`.

    `name` is canonical, `written` what the file says (`mse`); `log_base` None is the natural log. `formula` is
    that of a loss which the catalogue does not have; of all `outputs` together where that is their number. `unit`:
    the number of the output that stands in the place of a loss. `layer`: the output layer whose loss it is, where
    the network has several.
    """

    name: str
    written: str
    weight: Given
    scale: Given
    over_outputs: Over = "sum"
    over_samples: Over = "mean"
    log_base: Given | None = None
    parameters: dict[str, Given] = {}
    formula: str | None = None
    outputs: int | None = None
    unit: int | None = None
    layer: int | None = None


class Regulariser(Frozen):
    """scale · strength · Σ w² over all weights (biases left out); "mean" divides by the batch's size.

    What stands in the sum is that of the penalty's record, with its `settings`: |w| for `l1`.
    """

    name: Literal["l2", "l1", "elastic"] = "l2"
    settings: dict[str, Given] = {}
    strength: Given
    scale: Given
    over_samples: Over = "sum"


class LayerState(Frozen):
    """What an optimiser keeps for the parameters of one layer.

    One number each (`weights` as [unit][input]), or one for all of them.
    """

    weights: Given | tuple[tuple[Given, ...], ...]
    bias: Given | tuple[Given, ...]


class Training(Frozen):
    """`iterations` updates on batches taken in order; `show` lists those written out, from 1, sorted.

    `epochs`: the loss of every epoch is listed as well. `state` is what the optimiser has kept before the first of
    them, layer by layer (0 where it is missing), `updates` how many it had made until then. `schedule` is that of
    the learning rate, `rates` are the learning rates of all iterations where they are listed instead, `own_rates`
    those of each parameter, layer by layer, where they differ.
    """

    optimiser: Choice
    batch: int | Literal["all"] = 1
    iterations: int
    show: tuple[int, ...]
    epochs: bool = False
    state: dict[str, tuple[LayerState, ...]] = {}
    updates: int = 0
    schedule: Choice | None = None
    rates: tuple[Given, ...] = ()
    own_rates: tuple[LayerState, ...] = ()


class Problem(AnyProblem):
    """A problem about a network, ready to be solved.

    `features` is what each input is and `classes` what each output stands for (() where nobody says so),
    `letters`: the solution in letters is written out first (always so where a quantity is a letter).
    """

    kind: Literal["network"] = "network"
    network: Network
    samples: tuple[Sample, ...]
    features: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    losses: tuple[LossTerm, ...] = ()
    jacobian: JacobianVectors = JacobianVectors()
    regulariser: Regulariser | None = None
    training: Training | None = None
    rounding: Rounding = Rounding()
    notation: Notation = Notation()
    explain: Literal["delta", "paths", "local_derivatives"] = "delta"
    detail: Literal["auto", "units", "matrix", "both"] = "auto"
    letters: bool = False

    @property
    def entries(self) -> Iterator[Entry]:
        """Every cell of weights, biases, samples and of the vectors that the Jacobian is multiplied by."""
        for layer in self.network.layers:
            for row in layer.weights:
                yield from row
            yield from layer.bias.values
        for sample in self.samples:
            yield from sample.entries
        yield from (*self.jacobian.right, *self.jacobian.left)

    @cached_property
    def differentiated(self) -> bool:
        """Whether there are gradients: of a loss, or from those that come in at the outputs."""
        return bool(self.losses) or self.given_gradient

    @cached_property
    def weighted(self) -> bool:
        """Whether the losses of the samples have weights."""
        return self.samples[0].weight is not None

    @cached_property
    def given_values(self) -> bool:
        """Whether values of units are given instead of computed."""
        return any(sample.given for sample in self.samples)

    @cached_property
    def unit_by_unit(self) -> bool:
        """Whether no line has whole matrices: values are given, or a layer takes some of several inputs."""
        return self.given_values or any(layer.columns for layer in self.network.layers)

    @cached_property
    def given_gradient(self) -> bool:
        """Whether ∂L/∂a of the outputs is given, and the loss is not known."""
        return self.samples[0].upstream is not None

    @cached_property
    def symbolic(self) -> bool:
        """Whether some quantity is a letter, so that the problem has no solution in numbers."""
        return any(isinstance(entry, Letter) for entry in self.entries)
