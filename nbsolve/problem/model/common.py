"""What problems of every kind have: parts, choices from the catalogue, rounding, notation."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, SkipValidation

from nbsolve.given import Given
from nbsolve.problem.model.variants import Variants


class Frozen(BaseModel):
    """What cannot be changed once it is made, and has no other fields than its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(Frozen):
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


class Digits(Frozen):
    """How many digits: exactly one of `decimals` and `significant` is set.

    `minimum_significant` digits are kept where the decimals would leave fewer (0: no such rule).
    """

    decimals: int | None = None
    significant: int | None = None
    minimum_significant: int = 0


class Rounding(Frozen):
    """Round what is printed (`at_end`), or every value that is written down (`each_step`).

    `logarithms` kept: an intermediate value that is a sum of a rational and a logarithm of one is written as that.
    """

    apply: Literal["at_end", "each_step"] = "at_end"
    intermediates: Digits = Digits(significant=6)
    answers: Digits = Digits(significant=4)
    logarithms: Literal["kept", "decimal"] = "decimal"

    def as_data(self) -> dict[str, Any]:
        """What JSON says of it: `logarithms` only where they are kept."""
        return self.model_dump(exclude=None if self.logarithms == "kept" else {"logarithms"})


class Notation(Frozen):
    """`names`: a role, or a canonical quantity such as `W[2][1][1]`, to the LaTeX the file wants."""

    preset: str = "indexed"
    names: dict[str, str] = {}
    delta: Literal["dL/dz", "-dL/dz"] = "dL/dz"


class Part(Frozen):
    """One question: what it asks, at which iteration (None: every shown one), for how many marks.

    `space`: the ruled lines for its answer on paper (None: by what it asks).
    """

    label: str
    ask: tuple[str, ...]
    at: int | None = None
    marks: Given | None = None
    space: int | None = None
    text: str | None = None


class AnyProblem(Frozen):
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
