"""Reading `{custom: {name, formula, parameters, latex}}`: an activation or a loss by its formula."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbsolve.errors import NbsolveError
from nbsolve.formula import (
    MOST_OUTPUTS,
    RESERVED,
    FormulaError,
    OwnFunction,
    is_joint,
    parse_formula,
    parse_joint,
)
from nbsolve.given import Given
from nbsolve.letters import Name
from nbsolve.problem.cursor import Cursor, shown
from nbsolve.problem.keys.base import Keys, keys_of
from nbsolve.problem.keys.functions import CUSTOM, OwnActivation

MOST_PARAMETERS = 8
_PARAMETER = re.compile(r"[A-Za-z]{1,20}(?:[0-9]{1,3}|_[A-Za-z0-9]{1,10})?", re.ASCII)
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)
_COMMANDS = frozenset(
    (
        *("mathrm", "mathit", "mathbf", "mathsf", "mathcal", "text", "operatorname", "boldsymbol"),
        *("hat", "tilde", "bar", "ell", "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta"),
        *("eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "phi", "varphi"),
        *("chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Sigma", "Phi", "Psi", "Omega"),
    )
)
EXAMPLE = '{custom: {name: mish, formula: "z*tanh(ln(1+exp(z)))"}}'


def read_own(
    cursor: Cursor | None,
    what: str,
    variables: tuple[str, ...],
    known: Iterable[str],
    model: type[Keys] = OwnActivation,
    outputs: int | None = None,
) -> OwnFunction | None:
    """The function; None after noting a fault. `known` are names of the catalogue, which are taken.

    `outputs`: their number, where a formula may speak of all of them.
    """
    if cursor is None or not cursor.is_mapping:
        if cursor is not None:
            cursor.fault(f"custom needs a name and a formula for the {what}", expected=EXAMPLE)
        return None
    sound = cursor.mapping(keys_of(model), f"a custom {what}")
    for key, expected in (
        ("name", "name: how it is called"),
        ("formula", f"formula: in {_listed(variables)}"),
    ):
        if not cursor.has(key):
            cursor.fault(f"the custom {what} has no {key}", expected=expected)
            sound = False
    name = _name(cursor.get("name"), what, known)
    parameters = _parameters(cursor.get("parameters"), variables)
    latex_cursor = cursor.get("latex")
    latex = None if latex_cursor is None else _latex(latex_cursor)
    formula = _formula(cursor.get("formula"), variables, parameters, outputs)
    if not sound or name is None or formula is None or parameters is None:
        return None
    if latex_cursor is not None and latex is None:
        return None
    return OwnFunction(name, formula, tuple(parameters.items()), latex)


def _listed(variables: tuple[str, ...]) -> str:
    return " and ".join(variables)


def _name(cursor: Cursor | None, what: str, known: Iterable[str]) -> str | None:
    if cursor is None:
        return None
    text = cursor.string("name")
    if text is None:
        return None
    if not _IDENTIFIER.fullmatch(text):
        hint = "a longer name goes to the text of the page, its sign to latex"
        cursor.fault(f"name is {shown(text)}", expected="letters, digits and _ , such as mish", hint=hint)
        return None
    if text.lower() in known or text == CUSTOM:
        cursor.fault(
            f"{text} is the name of {'an' if what[0] in 'aeiou' else 'a'} {what} that nbsolve has",
            expected="another name",
            hint=f"write my_{text}, or take nbsolve's own: {text}",
        )
        return None
    return text


def _parameters(cursor: Cursor | None, variables: tuple[str, ...]) -> dict[str, Given] | None:
    if cursor is None or cursor.is_null:
        return {}
    if not cursor.is_mapping:
        cursor.fault("parameters is not a mapping", expected="{name: number}, such as {beta: 1.5}")
        return None
    keys = cursor.keys()
    if len(keys) > MOST_PARAMETERS:
        cursor.fault(f"{len(keys)} parameters", expected=f"at most {MOST_PARAMETERS}")
        return None
    values: dict[str, Given] = {}
    for key in keys:
        if not _PARAMETER.fullmatch(key):
            cursor.key_fault(
                key, f"{shown(key)} cannot name a parameter", expected="letters, such as beta or c_1"
            )
            continue
        if key in RESERVED or key in variables:
            taken = "a variable of the formula" if key in variables else "a function or a constant"
            cursor.key_fault(key, f"{key} is {taken}", expected="another name for the parameter")
            continue
        inner = cursor.get(key)
        value = None if inner is None else inner.number(key)
        if value is not None:
            values[key] = value
    return values if len(values) == len(keys) else None


def _formula(
    cursor: Cursor | None,
    variables: tuple[str, ...],
    parameters: dict[str, Given] | None,
    outputs: int | None = None,
) -> str | None:
    """The text, read once so that every fault of it is noted here."""
    if cursor is None:
        return None
    text = cursor.string("formula")
    if text is None or parameters is None:
        return None
    try:
        if outputs is not None and is_joint(text):
            if outputs > MOST_OUTPUTS:
                raise FormulaError(
                    f"a formula of all outputs, of which there are {outputs}",
                    1,
                    f"at most {MOST_OUTPUTS} outputs",
                )
            parse_joint(text, outputs, parameters)
        else:
            parse_formula(text, variables, parameters)
    except FormulaError as error:
        place = _pointed(text, error.column)
        cursor.fault(
            f"formula, column {error.column}: {error.message}{place}",
            expected=error.expected,
            hint=error.hint,
        )
        return None
    return text


def _pointed(text: str, column: int) -> str:
    """The piece of the formula at the column, for a formula that is longer than a glance."""
    if column > len(text):
        return ""
    start = max(0, column - 11)
    piece = (
        " ".join(text[start : column - 1].split()) + " ▸" + " ".join(text[column - 1 : column + 9].split())
    )
    return f" (at {piece})" if len(text) > 12 and piece.isprintable() else ""


def _latex(cursor: Cursor) -> str | None:
    r"""A name that can stand before (z) and take a prime: one letter, or a command such as \\mathrm{mish}."""
    text = cursor.string("latex")
    if text is None:
        return None
    try:
        name = Name.read(text)
        unknown = set(re.findall(r"\\([A-Za-z]+)", text)) - _COMMANDS
        if (
            name.sup
            or unknown
            or re.search(r"\\[^A-Za-z_]", text)
            or not re.match(r"[A-Za-z](?![A-Za-z])|\\", text.strip())
            or len(text) > 80
        ):
            raise ValueError
    except (ValueError, NbsolveError):
        expected = r"a letter or a command without superscript, such as f, g_2 or \mathrm{mish}"
        cursor.fault(f"latex is {shown(text)}", expected=expected)
        return None
    return text


__all__ = ["EXAMPLE", "read_own"]
