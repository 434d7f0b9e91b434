"""The closed expression tree: what formulae are made of, in the order in which they were written.

Nodes hold no markup (a renderer prints them) and no numbers but literals (bindings supply those).
`evaluate` computes a tree in an `Arithmetic`; vectors and matrices are numpy object arrays of values.
`substitute` replaces leaves, which is how a line with letters becomes a line with numbers.
"""

from __future__ import annotations

from nbsolve.expr.building import collected, literal, literals, negated, number, product, quotient, total
from nbsolve.expr.node import Expr
from nbsolve.expr.nodes import (
    Applied,
    Array,
    Atom,
    Brace,
    Cases,
    Columns,
    Comparison,
    FactorReference,
    Function,
    Hadamard,
    Known,
    Matrix,
    MatrixProduct,
    Negation,
    Number,
    Operand,
    Power,
    Product,
    Quantity,
    Quotient,
    Stacked,
    Sum,
    Total,
    Transpose,
    Variable,
    substitute,
    with_variables,
)
from nbsolve.expr.walking import atoms, kinds, walk

__all__ = [
    "Applied",
    "Array",
    "Atom",
    "Brace",
    "Cases",
    "Columns",
    "Comparison",
    "Expr",
    "FactorReference",
    "Function",
    "Hadamard",
    "Known",
    "Matrix",
    "MatrixProduct",
    "Negation",
    "Number",
    "Operand",
    "Power",
    "Product",
    "Quantity",
    "Quotient",
    "Stacked",
    "Sum",
    "Total",
    "Transpose",
    "Variable",
    "atoms",
    "collected",
    "kinds",
    "literal",
    "literals",
    "negated",
    "number",
    "product",
    "quotient",
    "substitute",
    "total",
    "walk",
    "with_variables",
]
