"""Rules that learn without a gradient: one record each, the signal of a sample as data, words in `phrases/`.

Every rule changes a parameter of a unit by learning rate · signal · input, where the input of a bias is 1 and that
of a threshold −1. The signal is a formula in `y` (target), `a` (prediction), `z` (weighted sum) and the rule's own
parameters. Sources: F. Rosenblatt, "The Perceptron", Psychological Review 65, 1958; B. Widrow and M. E. Hoff,
"Adaptive Switching Circuits", 1960; D. O. Hebb, "The Organization of Behavior", 1949; L. Fausett, "Fundamentals of
Neural Networks", 1994.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from nbsolve.expr import Expr, Negation, Sum, Variable, product
from nbsolve.given import Given

__all__ = ["RULES", "LearningRule"]


@dataclass(frozen=True)
class LearningRule:
    """change = learning_rate · signal · input.

    `mistakes`: only a sample with a wrong prediction changes anything. `middle`: the prediction changes its class
    in the middle of the two targets (0.5 of 0 and 1), because z itself is compared with them; elsewhere at 0.
    """

    name: str
    signal: Expr
    learning_rate: str
    parameters: Mapping[str, Given] = field(default_factory=lambda: MappingProxyType({}))
    mistakes: bool = False
    middle: bool = False


_y, _a, _z = Variable("y"), Variable("a"), Variable("z")
_RECORDS = (
    LearningRule("perceptron", Sum((_y, Negation((_a,)))), "1", mistakes=True),
    LearningRule("perceptron_target", _y, "1", mistakes=True),
    LearningRule(
        "adaline",
        product(Variable("factor"), Sum((_y, Negation((_z,))))),
        "0.1",
        MappingProxyType({"factor": Given.read("1")}),
        middle=True,
    ),
    LearningRule("hebb", _y, "1"),
)
RULES: dict[str, LearningRule] = {record.name: record for record in _RECORDS}
