"""What a formula may call: the functions by name, how many arguments each takes, what tree each makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nbsolve.catalogue import ACTIVATIONS
from nbsolve.expr import Applied, Expr, Function, number


@dataclass(frozen=True)
class Callable_:
    """A function of a formula: from `least` to `most` arguments (None: any number), made into a tree."""

    make: Callable[[tuple[Expr, ...]], Expr]
    least: int = 1
    most: int | None = 1
    usage: str = ""


def _named(name: str) -> Callable_:
    return Callable_(lambda operands: Function(name, operands), usage=f"{name}(…)")


def catalogued(name: str, argument: Expr) -> Applied:
    """An activation of the catalogue without parameters, applied: sigmoid(z) is printed as σ(z)."""
    record = ACTIVATIONS[name]
    return Applied(record.function, record.definition, (("z", argument),))


def _activation(name: str) -> Callable_:
    return Callable_(lambda operands: catalogued(name, operands[0]), usage=f"{name}(…)")


FUNCTIONS: dict[str, Callable_] = {
    **{
        name: _named(name)
        for name in ("exp", "ln", "sqrt", "tanh", "sinh", "cosh", "sin", "cos", "atan", "erf", "abs", "sign")
    },
    # As in every programming language: the natural logarithm. The page writes ln.
    "log": Callable_(lambda operands: Function("ln", operands), usage="log(…)"),
    "max": Callable_(lambda operands: Function("max", operands), 2, None, "max(…, …)"),
    "min": Callable_(lambda operands: Function("min", operands), 2, None, "min(…, …)"),
    **{name: _activation(name) for name in ("sigmoid", "relu", "softplus")},
}
"""`where(condition, value, otherwise)` is read by the parser, because its first argument is a comparison."""

CONSTANTS: dict[str, Expr] = {"pi": Function("pi", ()), "e": Function("exp", (number(1),))}
WHERE = "where"
RESERVED = frozenset((*FUNCTIONS, *CONSTANTS, WHERE))
"""Names that a variable or a parameter cannot have."""
