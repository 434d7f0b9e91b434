"""The keys of a rule that is no gradient."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from nbsolve.problem.keys.base import Keys, Made, choice_of, key
from nbsolve.problem.keys.values import Number

__all__ = ["CHANGES", "NO_MISTAKES", "RULE_KEYS", "Rule"]

CHANGES = ("error", "target")
NO_MISTAKES = "no mistakes"


class HebbKeys(Keys):
    """Settings of Hebb's rule."""

    learning_rate: Number = key("η", "1")


class PerceptronKeys(HebbKeys):
    """Settings of the perceptron rule."""

    change: Literal["error", "target"] = key("change by the error y − ŷ, or by the target y", "`error`")
    at_zero: Number = key("what the unit gives at z = 0", "the upper of the two targets")
    undecided: Number = key("nearer to 0 than this it gives 0")


class AdalineKeys(Keys):
    """Settings of Adaline."""

    learning_rate: Number = key("η", "0.1")
    factor: Number = key("a factor of the error", "1")


RULE_KEYS: dict[str, type[Keys]] = {"perceptron": PerceptronKeys, "adaline": AdalineKeys, "hebb": HebbKeys}


def _rule() -> Any:
    return choice_of("rule", RULE_KEYS)


Rule = Annotated[Any, Made(_rule)]
