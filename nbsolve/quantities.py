"""Which quantity a person means by what they typed: `dL/dw7`, `h1o`, `dJ/dw_{11}^{(2)}`, `W[2][1][1]`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from nbsolve.errors import UnknownQuantityError
from nbsolve.letters import Name, squeeze, strip_markup, strip_signs
from nbsolve.notation import Names
from nbsolve.symbol import Partial, Role, Symbol, canonical, number_of, parse_canonical

__all__ = ["Quantities"]

_HAVE_NEW = frozenset(
    {Role.WEIGHT, Role.BIAS, Role.THRESHOLD, Role.PRE_ACTIVATION, Role.ACTIVATION, Role.LOSS}
)
_PARAMETERS = frozenset({Role.WEIGHT, Role.BIAS, Role.THRESHOLD})
_LISTED = 12


@dataclass(frozen=True)
class Quantities:
    """The quantities of one problem, found by any of their names."""

    names: Names

    @classmethod
    def of(cls, names: Names) -> Quantities:
        """The table for the problem these names belong to."""
        return cls(names)

    def resolve(self, text: str) -> Symbol | Partial:
        """See `Names.resolve`."""
        typed = _one_line(text)
        try:
            atom = parse_canonical(typed)
        except ValueError:
            atom = None
        if atom is not None and (found := self._existing(atom)) is not None:
            return found
        if "/" not in typed:
            return self._symbol(typed, text)
        over, under = typed.split("/", 1)
        if not (over.startswith("d") and under.startswith("d")):
            raise self._unknown(text)
        return Partial(self._symbol(over[1:], text, of_loss=True), self._symbol(under[1:], text))

    @cached_property
    def _symbols(self) -> dict[str, Symbol]:
        """Every scalar quantity by its canonical name, and its new value and change where it has them."""
        return {canonical(symbol): symbol for symbol in self._all()}

    def _all(self) -> Iterator[Symbol]:
        for symbol in (*self.names.symbols(), *self.names.auxiliary()):
            yield symbol
            if symbol.role in _HAVE_NEW:
                yield replace(symbol, new=True)
            if symbol.role in _PARAMETERS:
                yield replace(symbol, change=True)

    def _matches(self, typed: str) -> Iterator[list[Symbol]]:
        """What has this name: exactly, then up to spelling, markup, accents, capitals, without its layer."""
        symbols = list(self._symbols.values())
        if not re.search("new|change|Δ|Delta", typed):
            symbols = [symbol for symbol in symbols if not (symbol.new or symbol.change)]
        latex = [self.names.latex(symbol) for symbol in symbols]
        for reduce in (_spaceless, _spelled, strip_markup, squeeze, _lower, _without_layer):
            sought = _spelled(typed) if reduce is _without_layer else reduce(typed)
            yield [symbol for symbol, name in zip(symbols, latex, strict=True) if reduce(name) == sought]

    def _existing(self, atom: Symbol | Partial) -> Symbol | Partial | None:
        """The quantity in this problem's own form (a shared bias is one parameter), or None."""
        if isinstance(atom, Partial):
            of, wrt = self._existing(atom.of), self._existing(atom.wrt)
            return Partial(of, wrt) if isinstance(of, Symbol) and isinstance(wrt, Symbol) else None
        if atom.role is Role.BIAS and atom.to is not None and self._has_shared_bias(atom):
            atom = replace(atom, to=None, shared=True)
        if canonical(atom) in self._symbols:
            return atom
        if not self._is_whole(atom):
            return None
        # a single output's target named y is meant rather than the vector of one target
        first = replace(atom, to=1)
        return first if self._is_written(first, canonical(atom)) else atom

    def _has_shared_bias(self, atom: Symbol) -> bool:
        layer, sizes = atom.layer or 0, self.names.sizes
        return (
            canonical(Symbol(Role.BIAS, layer, shared=True)) in self._symbols
            and number_of(atom.to or 0) <= sizes[layer]
        )

    def _is_written(self, atom: Symbol, text: str) -> bool:
        return canonical(atom) in self._symbols and self.names.latex(atom) == text

    def _is_whole(self, atom: Symbol) -> bool:
        if atom.to is not None or atom.from_ is not None or atom.shared:
            return False
        first = replace(atom, to=1, from_=1 if atom.role is Role.WEIGHT else None)
        return canonical(first) in self._symbols

    def _symbol(self, typed: str, text: str, *, of_loss: bool = False) -> Symbol:
        if of_loss and typed in ("L", "J", "E", "C"):
            return Symbol(Role.LOSS)
        typed = re.sub(r"\+$|\^\{?\+\}?$", "new", typed)
        for found in self._matches(typed):
            if len(found) == 1:
                return found[0]
            if found:
                choices = ", ".join(f"{canonical(symbol)} ({self.names.plain(symbol)})" for symbol in found)
                raise UnknownQuantityError(f"{text!r} may mean several quantities: {choices}")
        raise self._unknown(text)

    def _unknown(self, text: str) -> UnknownQuantityError:
        typed = squeeze(re.sub(r"^d.*?/d", "", _one_line(text)))
        plain = {
            self.names.plain(symbol): squeeze(self.names.latex(symbol)) for symbol in self.names.symbols()
        }
        near = difflib.get_close_matches(typed, list(plain.values())[:2000], n=_LISTED, cutoff=0.5)
        shown = [name for name, bare in plain.items() if bare in near] or list(plain)
        weight = self.names.plain(Symbol(Role.WEIGHT, 1, 1, 1))
        more = f" and {len(shown) - _LISTED} more" if len(shown) > _LISTED else ""
        lead = "the nearest are" if near else "there are"
        return UnknownQuantityError(
            f"no quantity {text!r} in this problem; {lead} {', '.join(shown[:_LISTED])}{more} "
            f"(and derivatives such as ∂{self.names.plain(Symbol(Role.LOSS))}/∂{weight})"
        )


def _one_line(text: str) -> str:
    r"""`\frac{\partial L}{\partial w_3}` and `∂L/∂w3` as `dL/dw_3`; Δw as the change of w."""
    text = text.strip().strip("$").strip()
    text = re.sub(r"\\[dt]?frac\s*\{(.*)\}\s*\{(.*)\}", r"\1/\2", text)
    text = re.sub(r"\\partial(?![A-Za-z])\s*|∂\s*", "d", text)
    text = re.sub(r"^\s*(d[^/]*?)\s*/\s*", r"\1/", text)
    return text


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
    return re.sub(r"\s+", "", text)
