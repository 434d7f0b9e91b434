"""The problem as everything above it sees it: complete, normalised, validated, frozen."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, SkipValidation

from nbsolve.given import Entry, Given, Letter
from nbsolve.problem.varying import Variants

LAYOUTS = ("W x + b", "x W + b")
Layout = Literal["W x + b", "x W + b"]
Over = Literal["sum", "mean"]
BY_UNIT = "by_unit"
"""The name of an activation that is another function for each unit."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(_Frozen):
    """A name from the catalogue with all its parameters (defaults filled in), or a function by its formula.

    `formula` and `latex`, how its name is written, belong to functions that the catalogue does not have. `units`
    has the activation of each unit where they are not all the same (the `name` is then BY_UNIT). `clip` belongs to
    optimisers whose gradients are clipped before, by `value` or by `norm`.
    """

    name: str
    parameters: dict[str, Given] = {}
    formula: str | None = None
    latex: str | None = None
    clip: Literal["", "value", "norm"] = ""
    units: tuple[Choice, ...] = ()

    @property
    def each_once(self) -> tuple[Choice, ...]:
        """The functions that the units have, in order, each once."""
        found: list[Choice] = []
        found += (own for own in self.units or (self,) if own not in found)
        return tuple(found)

    def of_unit(self, unit: int) -> Choice:
        """The function of one unit, from 1."""
        return self.units[unit - 1] if self.units else self


class Bias(_Frozen):
    """How a layer's constants enter: b added per unit, one b shared by the layer, none, or θ subtracted.

    `values`: one a unit for "units" and "threshold", exactly one for "shared", none for "absent".
    `trainable`: for all of them, or one truth value for each of `values`.
    """

    kind: Literal["units", "shared", "absent", "threshold"]
    values: tuple[Entry, ...] = ()
    trainable: bool | tuple[bool, ...] = True


class DenseLayer(_Frozen):
    """z = W x + b, a = activation(z); `weights[unit][input]` whatever the layout of the file.

    `sources` are the layers (0: the input) whose activations come in, one below the other; without any it is the
    layer before. `same_as` is the layer whose weights it shares, perhaps `transposed`; it has none of its own then.
    Of the kind "add" it has no weights: its sources are as wide as itself, and added up.
    `missing` are connections that do not exist, by unit and input from 1; their weights are 0.
    """

    kind: Literal["dense", "add"] = "dense"
    units: int
    activation: Choice
    weights: tuple[tuple[Entry, ...], ...]
    weights_trainable: bool | tuple[tuple[bool, ...], ...] = True
    bias: Bias
    sources: tuple[int, ...] = ()
    same_as: int | None = None
    transposed: bool = False
    missing: frozenset[tuple[int, int]] = frozenset()


class Network(_Frozen):
    """Layers in forward order; `layout` says how the file (and so the page) writes its matrices."""

    inputs: int
    layout: Layout = "W x + b"
    layers: tuple[DenseLayer, ...]

    @property
    def activations(self) -> Iterator[Choice]:
        """The functions that occur, layer by layer; those of units that have functions of their own one by one."""
        for layer in self.layers:
            yield from layer.activation.each_once


class Sample(_Frozen):
    """One input vector x and, where there is a loss, its target vector y (of several output layers one by one).

    `upstream` is ∂L/∂a of the outputs, where that is given instead of a loss; `weight` what its loss is
    multiplied by.
    """

    input: tuple[Entry, ...]
    target: tuple[Entry, ...] | None = None
    upstream: tuple[Entry, ...] | None = None
    weight: Given | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything that is given of it: the input, the target or the gradient with respect to the outputs."""
        return (*self.input, *(self.target or ()), *(self.upstream or ()))


class LossTerm(_Frozen):
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


class Regulariser(_Frozen):
    """scale · strength · Σ w² over all weights (biases left out); "mean" divides by the batch's size.

    What stands in the sum is that of the penalty's record, with its `settings`: |w| for `l1`.
    """

    name: Literal["l2", "l1", "elastic"] = "l2"
    settings: dict[str, Given] = {}
    strength: Given
    scale: Given
    over_samples: Over = "sum"


class LayerState(_Frozen):
    """What an optimiser keeps for the parameters of one layer.

    One number each (`weights` as [unit][input]), or one for all of them.
    """

    weights: Given | tuple[tuple[Given, ...], ...]
    bias: Given | tuple[Given, ...]


class Training(_Frozen):
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


class Digits(_Frozen):
    """How many digits: exactly one of `decimals` and `significant` is set.

    `minimum_significant` digits are kept where the decimals would leave fewer (0: no such rule).
    """

    decimals: int | None = None
    significant: int | None = None
    minimum_significant: int = 0


class Rounding(_Frozen):
    """Round what is printed (`at_end`), or every value that is written down (`each_step`)."""

    apply: Literal["at_end", "each_step"] = "at_end"
    intermediates: Digits = Digits(significant=6)
    answers: Digits = Digits(significant=4)


class Notation(_Frozen):
    """`names`: a role, or a canonical quantity such as `W[2][1][1]`, to the LaTeX the file wants."""

    preset: str = "indexed"
    names: dict[str, str] = {}
    delta: Literal["dL/dz", "-dL/dz"] = "dL/dz"


class Part(_Frozen):
    """One question: what it asks, at which iteration (None: every shown one), for how many marks.

    `space`: the ruled lines for its answer on paper (None: by what it asks).
    """

    label: str
    ask: tuple[str, ...]
    at: int | None = None
    marks: Given | None = None
    space: int | None = None
    text: str | None = None


class AnyProblem(_Frozen):
    """What problems of every kind have.

    `name` is the file's stem ("problem" for text), `text` its YAML after overrides, `group` the
    heading under which a course lists it (plain text), `language` that of its author's words, `trust`
    whether these may hold raw HTML, `warnings` what a careful instructor should know of, `variants` what differs
    where each student has numbers of their own.
    """

    kind: str
    name: str
    text: str
    title: str
    source: str | None = None
    group: str | None = None
    statement: str | None = None
    pitfalls: tuple[str, ...] = ()
    language: str | None = None
    trust: bool = False
    parts: tuple[Part, ...]
    warnings: tuple[str, ...] = ()
    variants: SkipValidation[Variants | None] = None


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
    regulariser: Regulariser | None = None
    training: Training | None = None
    rounding: Rounding = Rounding()
    notation: Notation = Notation()
    explain: Literal["delta", "paths", "local_derivatives"] = "delta"
    detail: Literal["auto", "units", "matrix", "both"] = "auto"
    letters: bool = False

    @property
    def entries(self) -> Iterator[Entry]:
        """Every cell of weights, biases and samples."""
        for layer in self.network.layers:
            for row in layer.weights:
                yield from row
            yield from layer.bias.values
        for sample in self.samples:
            yield from sample.entries

    @cached_property
    def differentiated(self) -> bool:
        """Whether there are gradients: of a loss, or from those that come in at the outputs."""
        return bool(self.losses) or self.given_gradient

    @cached_property
    def weighted(self) -> bool:
        """Whether the losses of the samples have weights."""
        return self.samples[0].weight is not None

    @cached_property
    def given_gradient(self) -> bool:
        """Whether ∂L/∂a of the outputs is given, and the loss is not known."""
        return self.samples[0].upstream is not None

    @cached_property
    def symbolic(self) -> bool:
        """Whether some quantity is a letter, so that the problem has no solution in numbers."""
        return any(isinstance(entry, Letter) for entry in self.entries)


class GivenArray(_Frozen):
    """A given quantity of a computation graph: a number or a letter, or an array of them, row by row."""

    name: str
    shape: tuple[int, ...] = ()
    entries: tuple[Entry, ...]


class Equation(_Frozen):
    """One node of a computation graph: `name` with an index letter for each axis, and its formula.

    `lengths` says how far each letter of the equation runs, those of its axes and those of its sums.
    """

    name: str
    letters: tuple[str, ...] = ()
    formula: str
    lengths: dict[str, int] = {}

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes."""
        return tuple(self.lengths[letter] for letter in self.letters)


class GraphTraining(_Frozen):
    """Steps on some of the given quantities: down the gradient, or up (`ascent`).

    `state` is what the optimiser has kept before, by its name and that of the quantity, entry by entry (0 where it
    is missing), `updates` how many steps it had made. `schedule` is that of the learning rate, `rates` are those of
    all steps where they are listed. `compare_with` is another optimiser, whose path the page shows beside.
    """

    optimiser: Choice
    compare_with: Choice | None = None
    direction: Literal["descent", "ascent"] = "descent"
    parameters: tuple[str, ...]
    iterations: int = 1
    show: tuple[int, ...] = (1,)
    state: dict[str, dict[str, tuple[Given, ...]]] = {}
    updates: int = 0
    schedule: Choice | None = None
    rates: tuple[Given, ...] = ()


class UpdateProblem(AnyProblem):
    """Updates of parameters by an optimiser, from given gradients: no network, and no loss that is known.

    `gradients` are those of each update, by the names of the parameters, entry by entry; `letters` are names as
    they are written.
    """

    kind: Literal["update"] = "update"
    given: tuple[GivenArray, ...]
    gradients: tuple[dict[str, tuple[Given, ...]], ...]
    training: GraphTraining
    letters: dict[str, str] = {}
    rounding: Rounding = Rounding()

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every parameter, by name."""
        return {array.name: array.shape for array in self.given}

    @property
    def gradients_of(self) -> str:
        """What the gradients are gradients of: a loss that nobody knows."""
        return "L"


class GraphProblem(AnyProblem):
    """A computation graph: given quantities, equations in the order in which they are computed, gradients.

    `gradients_of` is what is differentiated (with `gradients_at`, one entry of it), `upstream` the gradient that
    comes in there, entry by entry (None: 1, of what is differentiated with respect to itself), `wrt` the
    quantities with respect to which. A read outside an array is the number that `padding` has for it.
    `letters` are names as they are written.
    """

    kind: Literal["graph"] = "graph"
    given: tuple[GivenArray, ...]
    equations: tuple[Equation, ...]
    gradients_of: str
    gradients_at: tuple[int, ...] = ()
    upstream: tuple[Given, ...] | None = None
    wrt: tuple[str, ...]
    padding: dict[str, Given] = {}
    letters: dict[str, str] = {}
    training: GraphTraining | None = None
    rounding: Rounding = Rounding()

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every quantity, by name."""
        given = {array.name: array.shape for array in self.given}
        return given | {equation.name: equation.shape for equation in self.equations}

    @cached_property
    def symbolic(self) -> bool:
        """Whether the given quantities are letters, so that there are no numbers."""
        return any(isinstance(entry, Letter) for array in self.given for entry in array.entries)

    @cached_property
    def compared(self) -> GraphProblem | None:
        """This problem with the optimiser that its own is compared with; None where there is none."""
        if self.training is None or self.training.compare_with is None:
            return None
        other = {"optimiser": self.training.compare_with, "compare_with": None}
        return self.model_copy(update={"training": self.training.model_copy(update=other)})


class Topic(_Frozen):
    """Something to be differentiated: an activation or a loss, perhaps through the outputs' activation.

    `parameters` are those that plots take; the derivation itself is in letters. `formula` and `latex` belong to
    functions that the catalogue does not have, as in a `Choice`.
    """

    kind: Literal["activation", "loss"]
    name: str
    through: str | None = None
    parameters: dict[str, Given] = {}
    formula: str | None = None
    latex: str | None = None

    @property
    def id(self) -> str:
        """The name that parts call a topic by: `sigmoid`, `binary_cross_entropy_through_sigmoid`."""
        return self.name if self.through is None else f"{self.name}_through_{self.through}"


class DerivationProblem(AnyProblem):
    """A problem without numbers: derivatives to be found, line by line.

    `topics` come in the order of the file, functions before losses; a part's `ask` names them by their `id`.
    """

    kind: Literal["derivation"] = "derivation"
    topics: tuple[Topic, ...]


class RuleProblem(AnyProblem):
    """A problem about one layer that learns by a rule: perceptron, Adaline (Widrow–Hoff) or Hebb.

    `rule` names a record of `catalogue.rules` with its parameters, the learning rate among them. `classes` are the
    two targets, the lower first; `at_zero` is what a unit gives where z lies on the border, or, with `undecided`,
    nearer to it than that (a value that is no target is never right). `batch`: after how many samples parameters
    change. Training ends after an epoch without a mistake (`until_right`), or after `epochs`; `show` are the epochs
    that are written out.
    """

    kind: Literal["rule"] = "rule"
    network: Network
    samples: tuple[Sample, ...]
    features: tuple[str, ...] = ()
    rule: Choice
    classes: tuple[Given, Given]
    at_zero: Given
    undecided: Given | None = None
    batch: Literal["sample", "all"] = "sample"
    until_right: bool = False
    epochs: int
    show: Literal["all", "auto"] | tuple[int, ...] = "auto"
    rounding: Rounding = Rounding()
    notation: Notation = Notation()
