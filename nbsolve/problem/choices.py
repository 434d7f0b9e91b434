"""The one rule of the problem file: a name, or `{name: {parameters}}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nbsolve.given import Given
from nbsolve.problem.cursor import Cursor, describe, listing, suggestion
from nbsolve.problem.model import Choice

SHARES = ("beta", "beta1", "beta2", "rho")
"""Settings of optimisers that say how much of an old value is kept."""

_HINTS = {
    "sgd": {
        "momentum": "momentum is an optimiser of its own: {momentum: {learning_rate: 0.1, beta: 0.9}}",
        "weight_decay": "weight decay is an optimiser of its own: {decayed_sgd: {decay: 0.01}}",
    },
    "adam": {"weight_decay": "weight decay is an optimiser of its own: {adamw: {decay: 0.01}}"},
}
"""What is meant by settings of libraries that are optimisers here."""


def read_named(cursor: Cursor, what: str, known: Iterable[str]) -> tuple[str, Cursor | None] | None:
    """The name and the cursor of its parameters (None: none are written); None after noting a fault."""
    expected = f"{listing(known, 'or')}; a name, or {{name: {{parameters}}}}"
    if cursor.is_scalar:
        name, parameters = cursor.text, None
    elif cursor.is_mapping and len(cursor.keys()) == 1:
        name = cursor.keys()[0]
        parameters = cursor.get(name)
        if parameters is not None and parameters.is_null:
            parameters = None
    elif cursor.is_mapping and len(cursor.keys()) > 1:
        cursor.fault(f"{what} has several names ({', '.join(cursor.keys()[:6])})", expected=expected)
        return None
    else:
        cursor.fault(f"{what} is {describe(cursor.node)}", expected=expected)
        return None
    if name not in known:
        cursor.fault(f"unknown {what} {name[:60]!r}", expected=expected, hint=suggestion(name, known))
        return None
    return name, parameters


def read_choice(cursor: Cursor, what: str, known: Mapping[str, Mapping[str, Given]]) -> Choice | None:
    """A name from a table with its parameters, defaults filled in; None after noting a fault."""
    named = read_named(cursor, what, known)
    if named is None:
        return None
    name, parameters = named
    values = read_parameters(parameters, name, known[name])
    return None if values is None else Choice(name=name, parameters=values)


def read_parameters(
    cursor: Cursor | None, name: str, defaults: Mapping[str, Given], also: tuple[str, ...] = ()
) -> dict[str, Given] | None:
    """The numeric parameters of `name`, complete; keys in `also` are left to the caller."""
    values = dict(defaults)
    if cursor is None:
        return values
    if not defaults and not also:
        if not (cursor.is_mapping and not cursor.keys()):
            cursor.fault(f"{name} has no parameters", expected=f"just {name}")
            return None
        return values
    if not cursor.mapping((*defaults, *also), name, _HINTS.get(name)):
        return None
    shares = SHARES if "learning_rate" in defaults else ()  # the β of swish is no share
    sound = True
    for key in defaults:
        inner = cursor.get(key)
        if inner is None:
            continue
        # A learning rate, a limit or a threshold of a loss is a size; slopes may have either sign.
        above = 0 if key in ("learning_rate", "delta", "limit") else None
        number = inner.number(key, above=above, least=0 if key in (*shares, "epsilon") else None)
        if number is not None and key in shares and number.value >= 1:
            inner.fault(
                f"{key} is {number}", expected="a number from 0 to below 1: how much of the old is kept"
            )
            number = None
        sound = sound and number is not None
        if number is not None:
            values[key] = number
    return values if sound else None
