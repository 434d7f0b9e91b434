"""Commands of LaTeX, by what they mean in a formula."""

from __future__ import annotations

RELATIONS = {
    "=": "=", "\\approx": "≈", "\\leftarrow": "←", "\\gets": "←", "<": "<", ">": ">",
    "\\le": "≤", "\\leq": "≤",
    "\\ge": "≥", "\\geq": "≥", "\\ne": "≠", "\\neq": "≠", "\\to": "→", "\\Rightarrow": "⇒",
}  # fmt: skip
OPEN = {
    "(": ")",
    "[": "]",
    "\\{": "\\}",
    "\\lbrace": "\\rbrace",
    "\\lvert": "\\rvert",
    "\\lVert": "\\rVert",
    "|": "|",
}
OPEN |= {"\\|": "\\|"}
SIZES = {"\\lvert": "abs", "|": "abs", "\\lVert": "norm", "\\|": "norm"}
FUNCTIONS = {
    "\\sigma": "sigma", "\\tanh": "tanh", "\\exp": "exp", "\\ln": "ln", "\\log": "log", "\\max": "max",
    "\\min": "min", "\\cosh": "cosh", "\\sinh": "sinh", "\\Phi": "Phi", "\\varphi": "phi", "\\phi": "phi",
    "\\cos": "cos", "\\sin": "sin", "\\sgn": "sgn", "\\ell": "ell",
}  # fmt: skip
NAMES = {
    "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "softplus": "softplus", "GELU": "gelu",
    "SiLU": "silu", "H": "step", "step": "step", "sign": "sgn", "sgn": "sgn", "softmax": "softmax",
    "erf": "erf", "diag": "diag", "exp": "exp", "sigmoid": "sigma", "tanh": "tanh",
    "sum": "sum", "id": "id",
}  # fmt: skip
STYLES = {
    "\\mathrm",
    "\\operatorname",
    "\\mathit",
    "\\text",
    "\\textrm",
    "\\mathbf",
    "\\boldsymbol",
    "\\operatorname*",
}
FRACTIONS = {"\\frac", "\\dfrac", "\\tfrac"}
MATRICES = {"bmatrix", "pmatrix", "matrix", "smallmatrix", "array"}
TIMES = {"\\cdot", "\\times", "*"}
