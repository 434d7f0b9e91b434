"""What a plot shows of each derivation: one function of one variable, everything else held at simple numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbsolve.catalogue.activations import ACTIVATIONS
from nbsolve.expr import Expr
from nbsolve.given import Given


@dataclass(frozen=True)
class Graph:
    """f and f′ in one placeholder over an interval; `labels` are what the two are called."""

    definition: Expr
    derivative: Expr
    variable: str
    domain: tuple[float, float]
    labels: tuple[str, str]
    parameters: Mapping[str, Given] = field(default_factory=dict)


_SIGNS = {"sigmoid": "σ", "tanh": "tanh", "linear": "id", "relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU",
          "softplus": "softplus", "gelu": "GELU", "silu": "SiLU", "step": "step"}  # fmt: skip


def graph(id: str, parameters: Mapping[str, Given]) -> Graph:
    """The graph of what `derivation_id` calls so. Raises: KeyError."""
    record = ACTIVATIONS[id]
    sign = _SIGNS[id]
    labels = (f"{sign}(z)", f"{sign}′(z)")
    return Graph(record.definition, record.derivative, "z", (-4.0, 4.0), labels, parameters)
