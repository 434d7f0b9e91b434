"""The letters of a problem about a rule: w_1, b, z, ŷ, as its sheets write them; the formulae of a unit in them."""

from __future__ import annotations

from nbsolve.catalogue.rules import RULES
from nbsolve.expr import Expr, Negation, Number, Quantity, literal, product, total, with_variables
from nbsolve.given import Given
from nbsolve.notation import Names
from nbsolve.problem import wiring
from nbsolve.problem.model import Notation, RuleProblem
from nbsolve.symbol import LEARNING_RATE, Partial, Role, Symbol

__all__ = [
    "COUNTS",
    "RuleNames",
    "constant",
    "input_",
    "names_of",
    "prediction",
    "rate",
    "signal",
    "signal_formula",
    "target",
    "weight",
    "weighted_sum",
    "z",
]


COUNTS = ("epochs", "mistakes", "accuracy")
"""What texts may name of a whole training."""


class RuleNames(Names):
    """The names of a unit's quantities, and of what a whole training counts."""

    def resolve(self, text: str) -> Symbol | Partial:
        """The quantity that a name means. Raises: UnknownQuantityError."""
        return Symbol.node(text) if text in COUNTS else super().resolve(text)


def names_of(problem: RuleProblem) -> RuleNames:
    """The names of the quantities: with one unit no index says which unit is meant."""
    layer = problem.network.layers[0]
    given = problem.notation.names
    one = layer.units == 1
    names = dict(given)
    comma = "," if max(layer.units, problem.network.inputs) > 9 else ""

    def default(role: str, canonical: str, text: str) -> None:
        if role not in given and canonical not in given:
            names[canonical] = text

    for unit in range(1, layer.units + 1):
        index = "" if one else f"_{{{unit}}}"
        for i in range(1, problem.network.inputs + 1):
            default("weight", f"W[1][{unit}][{i}]", f"w_{{{i}}}" if one else f"w_{{{i}{comma}{unit}}}")
        default("bias", f"b[1][{unit}]", f"b{index}")
        default("threshold", f"theta[1][{unit}]", rf"\theta{index}")
        default("pre_activation", f"z[1][{unit}]", f"z{index}")
        if "output" not in given:
            default("activation", f"a[1][{unit}]", rf"\hat y{index}")
        default("target", f"y[{unit}]", f"y{index}")
        default("error", f"e[{unit}]", f"e{index}")
    return RuleNames(problem.network, Notation(preset="indexed", names=names))


# ------------------------------------------------------------------ quantities of a unit (from 1)


def weight(unit: int, i: int) -> Symbol:
    """The weight of input i."""
    return Symbol.weight(1, unit, i)


def constant(problem: RuleProblem, unit: int) -> Symbol | None:
    """The bias or threshold; None where there is none."""
    return wiring.constant(problem.network, 1, unit)


def input_(i: int) -> Symbol:
    """The input i of a sample."""
    return Symbol.input(i)


def target(unit: int) -> Symbol:
    """The target of a unit."""
    return Symbol.target(unit)


def z(unit: int) -> Symbol:
    """The weighted sum of a unit."""
    return Symbol.pre_activation(1, unit)


def prediction(unit: int) -> Symbol:
    """The class that a unit gives."""
    return Symbol.activation(1, unit)


def signal(unit: int) -> Symbol:
    """What a sample changes the parameters by, before learning rate and input: the error."""
    return Symbol.error(unit)


rate = LEARNING_RATE


# ------------------------------------------------------------------ formulae


def weighted_sum(problem: RuleProblem, unit: int) -> Expr:
    """w_1 x_1 + w_2 x_2 + b."""
    terms: list[Expr] = [
        product(Quantity(weight(unit, i)), Quantity(input_(i))) for i in range(1, problem.network.inputs + 1)
    ]
    own = constant(problem, unit)
    if own is not None:
        terms.append(Negation((Quantity(own),)) if own.role is Role.THRESHOLD else Quantity(own))
    return total(*terms)


def signal_formula(problem: RuleProblem, unit: int) -> Expr:
    """What the rule makes of target, prediction and z: y − ŷ."""
    own: dict[str, Expr] = {
        name: _factor(given) for name, given in problem.rule.parameters.items() if name != "learning_rate"
    }
    values = {"y": Quantity(target(unit)), "a": Quantity(prediction(unit)), "z": Quantity(z(unit)), **own}
    formula = with_variables(RULES[problem.rule.name].signal, values)
    return (
        product(*formula.children)
        if isinstance(formula, type(product(Quantity(rate), Quantity(rate))))
        else formula
    )


def _factor(given: Given) -> Expr:
    """A factor of 1 without its text, so that a product leaves it out."""
    return Number(given.rational) if given.value == 1 else literal(given)
