"""What a live number asks for: `{{dL/dw3 at 2 : 4 decimals}}`, read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nbsolve.arithmetic import Arithmetic, Value
from nbsolve.asking.writing import scalar
from nbsolve.authored.live import Slot
from nbsolve.errors import DomainError, Fault, ProblemError, UnknownQuantityError
from nbsolve.evaluate import evaluate
from nbsolve.expr import Atom, Expr, Quantity, Variable, with_variables
from nbsolve.formula import FormulaError
from nbsolve.formula.live import Place, is_name, parse_live, place_of
from nbsolve.notation import Names
from nbsolve.problem.model import Digits, Rounding
from nbsolve.rounding import Written
from nbsolve.symbol import Symbol

_DIGITS = re.compile(r":\s*(\d{1,2})\s+(decimals?|significant)\s*$")
_MOST_DIGITS = 30
_OPERATORS = re.compile(r"[*+,]|-(?!>)|−|\w\s*\((?!\d+\))")
_USAGE = "a quantity or a formula, and perhaps after it: at 2, sample 3, : 4 decimals or : 6 significant"


class LiveError(ProblemError):
    """A live number that cannot be read or has no value; `shown` is how it is written."""

    shown = ""

    def __init__(self, reason: str, expected: str | None = None, hint: str | None = None) -> None:
        super().__init__([Fault(reason, expected=expected, hint=hint)])

    def in_text(self, path: str, slot: Slot) -> LiveError:
        """This error as one about a text of the problem, which the YAML path names."""
        (fault,) = self.faults
        error = LiveError(fault.message, fault.expected, fault.hint)
        error.shown = slot.shown
        error.faults = (replace(fault, message=f"{slot.shown}: {fault.message}", path=path),)
        error.args = (str(error.faults[0]),)
        return error


@dataclass(frozen=True)
class Request:
    """What one place asks for: a formula, the quantities that its variables stand for, its digits."""

    formula: Expr
    quantities: dict[str, tuple[Atom, Place]]
    digits: Digits | None = None
    with_sign: bool = False

    def latex(self, written: Written) -> str:
        """The number, and the sign before it where that is wanted."""
        mantissa, _, exponent = written.text.partition("e")
        number = rf"{mantissa}\cdot 10^{{{int(exponent)}}}" if exponent else mantissa
        sign = "=" if written.exact else r"\approx"
        return f"{sign} {number}" if self.with_sign else number


def read(asked: str, names: Names | None) -> Request:
    """The formula of a place with its quantities. Raises: LiveError."""
    text, digits = _digits_of(asked.strip())
    text, outer = place_of(text)
    with_sign, text = text.startswith("="), text.removeprefix("=").strip()
    unknown = None
    if names is not None and not _OPERATORS.search(_without_groups(text)):
        try:
            return Request(Variable(text), {text: (names.resolve(text), outer)}, digits, with_sign)
        except UnknownQuantityError as error:
            unknown = error
    try:
        formula, wanted = parse_live(text)
    except FormulaError as error:
        if unknown is not None and is_name(text):
            raise LiveError(str(unknown), _USAGE, _MEANT) from None
        at = f" (column {error.column})" if error.column > 1 else ""
        raise LiveError(error.message + at, error.expected, error.hint) from None
    if wanted and names is None:
        raise LiveError("this problem has no quantities", "a formula of numbers, such as ln(2)", _MEANT)
    found: dict[str, tuple[Atom, Place]] = {}
    for key, one in wanted.items():
        assert names is not None
        try:
            found[key] = names.resolve(one.name), one.place.within(outer)
        except UnknownQuantityError as error:
            raise LiveError(str(error), hint=_MEANT) from None
    return Request(formula, found, digits, with_sign)


def _without_groups(text: str) -> str:
    r"""Without what stands in braces and brackets: the comma of `b_{1,2}` separates no arguments."""
    return re.sub(r"\{[^{}]*\}|\[[^\[\]]*\]", "", text)


_MEANT = r"two braces that are meant are \{\{ in words and { { in mathematics"


def _digits_of(asked: str) -> tuple[str, Digits | None]:
    found = _DIGITS.search(asked)
    if found is None:
        return asked, None
    count, decimals = int(found[1]), found[2] != "significant"
    if not (0 if decimals else 1) <= count <= _MOST_DIGITS:
        raise LiveError(f"{count} digits", f"at most {_MOST_DIGITS} decimals or significant digits")
    digits = Digits(decimals=count) if decimals else Digits(significant=count)
    return asked[: found.start()].strip(), digits


def value_of(formula: Expr, numbers: dict[str, Value], arithmetic: Arithmetic) -> Value:
    """The value of the formula. Raises: LiveError, Undecided."""
    stand_ins = {key: Symbol.input(place) for place, key in enumerate(numbers, 1)}
    tree = with_variables(formula, {key: Quantity(symbol) for key, symbol in stand_ins.items()})
    try:
        return scalar(evaluate(tree, {stand_ins[key]: value for key, value in numbers.items()}, arithmetic))
    except DomainError as error:
        raise LiveError(f"this has no value: it needs {error}") from None


def digits_wanted(request: Request, rounding: Rounding) -> Digits:
    """How many digits a number is to have: as it says itself, or as answers of the problem have."""
    return request.digits or rounding.answers
