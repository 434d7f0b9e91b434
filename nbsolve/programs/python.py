"""Expressions as Python: precedence here, the names of functions in a dialect (NumPy, PyTorch)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from nbsolve.expr import (
    Applied,
    Cases,
    Comparison,
    Expr,
    Function,
    MatrixProduct,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Transpose,
    Variable,
    number,
    walk,
    with_variables,
)
from nbsolve.programs.literals import literal

_COMPARISON, _SUM, _PRODUCT, _SIGNED, _POWER, _ATOM = range(6)
RELATIONS = {"<": "<", "≤": "<=", "=": "==", "≥": ">=", ">": ">", "≠": "!="}
_LIMITED = frozenset({"exp", "ln", "log", "sqrt", "cosh", "sinh"})


@dataclass(frozen=True)
class Dialect:
    """How a library calls functions of arrays.

    `functions` are templates with {0} for the argument, {tight[0]} for one with a method; others are `module.name`.
    `of_numbers` is the module for functions of numbers, where it is another one. `inline` are activations that the
    library has. `ties` writes a maximum or minimum where the library's own differs in its derivative at a tie.
    `point` is what a whole number beside arrays ends in.
    """

    module: str
    functions: Mapping[str, str]
    of_numbers: str | None = None
    inline: Mapping[str, str] = field(default_factory=dict)
    ties: Callable[[Function, Callable[[Expr], str]], str] | None = None
    point: str = ""
    passes_on: bool = False
    """Whether the library differentiates through all branches of a distinction, those that do not hold too."""

    @property
    def torch(self) -> bool:
        """Whether it is PyTorch, which has derivatives of its own."""
        return self.module == "torch"


def written(expression: Expr, dialect: Dialect) -> str:
    """The expression as it stands alone. Raises TypeError for a node that a program does not have."""
    return _Writer(dialect).written(expression)[0]


def _has_limits(e: Expr) -> bool:
    """Whether it, or its derivative, could have no finite value somewhere."""
    return any(
        (isinstance(node, Function) and node.name in _LIMITED)
        or (isinstance(node, Quotient) and any(isinstance(x, Variable) for x in walk(node.operands[1])))
        or (isinstance(node, Power) and not _is_whole(node.operands[1]))
        or (isinstance(node, Applied) and _has_limits(node.definition))
        for node in walk(e)
    )


def may_pass_on_nan(e: Expr) -> bool:
    """Whether a branch that does not hold could give a derivative that is no number, and z cannot be kept from it.

    z is held against something that is no number there, or something else than z against a limit.
    """
    for node in walk(e):
        if isinstance(node, Cases) and any(_has_limits(value) for value, _ in node.branches):
            for _, condition in node.branches:
                match condition:
                    case None | Comparison(Variable(), ">" | "≥" | "<" | "≤", Number()):
                        continue
                return True
    return False


def _is_whole(exponent: Expr) -> bool:
    return isinstance(exponent, Number) and exponent.value.q == 1 and exponent.value >= 0


class _Writer:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def at(self, e: Expr, least: int) -> str:
        """The expression, in parentheses where it binds less."""
        text, own = self.written(e)
        return text if own >= least else f"({text})"

    def written(self, e: Expr) -> tuple[str, int]:
        match e:
            case Number(value):
                text = literal(value)
                return text, _PRODUCT if "/" in text else _SIGNED if text.startswith("-") else _ATOM
            case Variable(name):
                return name, _ATOM
            case Applied(name):
                if self.dialect.of_numbers is not None and not _varies(e):
                    return self.written(e.expanded)  # a number, not a tensor
                if name in self.dialect.inline:
                    return self.dialect.inline[name].format(self.at(e.argument, _SUM)), _ATOM
                definition = e.definition
                if isinstance(definition, Function) and definition.name not in WHOLE_LAYERS:
                    return self.written(e.expanded)
                return f"{name}({self.at(e.argument, _COMPARISON)})", _ATOM
            case Sum(operands):
                text = self.at(operands[0], _SUM)
                for term in operands[1:]:
                    sign, body = ("-", term.operands[0]) if isinstance(term, Negation) else ("+", term)
                    text += f" {sign} {self.at(body, _PRODUCT)}"
                return text, _SUM
            case Product(operands):
                return " * ".join(self._factor(e, n) for n, e in enumerate(operands)), _PRODUCT
            case MatrixProduct((left, right)):
                return f"{self.at(left, _SIGNED)} @ {self.at(right, _SIGNED)}", _PRODUCT
            case Transpose((inner,)):
                return f"{self.at(inner, _ATOM)}.T", _ATOM
            case Negation((inner,)):
                return f"-{self.at(inner, _SIGNED)}", _SIGNED
            case Quotient((above, below)):
                return f"{self._factor(above, 0)} / {self.at(below, _SIGNED)}", _PRODUCT
            case Power((base, exponent)):
                return f"{self.at(base, _ATOM)}**{self.at(exponent, _ATOM)}", _POWER
            case Comparison(left, relation, right):
                return f"{self.at(left, _SUM)} {RELATIONS[relation]} {self.at(right, _SUM)}", _COMPARISON
            case Cases(branches):
                *conditional, (last, _) = branches
                text = self._argument(self._kept_apart(last, [(c, False) for _, c in conditional]))
                for one, condition in reversed(conditional):
                    assert condition is not None
                    chosen = self._argument(self._kept_apart(one, [(condition, True)]))
                    text = f"{self.dialect.module}.where({self.written(condition)[0]}, {chosen}, {text})"
                return text, _ATOM
            case Function():
                return self._call(e)
        raise TypeError(f"{type(e).__name__} cannot be written in Python")

    def _kept_apart(self, branch: Expr, conditions: Sequence[tuple[Comparison | None, bool]]) -> Expr:
        """A branch for which z stays where it holds: a derivative of ∞ elsewhere, times 0, would be no number."""
        if not self.dialect.passes_on or not _has_limits(branch):
            return branch
        for condition, holds in conditions:
            match condition:
                case Comparison(Variable() as z, ">" | "≥" | "<" | "≤" as relation, Number(limit)):
                    above = holds == (relation in ">≥")
                    inside = number(limit + (1 if above else -1))
                    here, elsewhere = (z, inside) if holds else (inside, z)
                    branch = with_variables(branch, {z.name: Cases(((here, condition), (elsewhere, None)))})
        return branch

    def _factor(self, e: Expr, position: int) -> str:
        """A factor of a product; a case distinction between 1 and 0 is its condition."""
        if isinstance(e, Cases) and [value for value, _ in e.branches] == [number(1), number(0)]:
            condition = e.branches[0][1]
            assert condition is not None
            return f"({self.written(condition)[0]})"
        if isinstance(e, MatrixProduct):
            return f"({self.written(e)[0]})"
        return self.at(e, _SIGNED if position else _PRODUCT)

    def _argument(self, e: Expr) -> str:
        """An argument beside arrays: a number is a double."""
        text = self.written(e)[0]
        return text + self.dialect.point if isinstance(e, Number) and text.lstrip("-").isdigit() else text

    def _column(self, e: Expr) -> str:
        """A column; a number as one as high as the batch."""
        text = self.written(e)[0]
        if _varies(e):
            return text
        return f"{self.dialect.module}.full((len(x), 1), {self._argument(e)})"

    def _call(self, e: Function) -> tuple[str, int]:
        dialect = self.dialect
        constant = not _varies(e)
        module = dialect.module if dialect.of_numbers is None or not constant else dialect.of_numbers
        if e.name == "log":
            base, inner = (self.written(Function("ln", (operand,)))[0] for operand in e.operands)
            return f"{inner} / {base}", _PRODUCT
        if e.name == "columns":
            columns = [self._column(operand) for operand in e.operands]
            return f"{module}.concatenate([{', '.join(columns)}], axis=1)", _ATOM
        if e.name == "pi":
            return f"{module}.pi", _ATOM
        if e.name in ("max", "min") and dialect.ties is not None and not constant:
            return dialect.ties(e, self._argument), _ATOM
        e = e if module == "math" else in_pairs(e)
        arguments = [self.written(operand)[0] for operand in e.operands]
        if e.name == "beside":
            return f"{dialect.module}.hstack([{', '.join(map(self._column, e.operands))}])", _ATOM
        if e.name == "given":
            computed, given = arguments
            return f"{dialect.module}.where({dialect.module}.isnan({given}), {computed}, {given})", _ATOM
        if e.name == "part":
            return f"{self.at(e.operands[0], _ATOM)}[:, {arguments[1]}:{arguments[2]}]", _ATOM
        template = dialect.functions.get(e.name)
        if template is not None and not (constant and dialect.of_numbers):
            tight = [self.at(operand, _ATOM) for operand in e.operands]
            loose = [self.at(operand, _PRODUCT) for operand in e.operands]
            return template.format(*arguments, tight=tight, loose=loose), _ATOM
        if module == "math" and e.name in ("abs", "max", "min"):
            return f"{e.name}({', '.join(arguments)})", _ATOM
        name = {"ln": "log", "max": "maximum", "min": "minimum"}.get(e.name, e.name)
        return f"{module}.{name}({', '.join(arguments)})", _ATOM


def _varies(e: Expr) -> bool:
    return any(isinstance(node, Variable) for node in walk(e))


def in_pairs(e: Function) -> Function:
    """max(max(a, b), c) for max(a, b, c): libraries compare two arrays at a time. Others as they are."""
    if e.name not in ("max", "min") or len(e.operands) < 3:
        return e
    *before, last = e.operands
    return Function(e.name, (in_pairs(Function(e.name, tuple(before))), last))


NUMPY = Dialect(
    "np",
    {
        "atan": "np.arctan({0})",
        "erf": "erf({0})",
        "total": "{tight[0]}.sum()",
        "sum_samples": "{tight[0]}.sum(axis=0)",
        "sum_outputs": "{tight[0]}.sum(axis=1, keepdims=True)",
        "count": "len({0})",
        "eye": "np.eye({0})",
        "column": "{tight[0]}[:, [{1}]]",
        "dot": "({loose[0]} * {loose[1]}).sum(axis=1, keepdims=True)",
        "norm": "np.linalg.norm({0}, axis=1, keepdims=True)",
    },
)


def _tie(e: Function, write: Callable[[Expr], str]) -> str:
    """The derivative of max(0, u) at u = 0 is that of 0, as `relu` has it; at a tie of others that of the first.

    Of the largest of several values PyTorch takes the first, too: constants stand before the others.
    """
    if len(e.operands) > 2:
        values = ", ".join(
            write(operand) if _varies(operand) else f"torch.tensor({write(operand)})"
            for operand in sorted(e.operands, key=_varies)
        )
        return f"torch.stack(torch.broadcast_tensors({values})).{e.name}(dim=0).values"
    left, right = e.operands
    if e.name == "max" and left == number(0):
        return f"torch.relu({write(right)})"
    if e.name == "max" and right == number(0):
        return f"torch.relu({write(left)})"
    constant = [not _varies(operand) for operand in (left, right)]
    if constant[0]:
        left, right = right, left
    sign = (">" if e.name == "max" else "<") + ("" if any(constant) else "=")
    a, b = write(left), write(right)
    return f"torch.where({a} {sign} {b}, {a}, {b})"


WHOLE_LAYERS = ("softmax", "log_softmax")
"""Functions of all units of a layer at once."""

NUMBERS = Dialect("math", {"min": "min({0}, {1})"})
"""Functions of single numbers, in the program of any library."""

TORCH = Dialect(
    "torch",
    {
        "total": "{tight[0]}.sum()",
        "sum_outputs": "{tight[0]}.sum(dim=1, keepdim=True)",
        "count": "len({0})",
        "column": "{tight[0]}[:, [{1}]]",
        "dot": "({loose[0]} * {loose[1]}).sum(dim=1, keepdim=True)",
        "norm": "{tight[0]}.norm(dim=1, keepdim=True)",
    },
    of_numbers="math",
    inline={
        "sigmoid": "torch.sigmoid({0})",
        "softmax": "torch.softmax({0}, dim=1)",
        "log_softmax": "torch.log_softmax({0}, dim=1)",
        "gelu": "F.gelu({0})",
        "silu": "F.silu({0})",
    },
    ties=_tie,
    point=".0",
    passes_on=True,
)
