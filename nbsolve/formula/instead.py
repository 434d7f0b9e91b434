"""What is written instead of functions that formulae do not have: for the hint of an error."""

from __future__ import annotations

__all__ = ["INSTEAD", "INSTEAD_WITH_INDICES"]

INSTEAD: dict[str, str] = {
    "sigma": "write sigmoid(z)",
    "logistic": "write sigmoid(z)",
    "sgn": "write sign(z)",
    "arctan": "write atan(z)",
    "tan": "write sin(z)/cos(z)",
    "log2": "write ln(z)/ln(2)",
    "log10": "write ln(z)/ln(10)",
    "pow": "write z^2",
    "square": "write z^2",
    "if": "write where(z > 0, 1, 0)",
    "step": "write where(z >= 0, 1, 0)",
    "heaviside": "write where(z >= 0, 1, 0)",
    "clip": "write max(-1, min(1, z))",
    "leaky_relu": "write max(z, 0.01*z)",
    "elu": "write where(z > 0, z, exp(z) - 1)",
    "silu": "write z*sigmoid(z)",
    "swish": "write z*sigmoid(z)",
    "gelu": "write z*(1 + erf(z/sqrt(2)))/2",
}
"""A function → the formula of z that says the same."""

INSTEAD_WITH_INDICES: dict[str, str] = INSTEAD | {
    "softmax": "write exp(z[k])/sum(j, exp(z[j]))",
    "log_softmax": "write z[k] - ln(sum(j, exp(z[j])))",
    "logsumexp": "write ln(sum(j, exp(z[j])))",
    "dot": "write sum(i, w[i]*x[i])",
    "matmul": "write sum(i, W[j,i]*x[i])",
    "norm": "write sqrt(sum(i, x[i]^2))",
    "var": "write mean(i, (x[i] - m)^2), with m: mean(i, x[i])",
    "argmax": "which entry is the largest has no derivative; max(i, x[i]) is its value",
}
"""A function → the formula that says the same of entries of z, x, w and W."""
