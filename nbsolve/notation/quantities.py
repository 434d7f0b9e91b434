"""Which quantity a person means by what they typed: `dL/dw7`, `h1o`, `dJ/dw_{11}^{(2)}`, `W[2][1][1]`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

from nbsolve.catalogue.presets import Preset
from nbsolve.errors import NbsolveError, UnknownQuantityError
from nbsolve.letters import Name, squeeze, strip_markup, strip_signs
from nbsolve.notation.entries import HAVE_NEW, absence, entries, own_bias
from nbsolve.notation.network_symbols import auxiliary, scalars, wholes
from nbsolve.problem.model import Network
from nbsolve.symbol import LOSS, LOSS_DECREASE, PARAMETERS, Partial, Role, Symbol, canonical, parse_canonical

__all__ = ["Quantities"]

_LISTED = 12
_CHECKED_SIZE = 20_000
"""The largest network for which a table of all written names is made; in larger ones canonical names stand."""


class Named(Protocol):
    """What names of quantities are looked up in: see `nbsolve.notation.Names`."""

    network: Network
    preset: Preset

    def latex(self, atom: Symbol | Partial) -> str:
        """The name in LaTeX."""

    def plain(self, atom: Symbol | Partial) -> str:
        """The name as Unicode text."""

    def bare_letters(self) -> Iterator[tuple[Name, Symbol]]:
        """Letters without an index, and the whole vectors they mean."""

    def flat(self) -> Named:
        """The names of the same quantities, numbered through the network."""


@dataclass(frozen=True)
class Quantities:
    """The quantities of one problem, found by any of their names."""

    names: Named
    asks_others: bool = True
    """Whether what has no meaning here is looked for in the other notations, to say so."""

    def resolve(self, text: str) -> Symbol | Partial:
        """See `Names.resolve`."""
        typed = _one_line(text)
        if "[" not in typed or self._is_small:
            written = self._as_written(typed)
            if written is not None:
                return written
        try:
            atom = parse_canonical(typed)
        except ValueError as error:
            if "[" in typed:
                hint = "brackets belong to canonical names, such as W[2][1][1] or dL/dz[1][2]"
                raise UnknownQuantityError(
                    f"no quantity {text!r} in this problem ({error}); {hint}"
                ) from None
        else:
            reason = absence(atom, self.names.network)
            if reason is None:
                return self._own_form(atom)
            if "[" in typed:
                raise UnknownQuantityError(f"no quantity {text!r} in this problem: {reason}")
        return self._spoken(typed, text)

    # ------------------------------------------------------------------ as the pages write it

    def _as_written(self, typed: str) -> Symbol | Partial | None:
        """What the problem's own pages write in just this way; None where nothing is, or several are."""
        if "/" not in typed:
            sides = re.split(r"\s*[-−–]\s*(?!>)", typed)
            if len(sides) == 2 and all(sides):
                pair = tuple(map(self._written, sides))
                return LOSS_DECREASE if pair == (LOSS, LOSS._replace(new=True)) else None
            return self._written(typed)
        over, under = typed.split("/", 1)
        if not (over.startswith("d") and under.startswith("d")):
            return None
        of, wrt = self._written(over[1:]), self._written(under[1:])
        if of is None or wrt is None:
            return None
        partial = Partial(of, wrt)
        return self._own_form(partial) if absence(partial, self.names.network) is None else None

    def _written(self, typed: str) -> Symbol | None:
        typed = _marked_new(typed)
        for symbols in (self._singles, self._wholes):
            for reduce in (_spaceless, _spelled):
                found = self._called(symbols, reduce, typed)
                if found:
                    return found[0] if len(found) == 1 else None
        letters = self.names.bare_letters()
        return next((whole for letter, whole in letters if letter.latex() == _spelled(typed)), None)

    # ------------------------------------------------------------------ as people say it

    def _spoken(self, typed: str, text: str) -> Symbol | Partial:
        """What this names up to spelling, markup, accents, capitals, without its layer."""
        if "/" not in typed:
            return self._symbol(typed, text)
        over, under = typed.split("/", 1)
        if not (over.startswith("d") and under.startswith("d")):
            raise self._unknown(text)
        partial = Partial(self._of(over[1:], text), self._symbol(under[1:], text))
        reason = absence(partial, self.names.network)
        if reason is not None:
            of = f"; {over[1:]} is {canonical(partial.of)} here" if partial.of.role is not Role.LOSS else ""
            raise UnknownQuantityError(f"no quantity {text!r} in this problem: {reason}{of}")
        return self._own_form(partial)

    def _of(self, typed: str, text: str) -> Symbol:
        """What is differentiated: in most books L, J, E or C is the loss, unless it is something else here."""
        own = self._written(typed)
        if own is None and typed in ("L", "J", "E", "C"):
            return LOSS
        return self._symbol(typed, text) if own is None else own

    def _symbol(self, typed: str, text: str) -> Symbol:
        typed = _marked_new(typed)
        for symbols in (self._singles, self._wholes):
            for reduce in (_spaceless, _spelled, strip_markup, squeeze, _lower, _without_layer):
                found = self._called(symbols, reduce, typed)
                if len(found) == 1:
                    return found[0]
                if found:
                    shown = ", ".join(f"{canonical(symbol)} ({self.names.plain(symbol)})" for symbol in found)
                    raise UnknownQuantityError(f"{text!r} may mean several quantities: {shown}")
        raise self._unknown(text)

    # ------------------------------------------------------------------ tables of names

    @cached_property
    def _is_small(self) -> bool:
        return sum(len(row) for layer in self.names.network.layers for row in layer.weights) <= _CHECKED_SIZE

    @cached_property
    def _singles(self) -> dict[Symbol, str]:
        """Every scalar quantity, its new value and its change where it has them, as LaTeX."""
        return dict(self._with_moments((*scalars(self.names.network), *auxiliary(self.names.network))))

    @cached_property
    def _wholes(self) -> dict[Symbol, str]:
        """Yield every whole vector and matrix of the network."""
        return dict(self._with_moments(wholes(self.names.network)))

    def _with_moments(self, symbols: Iterable[Symbol]) -> Iterator[tuple[Symbol, str]]:
        for symbol in symbols:
            for one in (
                symbol,
                *([symbol._replace(new=True)] if symbol.role in HAVE_NEW else []),
                *([symbol._replace(change=True)] if symbol.role in PARAMETERS else []),
            ):
                yield one, self.names.latex(one)

    def _called(
        self, symbols: Mapping[Symbol, str], reduce: Callable[[str], str], typed: str
    ) -> list[Symbol]:
        """The quantities of a table that have this name, up to what `reduce` takes away."""
        if not re.search("new|change|Δ|Delta", typed):
            symbols = {symbol: name for symbol, name in symbols.items() if not (symbol.new or symbol.change)}
        if reduce is _without_layer:
            sought = _spelled(typed)
            return [symbol for symbol, name in symbols.items() if _without_layer(name) == sought]
        parts = _scripts(typed) if reduce in (strip_markup, squeeze, _lower) else None
        if parts is not None:
            # an index is not to run into the layer: z_1^(2) is not z_12
            wanted = tuple(map(reduce, parts))
            return [s for s, n in symbols.items() if tuple(map(reduce, _scripts(n) or ())) == wanted]
        sought = reduce(typed)
        return [symbol for symbol, name in symbols.items() if reduce(name) == sought]

    def _own_form(self, atom: Symbol | Partial) -> Symbol | Partial:
        """The quantity in this problem's own form: a shared bias is one parameter, a vector of one its entry."""
        network = self.names.network
        if isinstance(atom, Partial):
            atom = Partial(own_bias(atom.of, network), own_bias(atom.wrt, network))
        else:
            atom = own_bias(atom, network)
        found = list(entries(atom, network))
        return found[0] if len(found) == 1 else atom

    def _unknown(self, text: str) -> UnknownQuantityError:
        typed = squeeze(re.sub(r"^d.*?/d", "", _one_line(text)))
        plain = {
            self.names.plain(symbol): squeeze(self.names.latex(symbol))
            for symbol in scalars(self.names.network)
        }
        near = difflib.get_close_matches(typed, list(plain.values())[:2000], n=_LISTED, cutoff=0.5)
        shown = [name for name, bare in plain.items() if bare in near] or list(plain)
        weight = self.names.plain(Symbol.weight(1, 1, 1))
        more = f" and {len(shown) - _LISTED} more" if len(shown) > _LISTED else ""
        lead = "the nearest are" if near else "there are"
        return UnknownQuantityError(
            f"no quantity {text!r} in this problem; {lead} {', '.join(shown[:_LISTED])}{more} "
            f"(and derivatives such as ∂{self.names.plain(LOSS)}/∂{weight}){self._elsewhere(text)}"
        )

    def _elsewhere(self, text: str) -> str:
        """What the name means in the flat notation, how that is had, and what the quantity is called here."""
        if not self.asks_others or self.names.preset.numbered:
            return ""
        try:
            flat = self.names.flat()
            atom = Quantities(flat, asks_others=False).resolve(text)
        except NbsolveError:
            return ""
        called = f"{canonical(atom)}, {self.names.plain(atom)}"
        return f"; in flat notation it is {called} here: such names come with notation: flat (--set notation=flat)"


def _marked_new(typed: str) -> str:
    """`w+` and `w^+` as `w new`."""
    return re.sub(r"\+$|\^\{?\+\}?$", "new", typed)


def _scripts(text: str) -> tuple[str, str, str] | None:
    """Core, subscript and superscript of a name that has both scripts."""
    try:
        name = Name.read(_spelled(text))
    except ValueError:
        return None
    return (name.core, name.sub, name.sup) if name.sub and name.sup else None


def _one_line(text: str) -> str:
    r"""`\frac{\partial L}{\partial w_3}` and `∂L/∂w3` as `dL/dw_3`; Δw as the change of w."""
    text = text.strip().strip("$").strip()
    text = re.sub(r"\\[dt]?frac\s*\{(.*)\}\s*\{(.*)\}", r"\1/\2", text)
    text = re.sub(r"\\partial(?![A-Za-z])\s*|∂\s*", "d", text)
    text = re.sub(r"^\s*(d[^/]*?)\s*/\s*", r"\1/", text)
    return text


@lru_cache(maxsize=1 << 14)
def _spelled(text: str) -> str:
    """`w11^(2)` and `w^{(2)}_{11}` as `w_{11}^{(2)}`."""
    text = re.sub(r"\^(\([^()]*\))", r"^{\1}", strip_signs(text).replace(r"\,", ""))
    text = re.sub(r"^(\\?[A-Za-z]+)([0-9]+)(?=\^|$)", r"\1_{\2}", text)
    try:
        return Name.read(text).latex()
    except ValueError:
        return text


def _lower(text: str) -> str:
    return squeeze(text).lower()


def _without_layer(text: str) -> str:
    return re.sub(r"\^\{?\(\d+\)\}?|\^\d+$", "", _spelled(text))


def _spaceless(text: str) -> str:
    return "".join(text.split())
