"""A small family of variants, and a plan for it."""

from __future__ import annotations

from nbsolve.variants import Family
from nbsolve.variants.making import Plan

NETWORK = """\
title: Two sigmoid units
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.3, -0.2], [0.5, 0.4]], bias: [0.1, -0.1]}
    - {units: 1, activation: sigmoid, weights: [[0.6, -0.7]], bias: [0.2]}
samples: [{input: [1, 2], target: [1]}]
loss: squared_error
parts:
  - {label: a, ask: [forward, loss]}
  - {label: b, ask: ["dL/dW[1][1][1]"]}
"""
VARY = """\
  vary:
    weights: {from: -0.9, to: 0.9, step: 0.1, without: 0}
    biases: {from: -0.5, to: 0.5, step: 0.1, without: 0}
"""


def family(vary: str = VARY, base: str = NETWORK) -> Family:
    return Family(f"{base}variants:\n{vary}")


def plan(*make: str, seed: int = 0, text: str = f"{NETWORK}variants:\n{VARY}") -> Plan:
    return Plan(text, "problem", "problem.yaml", seed, make)
