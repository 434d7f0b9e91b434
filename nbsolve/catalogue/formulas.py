"""Further activations and losses by name: one record each, a formula that is differentiated rule by rule.

They are written, explained and checked as an author's own functions are: activations in z, losses for one output
in the prediction a and the target y. `source` says where the formula comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbsolve.given import Given

__all__ = ["ACTIVATION_FORMULAS", "JOINT_LOSS_FORMULAS", "LOSS_FORMULAS", "NamedFormula"]


@dataclass(frozen=True)
class NamedFormula:
    """A function by its formula; `parameters` with the values that they have unless a problem says otherwise."""

    name: str
    formula: str
    source: str
    parameters: Mapping[str, Given] = field(default_factory=dict)
    latex: str | None = None


def _given(**texts: str) -> dict[str, Given]:
    return {name: Given.read(text) for name, text in texts.items()}


def _table(*records: NamedFormula) -> dict[str, NamedFormula]:
    return {record.name: record for record in records}


ACTIVATION_FORMULAS = _table(
    NamedFormula("exp", "exp(z)", "the exponential function"),
    NamedFormula("sin", "sin(z)", "V. Sitzmann et al., arXiv:2006.09661 (SIREN)"),
    NamedFormula("arctan", "atan(z)", "the inverse tangent"),
    NamedFormula("softsign", "z/(1+abs(z))", "J. Bergstra et al., 2009; X. Glorot and Y. Bengio, 2010"),
    NamedFormula(
        "hard_sigmoid", "max(0, min(1, 0.2*z + 0.5))", "M. Courbariaux et al., 2015; so in Theano and Keras 2"
    ),
    NamedFormula(
        "hard_sigmoid_6",
        "max(0, min(1, z/6 + 1/2))",
        "A. Howard et al., arXiv:1905.02244; so in PyTorch and Keras 3",
    ),
    NamedFormula("hard_tanh", "max(-1, min(1, z))", "R. Collobert, 2004"),
    NamedFormula(
        "saturating_linear", "max(0, min(1, z))", "M. Hagan et al., Neural Network Design, table 2.1 (satlin)"
    ),
    NamedFormula(
        "bipolar_step",
        "where(z >= 0, 1, -1)",
        "M. Hagan et al., Neural Network Design, table 2.1 (hardlims); −1 and 1 as `step` has 0 and 1",
    ),
    NamedFormula("hard_swish", "z*max(0, min(1, z/6 + 1/2))", "A. Howard et al., arXiv:1905.02244"),
    NamedFormula("relu6", "min(6, max(0, z))", "A. Krizhevsky, 2010"),
    NamedFormula(
        "selu",
        "scale*where(z > 0, z, alpha*(exp(z) - 1))",
        "G. Klambauer et al., arXiv:1706.02515",
        _given(scale="1.0507009873554805", alpha="1.6732632423543773"),
    ),
    NamedFormula(
        "celu",
        "where(z > 0, z, alpha*(exp(z/alpha) - 1))",
        "J. T. Barron, arXiv:1704.07483",
        _given(alpha="1"),
    ),
    NamedFormula("swish", "z*sigmoid(beta*z)", "P. Ramachandran et al., arXiv:1710.05941", _given(beta="1")),
    NamedFormula("mish", "z*tanh(softplus(z))", "D. Misra, arXiv:1908.08681"),
    NamedFormula(
        "gelu_tanh",
        "z/2*(1 + tanh(sqrt(2/pi)*(z + 0.044715*z^3)))",
        "D. Hendrycks and K. Gimpel, arXiv:1606.08415, section 2",
    ),
)

LOSS_FORMULAS = _table(
    NamedFormula("kullback_leibler", "y*ln(y/a)", "S. Kullback and R. A. Leibler, 1951"),
    NamedFormula("poisson", "a - y*ln(a)", "the negative logarithm of Poisson's law, without a constant"),
    NamedFormula("log_cosh", "ln(cosh(a - y))", "the logarithm of the hyperbolic cosine of the error"),
    NamedFormula("squared_log_error", "(ln(1 + y) - ln(1 + a))^2", "the squared error of logarithms"),
    NamedFormula("percentage_error", "100*abs((y - a)/y)", "the error in per cent of the target"),
    NamedFormula(
        "focal",
        "-(y*(1 - a)^gamma*ln(a) + (1 - y)*a^gamma*ln(1 - a))",
        "T.-Y. Lin et al., arXiv:1708.02002",
        _given(gamma="2"),
    ),
    NamedFormula("squared_hinge", "max(0, 1 - y*a)^2", "Y. Tang, arXiv:1306.0239; targets are 1 and −1"),
    NamedFormula(
        "binary_cross_entropy_from_logits",
        "ln(1 + exp(a)) - y*a",
        "binary cross-entropy of σ(a), for outputs without an activation (logits)",
    ),
)

JOINT_LOSS_FORMULAS = _table(
    NamedFormula(
        "multiclass_hinge",
        "sum(k, y[k]*sum(j, where(j == k, 0, max(0, margin + a[j] - a[k]))))",
        "J. Weston and C. Watkins, 1999: every wrong class that comes within the margin of the right one",
        _given(margin="1"),
    ),
    NamedFormula(
        "categorical_hinge",
        "max(0, margin + max(j, (1 - y[j])*a[j]) - sum(k, y[k]*a[k]))",
        "K. Crammer and Y. Singer, 2001: the best of the wrong classes; so in Keras",
        _given(margin="1"),
    ),
    NamedFormula(
        "categorical_cross_entropy_from_logits",
        "sum(k, y[k])*ln(sum(k, exp(a[k]))) - sum(k, y[k]*a[k])",
        "categorical cross-entropy of softmax(a), for outputs without an activation (logits)",
    ),
    NamedFormula(
        "label_smoothing",
        "-sum(k, (y[k]*(1 - smoothing) + smoothing/K)*ln(a[k]))",
        "C. Szegedy et al., arXiv:1512.00567, section 7: categorical cross-entropy of smoothed targets",
        _given(smoothing="0.1"),
    ),
)
"""Losses that look at all outputs at once, by a formula of `formula/joint.py`."""
