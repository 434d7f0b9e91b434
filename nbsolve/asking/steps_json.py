"""Solved iterations as JSON and back, without loss: every step with its forms, unit by unit, and every value.

Numbers are written exactly: rationals as they are, enclosures by midpoint and radius, both whole numbers times a
power of two. What is read back can be verified again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np

from nbsolve.arithmetic import Arithmetic
from nbsolve.errors import NbsolveError
from nbsolve.expr import Atom, Expr, Operand
from nbsolve.expr.as_json import Decoder, Encoder, atom_from_data, atom_to_data, classes_of, rational
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.step import Form, Reason, Rule, Step
from nbsolve.symbol import Partial, Symbol
from nbsolve.values import Values

__all__ = ["SolvedIteration", "UnreadableSteps", "from_json", "to_json"]

VERSION = 1
_LONGEST = 8192
"""The bits of a whole number that is written in decimal digits."""
_PARTS = ("forward", "loss", "backward", "update", "after", "epoch", "extra")
_CLASSES = {**classes_of(), "Form": Form}
_Table = Mapping[Atom, Operand]


class UnreadableSteps(NbsolveError):
    """JSON that does not hold steps of this version of nbsolve."""


@dataclass(frozen=True)
class SolvedIteration:
    """One iteration as it was read: number, samples, steps by part, and the arithmetic they were found in."""

    number: int
    samples: tuple[int, ...]
    arithmetic: Arithmetic
    values: Values
    parts: Mapping[str, tuple[Step, ...]]

    @property
    def steps(self) -> list[Step]:
        """All steps, in the order in which they are taken."""
        return [step for part in _PARTS for step in self.parts[part]]


@dataclass(frozen=True)
class _Local:
    """Local derivatives by name, as a graph has them."""

    formulae: Mapping[Atom, Expr]

    def derivative(self, of: Symbol, wrt: Symbol) -> Expr | None:
        return self.formulae.get(Partial(of, wrt))


# ------------------------------------------------------------------------------------- writing


def to_json(solution: Solution) -> str:
    """The shown iterations of a solution as one JSON text."""
    encode = Encoder(_CLASSES.values())
    iterations = [_iteration(one, encode) for one in solution.iterations]
    data = {
        "version": VERSION,
        "bits": solution.arithmetic.bits,
        "iterations": iterations,
        "atoms": [atom_to_data(atom) for atom in encode.atoms],
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _iteration(iteration: Iteration, encode: Encoder) -> dict[str, Any]:
    values = iteration.values
    data = {
        "number": iteration.number,
        "samples": list(iteration.samples),
        "values": _values(values.stored, encode),
        "unrounded": _values(values.unrounded, encode),
        "parts": {part: [_step(step, encode) for step in getattr(iteration, part)] for part in _PARTS},
    }
    # the derivatives that are other quantities' values (∂z/∂w is a), as far as the steps speak of them
    found = {atom: values.local(atom) for atom in tuple(encode.atoms) if isinstance(atom, Partial)}
    data["local"] = [
        [encode(atom), encode(formula)] for atom, formula in found.items() if formula is not None
    ]
    return data


def _values(values: _Table, encode: Encoder) -> list[list[Any]]:
    return [[encode(atom), _number(value)] for atom, value in values.items()]


def _step(step: Step, encode: Encoder) -> dict[str, Any]:
    units = (
        [] if step.unit_forms is None else [[encode(unit.target), encode(unit.forms)] for unit in step.units]
    )
    return {
        "rule": str(step.rule),
        "target": encode(step.target),
        "forms": encode(step.forms),
        "sample": step.sample,
        "units": units,
    }


def _number(value: Any) -> Any:
    """A number or an array of them, exactly."""
    if isinstance(value, np.ndarray):
        return {"shape": list(value.shape), "entries": [_number(entry) for entry in value.reshape(-1)]}
    if isinstance(value, flint.fmpq):
        return str(value)
    parts = [(*map(int, part.man_exp()),) for part in (value.mid(), value.rad())]
    return [_whole(part) for pair in parts for part in pair]


def _whole(number: int) -> int | str:
    """A whole number; one of thousands of digits (of a given logarithm) as hexadecimal text: readers set limits."""
    return number if number.bit_length() <= _LONGEST else hex(number)


# ------------------------------------------------------------------------------------- reading


def from_json(text: str) -> tuple[SolvedIteration, ...]:
    """The iterations of `to_json`. Raises: UnreadableSteps."""
    try:
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("version") != VERSION:
            raise UnreadableSteps(
                "these steps were written by another version of nbsolve: solve the problem again"
            )
        decode = Decoder(_CLASSES, [atom_from_data(atom) for atom in data["atoms"]])
        arithmetic = Arithmetic(int(data["bits"]))
        with arithmetic.working():
            return tuple(_read_iteration(one, decode, arithmetic) for one in data["iterations"])
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError, RecursionError) as error:
        raise UnreadableSteps(f"no steps of nbsolve ({type(error).__name__}: {error})") from None


def _read_iteration(data: Any, decode: Decoder, arithmetic: Arithmetic) -> SolvedIteration:
    values = Values()
    values.graph = _Local({decode(atom): decode(formula) for atom, formula in data["local"]})
    for name, table in (("values", values.stored), ("unrounded", values.unrounded)):
        table.update({decode(atom): _read_number(number) for atom, number in data[name]})
    number = int(data["number"])
    parts = {
        part: tuple(_read_step(step, decode, values, number) for step in data["parts"][part])
        for part in _PARTS
    }
    return SolvedIteration(number, tuple(data["samples"]), arithmetic, values, parts)


def _read_step(data: Any, decode: Decoder, values: Values, iteration: int) -> Step:
    units = {decode(target): _with_reasons(decode(forms)) for target, forms in data["units"]}
    return Step(
        Rule(data["rule"]),
        decode(data["target"]),
        _with_reasons(decode(data["forms"])),
        values,
        iteration,
        data["sample"],
        tuple(units),
        units.__getitem__ if units else None,
    )


def _with_reasons(forms: Sequence[Form]) -> tuple[Form, ...]:
    return tuple(Form(form.expression, Reason(form.reason), form.about) for form in forms)


def _read_number(data: Any) -> Any:
    if isinstance(data, dict):
        array = np.empty(len(data["entries"]), dtype=object)
        array[:] = [_read_number(entry) for entry in data["entries"]]
        return array.reshape(tuple(data["shape"]))
    if isinstance(data, str):
        return rational(data)
    mid, mid_exponent, rad, rad_exponent = (
        int(part, 16) if isinstance(part, str) else int(part) for part in data
    )
    return flint.arb((mid, mid_exponent), _radius(rad, rad_exponent))


def _radius(whole: int, exponent: int) -> tuple[int, int]:
    """What flint makes this radius of: it keeps the first 30 bits and takes the next number up, always."""
    if not whole:
        return 0, 0
    shift = 30 - whole.bit_length()
    return (whole << (shift + 1)) - 1, exponent - shift - 1
