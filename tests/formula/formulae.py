"""Formulae that people give: activations in z and losses in a and y, with their parameters."""

from __future__ import annotations

ACTIVATIONS: dict[str, tuple[str, dict[str, str]]] = {
    "mish": ("z*tanh(ln(1+exp(z)))", {}),
    "mish_by_softplus": ("z*tanh(softplus(z))", {}),
    "swish": ("z/(1+exp(-beta*z))", {"beta": "1.5"}),
    "swish_by_sigmoid": ("z*sigmoid(beta*z)", {"beta": "1.5"}),
    "hard_sigmoid": ("min(max(0, z+3), 6)/6", {}),
    "hard_swish": ("z*min(max(0, z+3), 6)/6", {}),
    "hard_tanh": ("max(-1, min(1, z))", {}),
    "softsign": ("z/(1+abs(z))", {}),
    "gaussian": ("exp(-z^2)", {}),
    "wide_gaussian": ("exp(-z^2/(2*s^2))", {"s": "0.7"}),
    "cubic": ("z^3", {}),
    "polynomial": ("3*z^4 - 0.5*z^2 + z/3 - 7", {}),
    "bent_identity": ("(sqrt(z^2+1)-1)/2+z", {}),
    "root_unit": ("z/sqrt(1+z^2)", {}),
    "inverse_tangent": ("2/pi*atan(pi/2*z)", {}),
    "gelu_by_tanh": ("0.5*z*(1+tanh(sqrt(2/pi)*(z+0.044715*z^3)))", {}),
    "gelu_by_erf": ("z*(1+erf(z/sqrt(2)))/2", {}),
    "selu": ("1.0507*where(z>0, z, 1.67326*(exp(z)-1))", {}),
    "celu": ("max(0,z)+min(0,c*(exp(z/c)-1))", {"c": "2"}),
    "leaky": ("max(z, slope*z)", {"slope": "0.1"}),
    "three_cases": ("where(z < -1, -1, where(z < 1, z^3, 2*z-1))", {}),
    "snake": ("z+sin(f*z)^2/f", {"f": "3"}),
    "sine": ("sin(z)", {}),
    "cosine_of_square": ("cos(z^2)", {}),
    "sinh_over_cosh": ("sinh(z)/cosh(z)", {}),
    "tanh_by_exponentials": ("(exp(z)-exp(-z))/(exp(z)+exp(-z))", {}),
    "tanhshrink": ("z-tanh(z)", {}),
    "power_of_two": ("2^z", {}),
    "exponential_of_exponential": ("exp(-exp(-z))", {}),
    "integer_power": ("z^n", {"n": "3"}),
    "negative_power": ("(1+z^2)^-2", {}),
    "three_factors": ("z*exp(z)*cos(z)", {}),
    "quotient_of_products": ("z*exp(z)/(1+z^2)/(2+cos(z))", {}),
    "squared_relu": ("relu(z)^2", {}),
    "signed_logarithm": ("sign(z)*ln(1+abs(z))", {}),
    "largest_of_three": ("max(z-1, -z, 0.5)", {}),
    "constant": ("0*z+1", {}),
    "threshold": ("where(z > theta, z, theta)", {"theta": "0.25"}),
}
"""Name to formula in z and parameters; all of them have values on the whole line."""

POSITIVE: dict[str, tuple[str, dict[str, str]]] = {
    "logarithm": ("ln(z)", {}),
    "root": ("sqrt(z)", {}),
    "self_power": ("z^z", {}),
    "entropy": ("-z*ln(z)", {}),
    "broken_power": ("z^1.5", {}),
    "nested_logarithm": ("log(1+log(1+z))", {}),
}
"""Formulae for positive z."""

LOSSES: dict[str, tuple[str, dict[str, str]]] = {
    "log_cosh": ("ln(cosh(a-y))", {}),
    "quartic": ("(a-y)^4", {}),
    "charbonnier": ("sqrt(1+(a-y)^2)-1", {}),
    "welsch": ("1-exp(-(a-y)^2/2)", {}),
    "cross_entropy": ("-y*ln(a)-(1-y)*ln(1-a)", {}),
    "poisson": ("a-y*ln(a)", {}),
    "huber_one": ("where(abs(a-y)<=1, (a-y)^2/2, abs(a-y)-1/2)", {}),
    "quantile": ("max(q*(y-a), (q-1)*(y-a))", {"q": "0.3"}),
    "squared_hinge": ("max(0, 1-a*y)^2", {}),
    "logistic": ("ln(1+exp(-a*y))", {}),
    "focal": ("-(1-a)^2*y*ln(a)", {}),
    "relative": ("(a-y)^2/(a+y)", {}),
}
"""Name to formula in a and y, both between 0 and 1."""
