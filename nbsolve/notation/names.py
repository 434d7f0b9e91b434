r"""The letters of a document: symbols to LaTeX and plain text, and what people type back to symbols.

A `Names` object belongs to one problem. It knows the problem's preset (`indexed`: $w_{ij}^{(l)}$ from i to j;
`flat`: $w_1, w_2, …$ numbered unit by unit; `matrix`: $W^{(l)}_{ji}$) and the letters and names that the
problem sets itself. Two different quantities never get the same LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from nbsolve.catalogue import letter_of
from nbsolve.catalogue.presets import PRESETS
from nbsolve.errors import NbsolveError
from nbsolve.letters import Name
from nbsolve.notation.entries import entries
from nbsolve.notation.general_names import GeneralNames
from nbsolve.notation.network_symbols import auxiliary, scalars
from nbsolve.notation.numbering import Numbering
from nbsolve.notation.role_letters import (
    ROLE_KEYS,
    is_whole,
    letters_of_roles,
    letters_that_stand_alone,
    read_name,
    whole_name,
)
from nbsolve.problem import wiring
from nbsolve.problem.functions import softmax_of
from nbsolve.problem.model import Network, Notation, Problem
from nbsolve.symbol import LOSS, Index, Partial, Role, Symbol, Unit, canonical

if TYPE_CHECKING:
    from nbsolve.notation.quantities import Quantities

__all__ = ["Names"]

_NEW, _GAP = r"\text{new}", r"\,"
_LOSS, _NEW_LOSS = LOSS, Symbol(Role.LOSS, new=True)
_CHECKED_SIZE = 20_000
"""Networks with more parameters than this are only checked for equal names where a file names quantities."""

_LOSSES = (Role.LOSS, Role.SAMPLE_LOSS, Role.OUTPUT_LOSS, Role.TERM_LOSS, Role.EPOCH_LOSS)


class Names:
    """The names of one problem's quantities: `latex`, `plain` and `resolve`; `penalised`: λ is the penalty's.

    Raises `NbsolveError` at construction where two quantities would have the same name, or where a name
    cannot stand in a formula.
    """

    def __init__(self, network: Network, notation: Notation, penalised: bool = False) -> None:
        self.network = network
        self.penalised = penalised
        self.notation = notation
        self.preset = PRESETS[notation.preset]
        self.sizes: tuple[int, ...] = (network.inputs, *(layer.units for layer in network.layers))
        self._numbering = Numbering(network)
        self._shared = {number for number, layer in enumerate(network.layers, 1) if layer.bias.shared}
        self._comma = "," if max(self.sizes) > 9 else ""
        self._custom = {key: read_name(key, text) for key, text in notation.names.items() if "<" not in text}
        self._letters = letters_of_roles(self._custom)
        self._names: dict[tuple[Role, int | None, Unit | None, Unit | None, bool, str], Name] = {}
        self._latex: dict[Symbol | Partial, str] = {}
        self._plain: dict[Symbol | Partial, str] = {}
        self._check()

    def flat(self) -> Names:
        """The names of the same quantities, numbered through the network, none of the problem's own."""
        return Names(self.network, Notation(preset="flat"))

    @classmethod
    def of(cls, problem: Problem) -> Names:
        """The names of a problem's quantities."""
        return cls(problem.network, problem.notation, problem.regulariser is not None)

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """The output layers."""
        return wiring.ends(self.network)

    def latex(self, atom: Symbol | Partial) -> str:
        r"""LaTeX without dollar signs: `w_3^{\text{new}}`, `\frac{\partial L}{\partial w_3}`."""
        written = self._latex.get(atom)
        if written is None:
            written = self._latex[atom] = self._in_latex(atom)
        return written

    def _in_latex(self, atom: Symbol | Partial) -> str:
        if isinstance(atom, Partial):
            return rf"\frac{{\partial {self.latex(atom.of)}}}{{\partial {self.latex(atom.wrt)}}}"
        if atom.role is Role.LOSS_DECREASE:
            return f"{self.latex(_LOSS)} - {self.latex(_NEW_LOSS)}"
        if atom.role is Role.SHARE and atom.from_ is not None:
            gradient, through = self._share(atom)
            return rf"\left.{self.latex(gradient)}\right|_{{\text{{via }}{self.latex(through)}}}"
        return (r"\Delta " if atom.change else "") + self.name(atom).latex()

    def plain(self, atom: Symbol | Partial) -> str:
        """Unicode text for a terminal or a text alternative: w₃ⁿᵉʷ, ∂L/∂w₃."""
        written = self._plain.get(atom)
        if written is None:
            written = self._plain[atom] = self._in_signs(atom)
        return written

    def _in_signs(self, atom: Symbol | Partial) -> str:
        if isinstance(atom, Partial):
            return f"∂{self.plain(atom.of)}/∂{self.plain(atom.wrt)}"
        if atom.role is Role.LOSS_DECREASE:
            return f"{self.plain(_LOSS)} − {self.plain(_NEW_LOSS)}"
        if atom.role is Role.SHARE and atom.from_ is not None:
            gradient, through = self._share(atom)
            return f"{self.plain(gradient)}|via {self.plain(through)}"
        return ("Δ" if atom.change else "") + self.name(atom).plain()

    def resolve(self, text: str) -> Symbol | Partial:
        """The quantity that `dL/dw7`, `dJ/dw_{11}^{(2)}`, `h1o` or `dL/dW[2][1][1]` means in this problem.

        What the problem's own pages write comes first, then canonical names, then the pages' names with their
        markup stripped. A name without indices may mean a whole vector or matrix: `entries` lists what it holds.
        Raises `UnknownQuantityError` that lists near names, or what an ambiguous one may mean.
        """
        return self._quantities.resolve(text)

    @cached_property
    def _quantities(self) -> Quantities:
        # a table of all names, only for those who ask by name
        from nbsolve.notation.quantities import Quantities

        return Quantities(self)

    def name(self, symbol: Symbol) -> Name:
        """The written name in its parts: core, subscript, superscript (with sample and "new", without Δ)."""
        if symbol.role is Role.SAMPLE_LOSS and symbol.sample is not None:
            symbol = symbol._replace(role=Role.LOSS)  # its number says that it is the loss of one sample
        place = (symbol.role, symbol.layer, symbol.to, symbol.from_, symbol.shared, symbol.stem)
        name = self._names.get(place)
        if name is None:
            name = self._names[place] = self._place_name(
                Symbol(*place[:4], shared=symbol.shared, stem=symbol.stem)
            )
        if symbol.sample is not None:
            name = name.with_sup(f"[{symbol.sample}]")
        if symbol.iteration is not None:
            name = name.with_sup(rf"\langle {symbol.iteration}\rangle")
        return name.with_sup(_NEW, _GAP) if symbol.new else name

    def letter(self, role: Role) -> Name:
        """The letter of a role without any index."""
        return self._letters[role]

    def entries(self, atom: Symbol | Partial) -> Iterator[Symbol | Partial]:
        """The entries of a whole vector or matrix, in order; a single quantity by itself."""
        return entries(atom, self.network)

    def bare_letters(self) -> Iterator[tuple[Name, Symbol]]:
        """The letters of inputs, targets, errors and outputs without an index, and the whole vectors they mean."""
        alone = len(self.ends) == 1
        if "output" in self._custom and alone:
            yield self._custom["output"], Symbol.activation(len(self.network.layers))
        roles = (Role.INPUT, Role.TARGET, Role.ERROR) if alone else (Role.INPUT,)
        yield from ((self._letters[role], Symbol(role)) for role in roles)

    def _place_name(self, place: Symbol) -> Name:
        if place.role in _LOSSES:
            return self._loss_name(place)
        if place.role is Role.SETTING:
            return self._setting_name(place.stem)
        if place.role is Role.CONSTANT:
            return self._constant_name(place)
        if place.role is Role.STATE:
            letter = Name.read(letter_of(place.state_name))
            return letter if place.layer is None else letter.with_sub(self.name(place.parameter).latex())
        if place.role is Role.BIAS and place.layer in self._shared:
            place = Symbol.shared_bias(place.layer)
        given = self._given(place)
        if given is not None:
            return given
        if place.role is Role.EXPONENTIAL_SUM:
            letter = self._letters[place.role]
            several = sum(softmax_of(layer.activation) is not None for layer in self.network.layers) > 1
            return letter.with_sup(f"({place.layer})") if several else letter
        if is_whole(place):
            return whole_name(self._letters[place.role], place)
        if isinstance(place.to, Index) or isinstance(place.from_, Index):
            return self.general.name(place)
        template = self._template(place)
        if template is not None:
            return read_name(ROLE_KEYS[place.role], self._fill(template, place))
        return self._preset_name(place)

    def _constant_name(self, place: Symbol) -> Name:
        """x_0, or a_0 of the layer before: the constant whose weights are the biases."""
        source = next(one for one in wiring.sources(self.network, place.layer or 1) if one >= 0)
        if source == 0:
            return self._letters[Role.INPUT].with_sub("0")
        return self._indexed_name(self._letters[Role.ACTIVATION], Symbol.activation(source, 0))

    def _given(self, place: Symbol) -> Name | None:
        """The name that the problem sets for exactly this quantity."""
        given = self._custom.get(canonical(place)) if self._custom else None
        if given is None and place.shared:
            given = self._custom.get(f"b[{place.layer}][1]")
        return given

    def _is_output(self, place: Symbol) -> bool:
        return (
            place.role is Role.ACTIVATION
            and self.ends == (place.layer,)
            and ("output" in self.notation.names)
        )

    @cached_property
    def general(self) -> GeneralNames:
        """The names of quantities with index variables."""
        return GeneralNames(self.sizes, self.network, self.name, self._letters, self._indexed_name)

    def _template(self, place: Symbol) -> str | None:
        key = "output" if self._is_output(place) else ROLE_KEYS.get(place.role, "")
        template = self.notation.names.get(key, "")
        return template if "<" in template else None

    def _fill(self, template: str, place: Symbol) -> str:
        values = {"layer": place.layer, "j": place.to, "k": place.to, "to": place.to}
        values |= {
            "i": self._numbering.source(place) if place.role is Role.WEIGHT else place.to,
            "from": self._numbering.source(place),
        }

        def value(match: re.Match[str]) -> str:
            if values.get(match[1]) is None:
                known = ", ".join(f"<{key}>" for key, number in values.items() if number is not None)
                raise NbsolveError(
                    f"notation: {template!r} uses <{match[1]}>, which {canonical(place)} does not have; "
                    f"it may use {known or 'no index'}"
                )
            return str(values[match[1]])

        return re.sub(r"<([^<>]*)>", value, template.replace("><", f">{self._comma}<"))

    def _setting_name(self, setting: str) -> Name:
        r"""The letter of an optimiser's setting, with a prime where the problem calls something else so."""
        if setting in ("start", "least"):
            return self._letters[Role.LEARNING_RATE].with_sub("0" if setting == "start" else r"\min")
        name = Name.read(letter_of(setting))
        letters = letters_that_stand_alone(self._letters, self.penalised)
        taken = {own.core for own in (*self._custom.values(), *letters)}
        return name.with_sup(r"\prime") if name.core in taken else name

    def _loss_name(self, place: Symbol) -> Name:
        given = self._custom.get(canonical(place))
        if given is not None:
            return given
        whole = self._custom.get("L", self._letters[Role.LOSS])
        if place.role is Role.LOSS:
            return whole
        # E_{total} for the whole gives E_1 for one output: a word is not an index to add to
        bare = replace(whole, sub="") if whole.sub.startswith(r"\text") else whole
        if place.role in (Role.EPOCH_LOSS, Role.SAMPLE_LOSS):
            return bare.with_sub(r"\text{epoch}" if place.role is Role.EPOCH_LOSS else r"\text{sample}")
        if place.to is None:
            return bare.with_sub("k")
        return bare.with_sub(f"({place.to})" if place.role is Role.TERM_LOSS else str(place.to))

    def _preset_name(self, place: Symbol) -> Name:
        letter = self._custom["output"] if self._is_output(place) else self._letters[place.role]
        if place.layer is None or self._is_output(place):
            return letter if place.to is None else letter.with_sub(str(place.to))
        if place.role is Role.DELTA:
            return self._delta_name(place)
        if self.preset.numbered and place.role is not Role.SHARE:
            return letter.with_sub(str(self._numbering.number(place)))
        return self._indexed_name(letter, place)

    def _indexed_name(self, letter: Name, place: Symbol) -> Name:
        superscript = f"({place.layer})"
        if place.role is not Role.WEIGHT:
            name = letter if place.to is None else letter.with_sub(str(place.to))
            return name.with_sup(superscript)
        if self.preset.letter is not None and "weight" not in self._custom:
            letter = Name(self.preset.letter)
        counted = {"from": self._numbering.source(place), "to": place.to}
        indices = self._comma.join(str(counted[index]) for index in self.preset.indices)
        return letter.with_sub(indices).with_sup(superscript)

    def _delta_name(self, place: Symbol) -> Name:
        """δ with the indices of its pre-activation's name (net_{h1}: δ_{h1}), or with that name as index."""
        letter, z = self._letters[Role.DELTA], self.name(place._replace(role=Role.PRE_ACTIVATION))
        if all(name.core == z.core for name in self._pre_activation_names()):
            return Name(letter.core, z.sub, z.sup)
        return letter.with_sub(z.latex())

    def _pre_activation_names(self) -> Iterator[Name]:
        if not any(key.startswith("z[") for key in self._custom):
            return
        for layer, units in enumerate(self.sizes[1:], 1):
            for unit in range(1, units + 1):
                yield self.name(Symbol.pre_activation(layer, unit))

    def _check(self) -> None:
        """Two quantities never share a name; only what can clash is compared in a large network."""
        if not self.notation.names and self._numbering.weights > _CHECKED_SIZE:
            return
        seen: dict[str, str] = {}
        named = [symbol for symbol in auxiliary(self.network) if canonical(symbol) in self._custom]
        for symbol in (*scalars(self.network), *named):
            key, latex = canonical(symbol), self.latex(symbol)
            if seen.setdefault(latex, key) != key:
                raise NbsolveError(
                    f"notation: {seen[latex]} and {key} would both be written {latex}; "
                    "give one of them another name"
                )

    def _share(self, share: Symbol) -> tuple[Partial, Symbol]:
        """The gradient a share is a part of, and the unit of the layer after it that its path leads through."""
        assert share.layer is not None
        unit = share._replace(role=Role.ACTIVATION, from_=None)
        (user,) = wiring.users(self.network, share.layer)
        return Partial(LOSS, unit), unit._replace(layer=user, to=share.from_)
