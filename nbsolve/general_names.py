r"""Names with index variables: the pattern that the instances' names follow, or the usual indices.

$w_{11}^1, w_{21}^1, …$ are $w_{ij}^1$; weights that are numbered through, $w_1, w_2, …$, follow no pattern and are
written $w_{ij}^{(1)}$ in a general formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product

from nbsolve.letters import Name
from nbsolve.patterns import pattern
from nbsolve.symbol import Index, Role, Symbol, Unit


@dataclass(frozen=True)
class GeneralNames:
    """The general names of a network whose layers have `sizes` (inputs first).

    `instance` names single quantities, `letters` are those of the roles, `indexed` writes a letter's indices.
    """

    sizes: tuple[int, ...]
    instance: Callable[[Symbol], Name]
    letters: Mapping[Role, Name]
    indexed: Callable[[Name, Symbol], Name]
    _patterned: dict[Role, bool] = field(default_factory=dict)

    def name(self, place: Symbol) -> Name:
        """The name of a quantity with index variables."""
        found = self._pattern(place)
        if found is not None and self.follows_pattern(place.role):
            return Name.read(found)
        cores = {self.instance(one).core for each in self._places(place.role) for one in self._all_of(each)}
        letter = Name(cores.pop()) if len(cores) == 1 else self.letters[place.role]
        if place.layer is None:
            # y_k would be another quantity where the targets are called y_2 and y_3: they count with the outputs
            end = 0 if place.role is Role.INPUT else len(self.sizes) - 1
            return letter.with_sub(str(place.to)).with_sup(f"({end})")
        return self.indexed(letter, place)

    def follows_pattern(self, role: Role) -> bool:
        """Whether the names of a role follow a pattern in every layer, one that no other layer's names match.

        (z_1 and z_2 of one layer with z_3 of the next follow none: z_j would be all three.)
        """
        if role not in self._patterned:
            self._patterned[role] = all(self._is_sound(place) for place in self._places(role))
        return self._patterned[role]

    def mapped(self, role: Role, most: int) -> Iterator[tuple[str, str]]:
        """Each quantity of a role as a general formula counts it, and its own name, where they differ.

        Nothing where the general formulae use the own names, or where there are more than `most`.
        """
        if self.follows_pattern(role):
            return
        for place in self._places(role):
            found = list(self._instances(place))
            if len(found) > most:
                return
            for _, one in found:
                counted = self._counted(place, one).latex()
                if counted != self.instance(one).latex():
                    yield counted, self.instance(one).latex()

    def _counted(self, place: Symbol, one: Symbol) -> Name:
        """The name that a general formula of `place` gives to one of its instances."""
        cores = {
            self.instance(each).core for other in self._places(place.role) for each in self._all_of(other)
        }
        letter = Name(cores.pop()) if len(cores) == 1 else self.letters[place.role]
        if place.layer is None:
            end = 0 if place.role is Role.INPUT else len(self.sizes) - 1
            return letter.with_sub(str(one.to)).with_sup(f"({end})")
        return self.indexed(letter, one)

    def _is_sound(self, place: Symbol) -> bool:
        if not _variables(place):
            return True
        found = self._pattern(place)
        if found is None:
            return False
        matching = re.compile(_numbered(found, _variables(place)))
        return not any(
            matching.fullmatch(self.instance(one).latex())
            for other in self._places(place.role)
            if other.layer != place.layer
            for one in self._all_of(other)
        )

    def _pattern(self, place: Symbol) -> str | None:
        """The pattern that the names of all instances of a place share; None where they share none."""
        instances = {numbers: self.instance(one).latex() for numbers, one in self._instances(place)}
        return pattern(instances, tuple(str(variable) for variable in _variables(place)))

    def _places(self, role: Role) -> Iterator[Symbol]:
        """The quantities of a role with index variables, one a layer; a single unit keeps its number."""

        def unit(size: int, name: str) -> Unit:
            return Index(name) if size > 1 else 1

        if role in (Role.INPUT, Role.TARGET):
            yield Symbol(role, to=unit(self.sizes[0 if role is Role.INPUT else -1], "j"))
            return
        for layer in range(1, len(self.sizes)):
            source = unit(self.sizes[layer - 1], "i") if role is Role.WEIGHT else None
            yield Symbol(role, layer, unit(self.sizes[layer], "j"), source)

    def _all_of(self, place: Symbol) -> Iterator[Symbol]:
        yield from (one for _, one in self._instances(place)) if _variables(place) else (place,)

    def _instances(self, place: Symbol) -> Iterator[tuple[tuple[int, ...], Symbol]]:
        """The quantities with every number in the place of the index variables, by those numbers."""
        variables = _variables(place)
        ends = 0 if place.role is Role.INPUT else len(self.sizes) - 1
        layer = ends if place.layer is None else place.layer
        sizes = {place.to: self.sizes[layer], place.from_: self.sizes[layer - 1]}
        for numbers in product(*(range(1, sizes[variable] + 1) for variable in variables)):
            chosen: dict[Unit | None, Unit | None] = dict(zip(variables, numbers, strict=True))
            to, from_ = (chosen.get(unit, unit) for unit in (place.to, place.from_))
            yield numbers, replace(place, to=to, from_=from_)


def _numbered(text: str, variables: list[Index]) -> str:
    """The regular expression of a pattern: any number where an index variable stands."""
    written = re.escape(text)
    for variable in variables:
        written = re.sub(rf"(?<![A-Za-z\\]){variable}(?![a-z])", "[0-9]+", written)
    return written


def _variables(place: Symbol) -> list[Index]:
    return [unit for unit in (place.to, place.from_) if isinstance(unit, Index)]
