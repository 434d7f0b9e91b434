r"""Optimisers: one record each, what it keeps and how a parameter changes as data; its words are in `phrases/`.

Formulae are written in the placeholders `parameter`, `gradient`, `t` (the number of the update), `learning_rate`,
the names of the optimiser's own settings and those of its equations. In an equation a name stands for the newest
value: the old one in its own equation and before, the new one after it; `old_NAME` is the one before the update.

Sources: H. Robbins and S. Monro, "A Stochastic Approximation Method", 1951; signs: J. Bernstein et al.,
arXiv:1802.04434; clipping: R. Pascanu et al., arXiv:1211.5063; weight decay: I. Loshchilov and F. Hutter,
arXiv:1711.05101; momentum: B. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964, and
I. Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013; Adam: D. Kingma and
J. Ba, arXiv:1412.6980.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nbsolve.expr import Expr, Function, Negation, Power, Product, Quotient, Sum, Variable, number
from nbsolve.given import Given

__all__ = ["OPTIMISERS", "Equation", "Optimiser", "letter_of"]


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


_GENERAL = {"t": "t", "parameter": "w"}
"""The number of an update, and any parameter in a rule."""


def letter_of(name: str) -> str:
    """The letter of an optimiser's setting or of what it keeps, in LaTeX. Raises KeyError."""
    if name in _GENERAL:
        return _GENERAL[name]
    return next(letter for own, letter in _letters() if own == name)


def _letters() -> Iterator[tuple[str, str]]:
    for record in OPTIMISERS.values():
        yield from record.letters.items()
        yield from ((equation.name, equation.letter) for equation in record.equations)


# ------------------------------------------------------------------------------------- writing formulae

_gradient, _parameter, _rate, _t = map(Variable, ("gradient", "parameter", "learning_rate", "t"))


def _down(*factors: Expr) -> Expr:
    """Against the direction of a step, by the learning rate."""
    return Negation((Product((_rate, *factors)),))


def _rest(setting: str) -> Expr:
    """1 − β."""
    return Sum((number(1), Negation((Variable(setting),))))


def _mixed(name: str, setting: str, new: Expr) -> Expr:
    """β · old + (1 − β) · new: a moving average."""
    return Sum((Product((Variable(setting), Variable(name))), Product((_rest(setting), new))))


def _corrected(name: str, setting: str) -> Expr:
    """A moving average that began at 0, divided by the sum of its weights, 1 − β^t."""
    return Quotient((Variable(name), Sum((number(1), Negation((Power((Variable(setting), _t)),))))))


def _root(expression: Expr) -> Expr:
    return Function("sqrt", (expression,))


def _read(**settings: str) -> dict[str, Given]:
    return {name: Given.read(text) for name, text in settings.items()}


_limit, _squared = Variable("limit"), Power((_gradient, number(2)))
_RATE = _read(learning_rate="0.1")
_BETAS = {"beta1": r"\beta_1", "beta2": r"\beta_2", "epsilon": r"\varepsilon"}
_ADAM = _read(learning_rate="0.001", beta1="0.9", beta2="0.999", epsilon="1e-8")
_MOMENTS = (
    Equation("m", "m", _mixed("m", "beta1", _gradient)),
    Equation("v", "v", _mixed("v", "beta2", _squared)),
    Equation("m_hat", r"\hat{m}", _corrected("m", "beta1"), kept=False),
    Equation("v_hat", r"\hat{v}", _corrected("v", "beta2"), kept=False),
)


def _over(numerator: Expr, *root: str) -> Expr:
    """numerator / (√v + ε)."""
    return Quotient((numerator, Sum((*(_root(Variable(name)) for name in root), Variable("epsilon")))))


_MOMENTUM = {**_RATE, **_read(beta="0.9")}
_BETA = {"beta": r"\beta"}
_RECORDS = (
    Optimiser("sgd", _down(_gradient), _RATE, straight=True),
    Optimiser("sign_sgd", _down(Function("sign", (_gradient,))), _RATE),
    Optimiser(
        "clipped_sgd",
        _down(Function("max", (Negation((_limit,)), Function("min", (_limit, _gradient))))),
        {**_RATE, "limit": Given.read("1")},
    ),
    Optimiser(
        "decayed_sgd",
        _down(Sum((_gradient, Product((Variable("decay"), _parameter))))),
        {**_RATE, "decay": Given.read("0.01")},
    ),
    Optimiser(
        "momentum",
        _down(Variable("velocity")),
        _MOMENTUM,
        equations=(
            Equation("velocity", "v", Sum((Product((Variable("beta"), Variable("velocity"))), _gradient))),
        ),
        letters=_BETA,
    ),
    Optimiser(
        "adam",
        _down(_over(Variable("m_hat"), "v_hat")),
        _ADAM,
        equations=_MOMENTS,
        letters=_BETAS,
    ),
)

OPTIMISERS: dict[str, Optimiser] = {record.name: record for record in _RECORDS}
