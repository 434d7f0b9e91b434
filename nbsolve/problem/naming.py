"""Reading the notation: a preset, the sign of δ, and names for roles or for single quantities."""

from __future__ import annotations

import re

from nbsolve.authored.reading import read
from nbsolve.authored.spelling import BrokenMathematics
from nbsolve.catalogue.presets import PRESETS
from nbsolve.letters import Name
from nbsolve.problem import wiring
from nbsolve.problem.cursor import Cursor, listing, suggestion
from nbsolve.problem.keys.writing import ROLES
from nbsolve.problem.model import Network, Notation
from nbsolve.symbol import Partial, Role, Symbol, number_of, parse_canonical

_STEMS = {
    "input": "x",
    "target": "y",
    "error": "e",
    "pre_activation": "z",
    "activation": "a",
    "delta": "delta",
}
_STEMS |= {"weight": "W", "bias": "b", "threshold": "theta"}
_PLACES = ("i", "j", "from", "to", "layer")
_MINUS = str.maketrans({"\u2212": "-", "\u2202": "d"})


def read_notation(cursor: Cursor, network: Network | None) -> Notation | None:
    """The notation; None after noting a fault. Without a `network` nothing is checked against it."""
    if cursor.is_scalar:
        word = cursor.word("notation", PRESETS)
        return None if word is None else Notation(preset=word)
    if not cursor.is_mapping:
        cursor.fault(
            "notation is not a name or a mapping", expected=f"{listing(PRESETS, 'or')}, or a mapping"
        )
        return None
    before = len(cursor.notes.faults)
    preset = "indexed"
    if inner := cursor.get("preset"):
        preset = inner.word("preset", PRESETS) or preset
    sign = "dL/dz"
    names: dict[str, str] = {}
    for key in list(cursor.keys()):
        value = cursor.get(key)
        assert value is not None
        if key == "preset":
            continue
        if key == "delta" and value.is_scalar and "/" in value.text:
            sign = value.text.translate(_MINUS).replace(" ", "")
            if sign not in ("dL/dz", "-dL/dz"):
                value.fault(
                    f"delta is {value.text!r}", expected="dL/dz or -dL/dz, or a letter such as \\delta"
                )
        elif key in ROLES:
            _role(value, key, network, names)
        else:
            _quantity(cursor, key, value, network, names)
    if len(cursor.notes.faults) > before:
        return None
    return Notation(preset=preset, names=names, delta="-dL/dz" if sign == "-dL/dz" else "dL/dz")


def _role(cursor: Cursor, role: str, network: Network | None, names: dict[str, str]) -> None:
    """A letter or template for a role, or a list (of lists) of names in the file's own layout."""
    if not cursor.is_list:
        name = _name(cursor)
        if name is not None:
            names[role] = name
        return
    if network is None:
        return
    sizes = [layer.units for layer in network.layers]
    if role in ("input", "target", "error", "output"):
        length = network.inputs if role == "input" else sizes[-1]
        stem = f"a[{len(sizes)}]" if role == "output" else _STEMS[role]
        _vector(cursor, stem, length, names)
    elif role in _STEMS:
        layers = _sized(cursor, len(sizes), "one entry for each layer")
        for number, layer in enumerate(layers, 1):
            _layer(layer, role, number, network, names)
    else:
        cursor.fault(f"{role} is a list of names", expected="one name")


def _layer(cursor: Cursor, role: str, number: int, network: Network, names: dict[str, str]) -> None:
    layer = network.layer(number)
    stem = f"{_STEMS[role]}[{number}]"
    if role == "weight" and not layer.weights:
        if cursor.length() or cursor.is_scalar:
            other = layer.same_as
            message = f"layer {number} " + (
                "has no weights" if other is None else f"uses those of layer {other}"
            )
            cursor.fault(message, expected="[]: they have one name")
    elif role == "weight":
        transposed = network.layout == "x W + b"
        columns = len(layer.weights[0])
        shape = (columns, layer.units) if transposed else (layer.units, columns)
        for row, elements in enumerate(_sized(cursor, shape[0], "one row for each row of the weights"), 1):
            for column, entry in enumerate(_sized(elements, shape[1], "one name for each weight"), 1):
                to, from_ = (column, row) if transposed else (row, column)
                if (to, from_) not in layer.missing:
                    _put(entry, f"{stem}[{to}][{from_}]", names)
    elif role == "bias" and layer.bias.shared:
        only = [*cursor.each()]
        _put(only[0] if len(only) == 1 else cursor, stem, names)
    elif role in ("bias", "threshold") and layer.bias.absent:
        if cursor.length() or cursor.is_scalar:
            cursor.fault(f"layer {number} has no {role} to name", expected="[]")
    elif cursor.is_scalar and layer.units == 1:
        _put(cursor, f"{stem}[1]", names)
    else:
        _vector(cursor, stem, layer.units, names)


def _vector(cursor: Cursor, stem: str, length: int, names: dict[str, str]) -> None:
    for place, entry in enumerate(_sized(cursor, length, "one name for each"), 1):
        _put(entry, f"{stem}[{place}]", names)


def _sized(cursor: Cursor, length: int, why: str) -> list[Cursor]:
    elements = cursor.elements("names", f"a list of {length}: {why}")
    if elements is None:
        return []
    if len(elements) != length:
        cursor.fault(f"{len(elements)} names", expected=f"{length}: {why}")
        return []
    return elements


def _put(cursor: Cursor, quantity: str, names: dict[str, str]) -> None:
    name = _name(cursor)
    if name is not None:
        names[quantity] = name


def _name(cursor: Cursor) -> str | None:
    text = cursor.string("a name")
    if text is None:
        return None
    places = re.findall(r"<([^<>]*)>", text)
    unknown = [place for place in places if place not in _PLACES]
    if unknown:
        expected = listing([f"<{place}>" for place in _PLACES], "or")
        cursor.fault(f"<{unknown[0]}> in a name means nothing", expected=expected)
        return None
    text = re.sub(r"\\bm(?![A-Za-z])", r"\\boldsymbol", text)  # which pages know
    try:
        name = Name.read(re.sub(r"<[^<>]*>", "1", text))
        read(name.latex())
    except ValueError as error:
        cursor.fault(str(error), expected="LaTeX without dollar signs, such as 'h_{1i}'")
        return None
    except BrokenMathematics as error:
        cursor.fault(f"this name cannot be shown: {error.why}, in ${name.latex()}$", hint=error.hint)
        return None
    return text


def _quantity(
    parent: Cursor, key: str, value: Cursor, network: Network | None, names: dict[str, str]
) -> None:
    """A name for one quantity such as `W[2][1][1]`."""
    try:
        symbol = parse_canonical(key)
    except ValueError:
        expected = f"preset, {listing(ROLES, 'or')}; or a quantity such as z[1][2] or W[2][1][1]"
        hint = suggestion(key, ("preset", *ROLES))
        parent.key_fault(key, f"{key!r} is neither a role nor a quantity", expected=expected, hint=hint)
        return
    if isinstance(symbol, Partial):
        parent.key_fault(
            key, f"{key} is a derivative, which has no name of its own", hint="name its two parts"
        )
        return
    if network is not None and (reason := _absent(symbol, network)) is not None:
        parent.key_fault(key, f"{key} does not exist: {reason}")
        return
    _put(value, key, names)


def _absent(symbol: Symbol, network: Network) -> str | None:
    """Why a quantity is not part of the network; None where it is."""
    sizes = (network.inputs, *(layer.units for layer in network.layers))
    if symbol.layer is None:
        length = sizes[0] if symbol.role is Role.INPUT else sizes[-1]
        return f"there are {length}" if symbol.to is not None and number_of(symbol.to) > length else None
    if not 1 <= symbol.layer < len(sizes):
        return f"the network has {len(sizes) - 1} layers"
    if symbol.to is not None and number_of(symbol.to) > sizes[symbol.layer]:
        return f"layer {symbol.layer} has {sizes[symbol.layer]} units"
    if symbol.role is Role.WEIGHT and network.layer(symbol.layer).same_as is not None:
        return f"layer {symbol.layer} uses the weights of layer {network.layer(symbol.layer).same_as}"
    if symbol.from_ is not None and number_of(symbol.from_) > wiring.width(network, symbol.layer):
        return f"layer {symbol.layer} has {wiring.width(network, symbol.layer)} inputs"
    if (symbol.to, symbol.from_) in network.layer(symbol.layer).missing:
        return "this connection does not exist"
    bias = network.layer(symbol.layer).bias
    if symbol.role is Role.BIAS and not bias.added:
        return f"layer {symbol.layer} has no bias"
    if symbol.role is Role.BIAS and symbol.shared and not bias.shared:
        return f"the units of layer {symbol.layer} do not share a bias"
    if symbol.role is Role.THRESHOLD and not bias.subtracted:
        return f"layer {symbol.layer} has no threshold"
    return None
