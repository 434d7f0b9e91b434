"""An optimiser's record, and the formulae that several records are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbsolve.expr import Expr, Function, Negation, Power, Product, Quotient, Sum, Variable, number
from nbsolve.given import Given


@dataclass(frozen=True)
class Equation:
    r"""What an optimiser finds for each parameter before it changes it: `name` = formula, written as `letter`.

    `kept`: carried over to the next update, from 0 at the start (or from what a problem gives); else it is only
    found on the way.
    """

    name: str
    letter: str
    formula: Expr
    kept: bool = True


@dataclass(frozen=True)
class Optimiser:
    """parameter ← parameter + change, a formula in placeholders; `equations` come before it, in their order.

    `straight`: the change is proportional to the gradient, so that it can be said through the error signal.
    `letters` are those of the settings that formulae call by a letter; the others stand there as numbers.
    """

    name: str
    change: Expr
    parameters: Mapping[str, Given]
    straight: bool = False
    equations: tuple[Equation, ...] = ()
    letters: Mapping[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> tuple[Equation, ...]:
        """What is carried over."""
        return tuple(equation for equation in self.equations if equation.kept)


GRADIENT, PARAMETER, _rate, _t = map(Variable, ("gradient", "parameter", "learning_rate", "t"))


def down(*factors: Expr) -> Expr:
    """Against the direction of a step, by the learning rate."""
    return Negation((Product((_rate, *factors)),))


def rest(setting: str) -> Expr:
    """1 − β."""
    return Sum((number(1), Negation((Variable(setting),))))


def mixed(name: str, setting: str, new: Expr) -> Expr:
    """β · old + (1 − β) · new: a moving average."""
    return Sum((Product((Variable(setting), Variable(name))), Product((rest(setting), new))))


def weights(setting: str, more: int = 0) -> Expr:
    """1 − β^t, the sum of the weights of a moving average of t values, or of some more."""
    count = Sum((_t, number(more))) if more else _t
    return Sum((number(1), Negation((Power((Variable(setting), count)),))))


def corrected(name: str, setting: str) -> Expr:
    """A moving average that began at 0, divided by the sum of its weights, 1 − β^t."""
    return Quotient((Variable(name), weights(setting)))


def root(expression: Expr) -> Expr:
    """√expression."""
    return Function("sqrt", (expression,))


SQUARED = Power((GRADIENT, number(2)))


def over(numerator: Expr, *squares: str) -> Expr:
    """numerator / (√v + ε)."""
    return Quotient((numerator, Sum((*(root(Variable(name)) for name in squares), Variable("epsilon")))))


def limited(limit: Expr) -> Expr:
    """The gradient, or ±limit where it is larger than that."""
    return Function("max", (Negation((limit,)), Function("min", (limit, GRADIENT))))


def scaled(square: str, epsilon_inside: bool = False) -> Expr:
    """−η g / (√s + ε), or with ε under the root."""
    if epsilon_inside:
        return down(Quotient((GRADIENT, root(Sum((Variable(square), Variable("epsilon")))))))
    return down(over(GRADIENT, square))
