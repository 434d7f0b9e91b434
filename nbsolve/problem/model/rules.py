"""Problems about a layer that learns by a rule which is no gradient."""

from __future__ import annotations

from typing import Literal

from nbsolve.given import Given
from nbsolve.problem.model.common import AnyProblem, Choice, Notation, Rounding
from nbsolve.problem.model.network import Network, Sample


class RuleProblem(AnyProblem):
    """A problem about one layer that learns by a rule: perceptron, Adaline (Widrow–Hoff) or Hebb.

    `rule` names a record of `catalogue.rules` with its parameters, the learning rate among them. `classes` are the
    two targets, the lower first; `at_zero` is what a unit gives where z lies on the border, or, with `undecided`,
    nearer to it than that (a value that is no target is never right). `batch`: after how many samples parameters
    change. Training ends after an epoch without a mistake (`until_right`), or after `epochs`; `show` are the epochs
    that are written out.
    """

    kind: Literal["rule"] = "rule"
    network: Network
    samples: tuple[Sample, ...]
    features: tuple[str, ...] = ()
    rule: Choice
    classes: tuple[Given, Given]
    at_zero: Given
    undecided: Given | None = None
    batch: Literal["sample", "all"] = "sample"
    until_right: bool = False
    epochs: int
    show: Literal["all", "auto"] | tuple[int, ...] = "auto"
    rounding: Rounding = Rounding()
    notation: Notation = Notation()
