"""What nbsolve raises: one family of errors, each a message that a person can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class NbsolveError(Exception):
    """Anything nbsolve raises on purpose; its text is meant for the person who wrote the problem.

    `shown` is what the author wrote that it is about, in the author's words, where that is known.
    """

    shown: str = ""

    def __reduce__(self) -> tuple[Any, ...]:
        """Between processes an error goes as it is: its words are not made anew from what it was made of."""
        return _revived, (type(self), self.args, self.__dict__)


def _revived(kind: type[NbsolveError], args: tuple[object, ...], state: dict[str, object]) -> NbsolveError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class DomainError(NbsolveError):
    """A function met a number outside its domain (the logarithm of 0, a division by 0).

    `sample` is the number of the sample that it happened in, where a batch has several, `equation` the name of the
    equation of a computation graph; `in_update` says that it happened in the update of a parameter.
    """

    sample: int | None = None
    equation: str | None = None
    in_update: bool = False

    def within(self, where: str) -> DomainError:
        """The error with words before it that say where it happened."""
        found = DomainError(f"{where}: {self}")
        found.__dict__.update(self.__dict__)
        return found


class LogarithmOfZero(DomainError):
    """The logarithm of 0, which a factor 0 makes harmless: 0 · ln 0 counts as 0."""


class TooMuchWork(NbsolveError):
    """A problem whose numbers grow so long that it would take minutes to write them down."""


class LanguageError(NbsolveError):
    """A file of words that does not say what the English one says, or that is not there."""


class UnknownQuantityError(NbsolveError):
    """A quantity was asked for that the problem does not have, or that may mean several things."""


class UnknownChangeError(NbsolveError):
    """A rule was to be changed in a way that nbsolve does not know, or that does not fit the problem."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a problem file: where it stands, what was expected, what to do.

    `line` and `column` count from 1; `path` is the YAML path (`network.layers[1].weights[0]`).
    """

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    path: str | None = None
    expected: str | None = None
    hint: str | None = None

    @property
    def place(self) -> str:
        """`file:line:column`, as far as they are known."""
        parts = [self.file or "problem"]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        lines = [f"{self.place}: {where}{self.message}"]
        if self.expected:
            lines.append(f"    expected: {self.expected}")
        if self.hint:
            lines.append(f"    hint: {self.hint}")
        return "\n".join(lines)


class ProblemError(NbsolveError):
    """A problem file that cannot be used; carries every fault found, in the order of the file."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        if not faults:
            raise ValueError("a ProblemError needs at least one fault")
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
