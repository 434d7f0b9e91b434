"""What stands behind keys of many mappings: numbers, letters, lists of them, texts, counts."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import ConfigDict, Field, RootModel

from nbsolve.problem.cells import LETTER, SYMBOLIC

__all__ = [
    "Array",
    "Cell",
    "Count",
    "ExactArray",
    "Iteration",
    "Matrix",
    "Names",
    "Natural",
    "Number",
    "Numbers",
    "Over",
    "Rows",
    "Some",
    "Symbolic",
    "Text",
    "Texts",
    "Value",
    "Vector",
]

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$|^[+-]?[0-9]+/[0-9]+$"

Text = str | float | bool
"""A title such as 2024 is a number to an editor, and a text here."""
T = TypeVar("T")
Some = Annotated[list[T], Field(min_length=1)]
"""At least one."""
Texts = Some[Text]
Names = str | Texts
Count = Annotated[int, Field(ge=1)]
Natural = Annotated[int, Field(ge=0)]
Iteration = Count | Literal["first", "last"]
Over = Literal["sum", "mean"]
Symbolic = Literal["symbolic"]


class Value(RootModel[Any]):
    """What may be written behind a key."""

    model_config = ConfigDict(defer_build=True)


class Number(Value):
    """A number as written: 0.10, -3, 2e-3 or 1/3."""

    root: float | Annotated[str, Field(pattern=_NUMBER)]


class LogarithmName(Value):
    """A sum of logarithms and numbers: ln(3), -2*ln(3), ln(4) - 0.3."""

    root: Annotated[str, Field(pattern=r"^[-+*/.0-9 ()ln]*ln[-+*/.0-9 ()ln]*$")]


class LetterName(Value):
    r"""symbolic, or a letter such as w, w_1 or \hat y: no number, solved in symbols."""

    root: Annotated[str, Field(pattern=f"^{LETTER}$|^{SYMBOLIC}$")]


Cell = Number | LogarithmName | LetterName
Numbers = Some[Number]
Rows = Some[Numbers]
Array = Number | Numbers | Rows | Some[Rows]
Exact = Number | LogarithmName
ExactArray = Exact | Some[Exact] | Some[Some[Exact]] | Some[Some[Some[Exact]]]


class Vector(Value):
    """Numbers or letters in a list."""

    root: Symbolic | list[Cell]


class Matrix(Value):
    """Rows of numbers or letters."""

    root: Symbolic | Some[Vector]
