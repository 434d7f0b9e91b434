"""Formulae of one variable and parameters as SymPy's."""

from __future__ import annotations

from typing import Any

import sympy

from nbsolve.expr import Applied, Expr, Function, Negation, Number, Power, Product, Quotient, Sum, Variable

_FUNCTIONS = {
    "exp": sympy.exp,
    "ln": sympy.log,
    "sqrt": sympy.sqrt,
    "tanh": sympy.tanh,
    "erf": sympy.erf,
    "pi": lambda: sympy.pi,
}


def to_sympy(expression: Expr) -> Any:
    """The formula. Raises TypeError for a case distinction, KeyError for a function with a kink."""
    parts = [to_sympy(child) for child in expression.children]
    match expression:
        case Number(value):
            return sympy.Rational(int(value.p), int(value.q))
        case Variable(name, index):
            return sympy.Symbol(name if index is None else f"{name}_{index}", real=True)
        case Sum():
            return sympy.Add(*parts)
        case Product():
            return sympy.Mul(*parts)
        case Quotient():
            return parts[0] / parts[1]
        case Power():
            return parts[0] ** parts[1]
        case Negation():
            return -parts[0]
        case Function(name):
            return _FUNCTIONS[name](*parts)
        case Applied():
            return to_sympy(expression.expanded)
    raise TypeError(type(expression).__name__)
