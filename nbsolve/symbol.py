"""Symbols: which quantity of a network is meant, never which letter it is written with.

A `Symbol` is a role with a place (layer, unit, input unit) and a moment (sample, iteration); a `Partial` is a
partial derivative of one symbol with respect to another. Layers and units count from 1; `None` stands for
"all of them": a weight without `to` and `from_` is the whole matrix of its layer. The canonical names
are the language of the JSON interface; the letters a document uses come from `nbsolve.notation`.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from nbsolve.indices import Affine, Index, Unit, number_of

__all__ = [
    "EPOCH_LOSS",
    "LEARNING_RATE",
    "LOSS",
    "LOSS_DECREASE",
    "PARAMETERS",
    "STRENGTH",
    "Affine",
    "Index",
    "Partial",
    "Role",
    "Symbol",
    "Unit",
    "anchor",
    "canonical",
    "number_of",
    "parse_canonical",
]


class Role(StrEnum):
    """What a quantity is in the network; the value is the stem of its canonical name."""

    INPUT = "x"
    TARGET = "y"
    PRE_ACTIVATION = "z"
    ACTIVATION = "a"
    WEIGHT = "W"
    BIAS = "b"
    THRESHOLD = "theta"
    LOSS = "L"
    OUTPUT_LOSS = "L_out"
    TERM_LOSS = "L_term"
    PENALTY = "penalty"
    SAMPLE_LOSS = "L_sample"
    LOSS_DECREASE = "L - L_new"
    EPOCH_LOSS = "L_epoch"
    ERROR = "e"
    DELTA = "delta"
    LEARNING_RATE = "eta"
    SETTING = "setting"
    STATE = "state"
    STRENGTH = "lambda"
    SHARE = "share"
    SAMPLE_COUNT = "n"
    EXPONENTIAL_SUM = "S"
    NODE = "node"
    MASK = "M"
    RIGHT_VECTOR = "v"
    LEFT_VECTOR = "u"
    JACOBIAN_VECTOR = "Jv"
    VECTOR_JACOBIAN = "uJ"
    CONSTANT = "one"

    __hash__ = str.__hash__
    """The hash of the text: written in C, unlike an Enum's, and asked for with every symbol looked up."""


PARAMETERS = (Role.WEIGHT, Role.BIAS, Role.THRESHOLD)
"""What the layers of a network are trained in."""
_ONE_INDEX = frozenset(
    {
        Role.INPUT, Role.TARGET, Role.ERROR, Role.OUTPUT_LOSS, Role.TERM_LOSS,
        Role.RIGHT_VECTOR, Role.LEFT_VECTOR, Role.JACOBIAN_VECTOR, Role.VECTOR_JACOBIAN,
    }
)  # fmt: skip
"""Roles of the network's two ends and of the loss: one index, no layer."""
_OF_HEADS = frozenset({Role.TARGET, Role.ERROR})
"""Those that have a layer all the same where a network has several output layers: y[3][1]."""


class Symbol(NamedTuple):
    """One quantity: role, layer l, unit j (`to`), input unit i (`from_`), sample, iteration.

    `to` and `from_` of None mean the whole vector or matrix. For inputs, targets, errors and the loss of one
    output `to` is the index and there is no layer; the activation of "layer 0" is the input. A bias that all
    units of a layer share is one parameter: `shared=True` with `to=None`. In a general formula `to` and `from_` may
    be an `Index`, which stands for every number. `new` is the value after the update, `change` the amount by which
    the update changes it. `stem` says which one is meant where a role has many: of the settings of an optimiser
    (`beta1`), of what it keeps for a parameter (`m_W`, `v_b`). The name of a computation graph's quantity is its
    `stem`, and its places, one for each axis of its array, are `at`.
    """

    role: Role
    layer: int | None = None
    to: Unit | None = None
    from_: Unit | None = None
    sample: int | None = None
    iteration: int | None = None
    new: bool = False
    change: bool = False
    shared: bool = False
    stem: str = ""
    at: tuple[Unit, ...] = ()

    # the quantities of a network, by their names

    @classmethod
    def input(cls, unit: Unit | None = None, sample: int | None = None) -> Symbol:
        """x_i, or all inputs x."""
        return cls(Role.INPUT, to=unit, sample=sample)

    @classmethod
    def target(cls, unit: Unit | None = None, layer: int | None = None, sample: int | None = None) -> Symbol:
        """y_k, or all targets y; of several output layers those of one."""
        return cls(Role.TARGET, layer, unit, sample=sample)

    @classmethod
    def error(cls, unit: Unit | None = None, layer: int | None = None, sample: int | None = None) -> Symbol:
        """e_k, how far an output is from its target."""
        return cls(Role.ERROR, layer, unit, sample=sample)

    @classmethod
    def pre_activation(
        cls, layer: int | None = None, unit: Unit | None = None, sample: int | None = None, new: bool = False
    ) -> Symbol:
        """z_j of a layer, or its whole vector."""
        return cls(Role.PRE_ACTIVATION, layer, unit, sample=sample, new=new)

    @classmethod
    def activation(
        cls, layer: int | None = None, unit: Unit | None = None, sample: int | None = None, new: bool = False
    ) -> Symbol:
        """a_j of a layer, or its whole vector."""
        return cls(Role.ACTIVATION, layer, unit, sample=sample, new=new)

    @classmethod
    def delta(cls, layer: int | None = None, unit: Unit | None = None, sample: int | None = None) -> Symbol:
        """δ_j of a layer, or its whole vector."""
        return cls(Role.DELTA, layer, unit, sample=sample)

    @classmethod
    def weight(
        cls, layer: int | None = None, unit: Unit | None = None, source: Unit | None = None, new: bool = False
    ) -> Symbol:
        """W_ji from unit i of what comes in to unit j of a layer, or the whole matrix."""
        return cls(Role.WEIGHT, layer, unit, source, new=new)

    @classmethod
    def bias(cls, layer: int | None = None, unit: Unit | None = None, new: bool = False) -> Symbol:
        """b_j of a layer, or its whole vector."""
        return cls(Role.BIAS, layer, unit, new=new)

    @classmethod
    def shared_bias(cls, layer: int | None, new: bool = False) -> Symbol:
        """The one bias that all units of a layer share."""
        return cls(Role.BIAS, layer, shared=True, new=new)

    @classmethod
    def node(cls, name: str, at: tuple[Unit, ...] = ()) -> Symbol:
        """A quantity of a computation graph, or one entry of an array."""
        return cls(Role.NODE, stem=name, at=at)

    def state(self, name: str, new: bool = False) -> Symbol:
        """What an optimiser keeps beside this parameter (or finds for it on the way), by its name."""
        return self._replace(
            role=Role.STATE, stem=f"{name}_{self.role.value}", new=new, change=False, iteration=None
        )

    @property
    def state_name(self) -> str:
        """The name of a state: `m` of the first moment that belongs to a weight."""
        return self.stem.rpartition("_")[0]

    @property
    def parameter(self) -> Symbol:
        """The parameter that a state belongs to."""
        role = Role(self.stem.rpartition("_")[2])
        return self._replace(role=role, stem="", new=False)


class Partial(NamedTuple):
    """The partial derivative ∂of/∂wrt."""

    of: Symbol
    wrt: Symbol

    @property
    def iteration(self) -> int | None:
        """The iteration both symbols belong to (None for a fixed given)."""
        return self.wrt.iteration if self.wrt.iteration is not None else self.of.iteration

    @property
    def sample(self) -> int | None:
        """The sample the derivative belongs to (None where it belongs to the whole batch)."""
        return self.wrt.sample if self.wrt.sample is not None else self.of.sample


LOSS, EPOCH_LOSS, LOSS_DECREASE = Symbol(Role.LOSS), Symbol(Role.EPOCH_LOSS), Symbol(Role.LOSS_DECREASE)
LEARNING_RATE, STRENGTH = Symbol(Role.LEARNING_RATE), Symbol(Role.STRENGTH)


def canonical(atom: Symbol | Partial) -> str:
    """The canonical name: `W[l][j][i]`, `b_new[l][j]`, `dL/dz[l][j]`, `da/dz[l][j]`, `dL_out[k]/da[l][j]`.

    Sample and iteration are not part of the name (they are fields beside it). A shared bias is `b[l]`, the
    whole vector of biases `b[l][:]`. The derivative of an activation with respect to its own pre-activation
    is shortened to `da/dz[l][j]`; with two different units (softmax) it is `da[l][k]/dz[l][j]`. A quantity of a
    computation graph is called as in its file: `q`, `W[1,2]`, `df/dW[1,2]`.
    """
    if isinstance(atom, Symbol):
        return _stem(atom) + _indices(atom)
    of = _stem(atom.of) + ("" if _is_local(atom) else _indices(atom.of))
    return f"d{of}/d{_stem(atom.wrt)}{_indices(atom.wrt)}"


def described(atom: Symbol | Partial) -> str:
    """The canonical name with its sample, for messages: `a[2][1] of sample 3`."""
    return canonical(atom) + ("" if atom.sample is None else f" of sample {atom.sample}")


def anchor(atom: Symbol | Partial) -> str:
    """A stable HTML id, unique in a page: `it1-dL-dW-2-1-1`, `it2-s3-a-1-2`, `x-1`."""
    parts = []
    if atom.iteration is not None:
        parts.append(f"it{atom.iteration}")
    if atom.sample is not None:
        parts.append(f"s{atom.sample}")
    name = canonical(atom).replace("[:]", "-all").replace("[", "-").replace("]", "").replace("/", "-")
    name = name.replace(" - ", "-minus-").replace(",", "-")
    return "-".join([*parts, name])


def parse_canonical(text: str) -> Symbol | Partial:
    """The quantity a canonical name means (the inverse of `canonical`); ValueError for any other text.

    `[:]` at the end of a whole vector or matrix may be written: `z[1][:]` is `z[1]`.
    """
    if re.fullmatch(r"L\s*[-−–]\s*L_new", text):
        return Symbol(Role.LOSS_DECREASE)
    if "/" not in text:
        return _parse_symbol(text, text)
    over, under = text.split("/", 1)
    if not (over.startswith("d") and under.startswith("d")):
        raise ValueError(f"not a canonical quantity: {text!r}")
    of, wrt = _parse_symbol(over[1:], text), _parse_symbol(under[1:], text)
    if of.role is Role.ACTIVATION and of.layer is None and wrt.role is Role.PRE_ACTIVATION:
        of = Symbol(Role.ACTIVATION, wrt.layer, wrt.to, new=of.new)
    return Partial(of, wrt)


def _is_local(partial: Partial) -> bool:
    of, wrt = partial.of, partial.wrt
    return (
        of.role is Role.ACTIVATION
        and wrt.role is Role.PRE_ACTIVATION
        and of.to is not None
        and (of.layer, of.to) == (wrt.layer, wrt.to)
    )


def _stem(symbol: Symbol) -> str:
    return (
        (symbol.stem or symbol.role.value)
        + ("_new" if symbol.new else "")
        + ("_change" if symbol.change else "")
    )


def _indices(symbol: Symbol) -> str:
    """`[l][j][i]`; an index that is left out before one that is given, or a whole bias vector, is `[:]`."""
    if symbol.at or symbol.role is Role.NODE:
        return f"[{','.join(map(str, symbol.at))}]" if symbol.at else ""
    if symbol.role in _ONE_INDEX and symbol.layer is None:
        return "" if symbol.to is None else f"[{symbol.to}]"
    places = [symbol.layer, symbol.to, symbol.from_]
    while places and places[-1] is None:
        places.pop()
    if _is_bias(symbol) and len(places) == 1 and not symbol.shared:
        places.append(None)
    return "".join("[:]" if place is None else f"[{place}]" for place in places)


def _is_bias(symbol: Symbol) -> bool:
    return symbol.role is Role.BIAS or symbol.stem.endswith(f"_{Role.BIAS.value}")


_STEMS = {role.value: role for role in Role}
_NAME = re.compile(
    r"(?P<stem>[A-Za-z]+(?:_(?:out|term|epoch|sample))?|(?P<state>[A-Za-z_]+?)_(?:W|b|theta))(?P<new>_new)?(?P<change>_change)?"
    r"(?P<indices>(?:\[(?:[1-9][0-9]*|:)\])*)"
)


def _parse_symbol(name: str, whole: str) -> Symbol:
    match = _NAME.fullmatch(name)
    role = _STEMS.get(match["stem"]) if match else None
    stem = ""
    if match is not None and role is None and match["state"]:
        role, stem = Role.STATE, match["stem"]
    if match is None or role is None:
        raise ValueError(f"not a canonical quantity: {whole!r}")
    bias = role is Role.BIAS or stem.endswith("_b")
    if not bias:
        name = re.sub(r"(\[:\])+$", "", name)
    places = [None if place == ":" else int(place) for place in re.findall(r"\[([^\]]+)\]", name)]
    shared = bias and len(places) == 1
    if len(places) > (2 if role in _OF_HEADS else 1 if role in _ONE_INDEX else 3):
        raise ValueError(f"too many indices in {whole!r}")
    padded = [*places, None, None, None]
    alone = role in _ONE_INDEX and len(places) < 2
    layer, to, from_ = (None, padded[0], None) if alone else padded[:3]
    symbol = Symbol(
        role, layer, to, from_, new=bool(match["new"]), change=bool(match["change"]), shared=shared, stem=stem
    )
    if _stem(symbol) + _indices(symbol) != name:
        raise ValueError(f"not a canonical quantity: {whole!r}")
    return symbol
