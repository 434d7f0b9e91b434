"""Problems about computation graphs, and about updates from given gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal

from nbsolve.given import Entry, Given, Letter
from nbsolve.problem.model.common import AnyProblem, Choice, Frozen, Rounding


class GivenArray(Frozen):
    """A given quantity of a computation graph: a number or a letter, or an array of them, row by row."""

    name: str
    shape: tuple[int, ...] = ()
    entries: tuple[Entry, ...]


class Equation(Frozen):
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


class Start(Frozen):
    """Where a recurrence starts: a given quantity that is `place` along one axis of `array`: h0 is h[0]."""

    array: str
    axis: int
    place: int

    def within(self, at: Sequence[int]) -> tuple[int, ...] | None:
        """The entry of the given quantity that an entry of the array is; None for an entry at another place."""
        return (*at[: self.axis], *at[self.axis + 1 :]) if at[self.axis] == self.place else None


class Recurrence(Frozen):
    """Equations that rest on earlier entries of one another, or of themselves: h[t] on h[t-1].

    `letter` counts the steps along one axis of each array, which `axes` has by name; it is "" where no letter does.
    `order` has all entries in an order in which they can be computed: a name, and its places.
    """

    names: tuple[str, ...]
    letter: str = ""
    axes: dict[str, int] = {}
    order: tuple[tuple[str, tuple[int, ...]], ...]

    def step_of(self, name: str, at: Sequence[int]) -> int | None:
        """The number of the step that an entry belongs to; None where nothing counts steps."""
        return at[self.axes[name]] if self.letter else None

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps in the order in which they are computed; () where nothing counts them."""
        found = (self.step_of(name, at) for name, at in self.order)
        return tuple(dict.fromkeys(step for step in found if step is not None))


class GraphTraining(Frozen):
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
    quantities with respect to which, `asked_wrt` those with respect to which a part asks for it by name. A read
    outside an array is where a recurrence starts (`starts`, by the name of what is given), or the number that
    `padding` has for it. `letters` are names as they are written.
    """

    kind: Literal["graph"] = "graph"
    given: tuple[GivenArray, ...]
    equations: tuple[Equation, ...]
    gradients_of: str
    gradients_at: tuple[int, ...] = ()
    upstream: tuple[Given, ...] | None = None
    wrt: tuple[str, ...]
    asked_wrt: tuple[str, ...] = ()
    recurrences: tuple[Recurrence, ...] = ()
    starts: dict[str, Start] = {}
    padding: dict[str, Given] = {}
    letters: dict[str, str] = {}
    training: GraphTraining | None = None
    rounding: Rounding = Rounding()

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every quantity, by name."""
        given = {array.name: array.shape for array in self.given}
        return given | {equation.name: equation.shape for equation in self.equations}

    def recurrence_of(self, name: str) -> Recurrence | None:
        """The recurrence that an equation belongs to; None for any other."""
        return next((one for one in self.recurrences if name in one.names), None)

    def start_of(self, name: str, at: Sequence[int]) -> tuple[str, tuple[int, ...]] | None:
        """The given quantity that an entry outside an array is, and its places there; None where none is."""
        return started(self.starts, self.shapes, name, at)

    @cached_property
    def symbolic(self) -> bool:
        """Whether the given quantities are letters, so that there are no numbers."""
        return any(isinstance(entry, Letter) for array in self.given for entry in array.entries)

    @cached_property
    def forward_only(self) -> bool:
        """Whether no gradient is wanted: the solution has the values alone."""
        asks = (ask for part in self.parts for ask in part.ask)
        local = any("/" in ask or ask == "local_derivatives" for ask in asks)
        return not (self.wrt or self.asked_wrt or local) and self.training is None

    @cached_property
    def compared(self) -> GraphProblem | None:
        """This problem with the optimiser that its own is compared with; None where there is none."""
        if self.training is None or self.training.compare_with is None:
            return None
        other = {"optimiser": self.training.compare_with, "compare_with": None}
        return self.model_copy(update={"training": self.training.model_copy(update=other)})


def started(
    starts: Mapping[str, Start], shapes: Mapping[str, tuple[int, ...]], name: str, at: Sequence[int]
) -> tuple[str, tuple[int, ...]] | None:
    """The given quantity that an entry outside an array is, and its places there; None where none is."""
    for given, start in starts.items():
        within = start.within(at) if start.array == name else None
        if within is not None and all(1 <= n <= m for n, m in zip(within, shapes[given], strict=True)):
            return given, within
    return None
