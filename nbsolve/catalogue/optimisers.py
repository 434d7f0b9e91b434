r"""Optimisers: one record each, what it keeps and how a parameter changes as data; its words are in `phrases/`.

Formulae are written in the placeholders `parameter`, `gradient`, `t` (the number of the update), `learning_rate`,
the names of the optimiser's own settings and those of its equations. In an equation a name stands for the newest
value: the old one in its own equation and before, the new one after it; `old_NAME` is the one before the update.

Sources: H. Robbins and S. Monro, "A Stochastic Approximation Method", 1951; signs: J. Bernstein et al.,
arXiv:1802.04434; clipping: R. Pascanu et al., arXiv:1211.5063; weight decay: I. Loshchilov and F. Hutter,
arXiv:1711.05101; momentum: B. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964, and
I. Sutskever et al., ICML 2013; Nesterov's method at the parameters themselves: Y. Bengio et al., arXiv:1212.0901;
Adagrad: J. Duchi et al., JMLR 12, 2011; RMSprop: T. Tieleman and G. Hinton, lecture 6.5, 2012; Adadelta: M. Zeiler,
arXiv:1212.5701; Adam and AdaMax: D. Kingma and J. Ba, arXiv:1412.6980; AMSGrad: S. Reddi et al., ICLR 2018; Nadam:
T. Dozat, ICLR workshop 2016, with a constant factor, and S. Ruder, arXiv:1609.04747; Lion: X. Chen et al.,
arXiv:2302.06675.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nbsolve.catalogue.optimiser import (
    GRADIENT,
    PARAMETER,
    SQUARED,
    Equation,
    Optimiser,
    corrected,
    down,
    limited,
    mixed,
    over,
    rest,
    root,
    scaled,
    weights,
)
from nbsolve.catalogue.schedules import SCHEDULES
from nbsolve.expr import (
    Cases,
    Comparison,
    Expr,
    Function,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    number,
    with_variables,
)
from nbsolve.given import Given

__all__ = ["OPTIMISERS", "Equation", "Optimiser", "clipped", "letter_of"]

_GENERAL = {
    "t": "t",
    "parameter": "w",
    "clipped": r"\tilde{g}",
    "clip": "c",
    "norm": "G",
    "k": "k",
    "rate": r"\eta",
}
"""The number of an update, any parameter in a rule, a clipped gradient, its limit, the norm of all gradients."""


def letter_of(name: str) -> str:
    """The letter of an optimiser's setting or of what it keeps, in LaTeX. Raises KeyError."""
    if name in _GENERAL:
        return _GENERAL[name]
    return next(letter for own, letter in _letters() if own == name)


def _letters() -> Iterator[tuple[str, str]]:
    for schedule in SCHEDULES.values():
        yield from schedule.letters.items()
    for record in OPTIMISERS.values():
        yield from record.letters.items()
        yield from ((equation.name, equation.letter) for equation in record.equations)


def _read(**settings: str) -> dict[str, Given]:
    return {name: Given.read(text) for name, text in settings.items()}


_RATE = _read(learning_rate="0.1")
_BETAS = {"beta1": r"\beta_1", "beta2": r"\beta_2", "epsilon": r"\varepsilon"}
_ADAM = _read(learning_rate="0.001", beta1="0.9", beta2="0.999", epsilon="1e-8")
_MOMENTS = (
    Equation("m", "m", mixed("m", "beta1", GRADIENT)),
    Equation("v", "v", mixed("v", "beta2", SQUARED)),
    Equation("m_hat", r"\hat{m}", corrected("m", "beta1"), kept=False),
    Equation("v_hat", r"\hat{v}", corrected("v", "beta2"), kept=False),
)
_LARGEST = Equation("v_max", r"\tilde{v}", Function("max", (Variable("v_max"), Variable("v"))))


_DECAY = Product((Variable("decay"), PARAMETER))
_BETA, _EPSILON = {"beta": r"\beta"}, {"epsilon": r"\varepsilon"}
_LAMBDA = {"decay": r"\lambda"}
_MOMENTUM = {**_RATE, **_read(beta="0.9")}
_RHO = {"rho": r"\rho", **_EPSILON}
_VELOCITY = Variable("velocity")
_SQUARES = Equation("squares", "s", mixed("squares", "rho", SQUARED))
_SUM_OF_SQUARES = Equation("squares", "s", Sum((Variable("squares"), SQUARED)))
_RMSPROP = _read(learning_rate="0.01", rho="0.9", epsilon="1e-8")
_ADAGRAD = _read(learning_rate="0.01", epsilon="1e-10")


def _velocity(new: Expr) -> tuple[Equation, ...]:
    """v ← β v + new."""
    return (Equation("velocity", "v", Sum((Product((Variable("beta"), _VELOCITY)), new))),)


_RECORDS = (
    Optimiser("sgd", down(GRADIENT), _RATE, straight=True),
    Optimiser("sign_sgd", down(Function("sign", (GRADIENT,))), _RATE),
    Optimiser(
        "clipped_sgd",
        down(limited(Variable("limit"))),
        {**_RATE, "limit": Given.read("1")},
    ),
    Optimiser(
        "decayed_sgd",
        down(Sum((GRADIENT, _DECAY))),
        {**_RATE, "decay": Given.read("0.01")},
    ),
    # ------------------------------------------------------------------ momentum
    Optimiser("momentum", down(_VELOCITY), _MOMENTUM, equations=_velocity(GRADIENT), letters=_BETA),
    Optimiser("momentum_velocity", _VELOCITY, _MOMENTUM, equations=_velocity(down(GRADIENT)), letters=_BETA),
    Optimiser(
        "momentum_average",
        down(_VELOCITY),
        _MOMENTUM,
        equations=_velocity(Product((rest("beta"), GRADIENT))),
        letters=_BETA,
    ),
    Optimiser(
        "nesterov",
        down(Sum((GRADIENT, Product((Variable("beta"), _VELOCITY))))),
        _MOMENTUM,
        equations=_velocity(GRADIENT),
        letters=_BETA,
    ),
    Optimiser(
        "nesterov_velocity",
        Sum((Product((Variable("beta"), _VELOCITY)), down(GRADIENT))),
        _MOMENTUM,
        equations=_velocity(down(GRADIENT)),
        letters=_BETA,
    ),
    # ------------------------------------------------------------------ each parameter by its own scale
    Optimiser("adagrad", scaled("squares"), _ADAGRAD, equations=(_SUM_OF_SQUARES,), letters=_EPSILON),
    Optimiser(
        "adagrad_epsilon_inside",
        scaled("squares", epsilon_inside=True),
        _ADAGRAD,
        equations=(_SUM_OF_SQUARES,),
        letters=_EPSILON,
    ),
    Optimiser("rmsprop", scaled("squares"), _RMSPROP, equations=(_SQUARES,), letters=_RHO),
    Optimiser(
        "rmsprop_epsilon_inside",
        scaled("squares", epsilon_inside=True),
        _RMSPROP,
        equations=(_SQUARES,),
        letters=_RHO,
    ),
    Optimiser(
        "adadelta",
        down(Variable("step")),
        _read(learning_rate="1", rho="0.9", epsilon="1e-6"),
        equations=(
            _SQUARES,
            Equation(
                "step",
                "d",
                Product(
                    (
                        Quotient(
                            (
                                root(Sum((Variable("steps"), Variable("epsilon")))),
                                root(Sum((Variable("squares"), Variable("epsilon")))),
                            )
                        ),
                        GRADIENT,
                    )
                ),
                kept=False,
            ),
            Equation("steps", "u", mixed("steps", "rho", Power((Variable("step"), number(2))))),
        ),
        letters=_RHO,
    ),
    # ------------------------------------------------------------------ both
    Optimiser("adam", down(over(Variable("m_hat"), "v_hat")), _ADAM, equations=_MOMENTS, letters=_BETAS),
    Optimiser(
        "adam_epsilon_inside",
        down(Quotient((Variable("m_hat"), root(Sum((Variable("v_hat"), Variable("epsilon"))))))),
        _ADAM,
        equations=_MOMENTS,
        letters=_BETAS,
    ),
    Optimiser(
        "adamw",
        down(Sum((over(Variable("m_hat"), "v_hat"), _DECAY))),
        {**_ADAM, **_read(decay="0.01")},
        equations=_MOMENTS,
        letters={**_BETAS, **_LAMBDA},
    ),
    Optimiser(
        "adamax",
        down(Quotient((Variable("m_hat"), Variable("largest")))),
        _read(learning_rate="0.002", beta1="0.9", beta2="0.999"),
        equations=(
            _MOMENTS[0],
            Equation(
                "largest",
                "u",
                Function(
                    "max",
                    (Product((Variable("beta2"), Variable("largest"))), Function("abs", (GRADIENT,))),
                ),
            ),
            _MOMENTS[2],
        ),
        letters={name: _BETAS[name] for name in ("beta1", "beta2")},
    ),
    Optimiser(
        "amsgrad",
        down(over(Variable("m_hat"), "v_hat")),
        _ADAM,
        equations=(
            *_MOMENTS[:2],
            _LARGEST,
            _MOMENTS[2],
            Equation("v_hat", r"\hat{v}", corrected("v_max", "beta2"), kept=False),
        ),
        letters=_BETAS,
    ),
    Optimiser(
        "amsgrad_uncorrected",
        down(over(Variable("m"), "v_max")),
        _ADAM,
        equations=(*_MOMENTS[:2], _LARGEST),
        letters=_BETAS,
    ),
    Optimiser(
        "nadam",
        down(over(Variable("m_bar"), "v_hat")),
        {**_ADAM, **_read(learning_rate="0.002")},
        equations=(
            *_MOMENTS[:2],
            _MOMENTS[3],
            Equation(
                "m_bar",
                r"\bar{m}",
                Sum(
                    (
                        Quotient((Product((Variable("beta1"), Variable("m"))), weights("beta1", more=1))),
                        Quotient((Product((rest("beta1"), GRADIENT)), weights("beta1"))),
                    )
                ),
                kept=False,
            ),
        ),
        letters=_BETAS,
    ),
    Optimiser(
        "nadam_simplified",
        down(over(Variable("m_bar"), "v_hat")),
        {**_ADAM, **_read(learning_rate="0.002")},
        equations=(
            *_MOMENTS,
            Equation(
                "m_bar",
                r"\bar{m}",
                Sum(
                    (
                        Product((Variable("beta1"), Variable("m_hat"))),
                        Quotient((Product((rest("beta1"), GRADIENT)), weights("beta1"))),
                    )
                ),
                kept=False,
            ),
        ),
        letters=_BETAS,
    ),
    Optimiser(
        "lion",
        down(Sum((Function("sign", (Variable("c"),)), _DECAY))),
        _read(learning_rate="0.0001", beta1="0.9", beta2="0.99", decay="0.01"),
        equations=(
            # c in the paper, which is the letter of the limit where gradients are clipped
            Equation("c", r"\bar{m}", mixed("m", "beta1", GRADIENT), kept=False),
            Equation("m", "m", mixed("m", "beta2", GRADIENT)),
        ),
        letters={**{name: _BETAS[name] for name in ("beta1", "beta2")}, **_LAMBDA},
    ),
)

OPTIMISERS: dict[str, Optimiser] = {record.name: record for record in _RECORDS}


def clipped(record: Optimiser, how: str) -> Optimiser:
    """The optimiser with gradients that are clipped before: entry by entry, or by the norm of all of them.

    `clip` is the limit; `norm` is the root of the sum of the squares of all gradients.
    """
    limit, norm = Variable("clip"), Variable("norm")
    formula = limited(limit)
    if how == "norm":
        shorter = Product((Quotient((limit, norm)), GRADIENT))
        formula = Cases(((GRADIENT, Comparison(norm, "≤", limit)), (shorter, None)))

    def swapped(expression: Expr) -> Expr:
        return with_variables(expression, {"gradient": Variable("clipped")})

    return replace(
        record,
        equations=(
            Equation("clipped", letter_of("clipped"), formula, kept=False),
            *(replace(one, formula=swapped(one.formula)) for one in record.equations),
        ),
        change=swapped(record.change),
        straight=False,
        letters={**record.letters, "clip": letter_of("clip")},
    )
