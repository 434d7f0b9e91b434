r"""Names with index variables: the pattern that the instances' names follow, or the usual indices.

$w_{11}^1, w_{21}^1, …$ are $w_{ij}^1$; units that are numbered through the layers, $a_1, a_2$ and then $a_3, a_4$,
are $a_j$ with $j = 3, 4$ in the second one. Weights that are numbered through, $w_1, w_2, …$, follow none and are
written $w_{ij}^{(1)}$ in a general formula, i and j being the numbers of the units.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

from nbsolve.letters import Name
from nbsolve.notation.numbering import Numbering
from nbsolve.notation.patterns import pattern
from nbsolve.problem import wiring
from nbsolve.problem.model import Network
from nbsolve.symbol import Index, Role, Symbol, Unit, number_of

_COUNTED = (Role.WEIGHT, Role.BIAS, Role.PRE_ACTIVATION, Role.ACTIVATION, Role.INPUT, Role.TARGET)


@dataclass(frozen=True)
class GeneralNames:
    """The general names of a network whose layers have `sizes` (inputs first).

    `instance` names single quantities, `letters` are those of the roles, `indexed` writes a letter's indices.
    """

    sizes: tuple[int, ...]
    network: Network
    instance: Callable[[Symbol], Name]
    letters: Mapping[Role, Name]
    indexed: Callable[[Name, Symbol], Name]
    _patterned: dict[Role, bool] = field(default_factory=dict)

    def name(self, place: Symbol) -> Name:
        """The name of a quantity with index variables."""
        found = self._own_pattern(place)
        if found is not None:
            return Name.read(found)
        cores = {self.instance(one).core for each in self._places(place.role) for one in self._all_of(each)}
        letter = Name(cores.pop()) if len(cores) == 1 else self.letters[place.role]
        return self._numbered(letter, place)

    def _numbered(self, letter: Name, place: Symbol) -> Name:
        """A letter that follows no pattern with the layer above and the numbers of the units below."""
        to, from_ = self.number(place.layer, place.to), place.from_
        if place.layer is None:
            # y_k would be another quantity where the targets are called y_2 and y_3: they count with the outputs
            end = 0 if place.role is Role.INPUT else len(self.sizes) - 1
            return letter.with_sub(str(place.to)).with_sup(f"({end})")
        from_ = None if from_ is None else self.number(wiring.source(self.network, place.layer), from_)
        return self.indexed(letter, place._replace(to=to, from_=from_))

    def number(self, layer: int | None, unit: Unit | None) -> Unit | None:
        """The number that a unit of a layer has on the page; an index variable stays one, and 0 the constant."""
        return unit if layer is None or not isinstance(unit, int) or not unit else unit + self.offsets[layer]

    def numbers(self, layer: int) -> range:
        """The numbers of the units of a layer, as the page counts them; those of the inputs for 0."""
        first = 1 + self.offsets[layer]
        return range(first, first + self.sizes[layer])

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """How many units are counted before those of each layer (inputs first): 2 where its units are a_3 and a_4.

        All 0 where a layer's activations and pre-activations have no pattern, or two that differ.
        """
        found = [0]
        for layer in range(1, len(self.sizes)):
            roles = (Role.ACTIVATION, Role.PRE_ACTIVATION)
            own = {
                self._offset(place) for role in roles for place in self._places(role) if place.layer == layer
            }
            if None in own or len(own) > 1:
                return (0,) * len(self.sizes)
            found.append(own.pop() or 0)
        return tuple(found)

    def _offset(self, place: Symbol) -> int | None:
        """By how much the numbers in a layer's names exceed the places of its units; None for no pattern."""
        if not _variables(place):
            sub = self.instance(place).sub
            return int(sub) - 1 if re.fullmatch("[0-9]+", sub) and not self.instance(place).sup else 0
        instances = list(self._instances(place))
        for offset in range(-1, sum(self.sizes)):
            moved = {_moved(numbers, [offset]): _braced(self.instance(one)) for numbers, one in instances}
            if pattern(moved, ("j",)) is not None:
                return offset
        return None

    @cached_property
    def numbered_through(self) -> bool:
        """Whether the units are numbered through the layers, so that a_j needs a word about its j."""
        roles = (Role.ACTIVATION, Role.PRE_ACTIVATION)
        return any(self.offsets) and not all(map(self.follows_pattern, roles))

    @property
    def follow_patterns(self) -> bool:
        """Whether general formulae can be written in the letters of their instances."""
        return all(map(self.follows, _COUNTED))

    def follows(self, role: Role) -> bool:
        """Whether general formulae write the quantities of a role by the pattern of their own names."""
        return all(not _variables(p) or self._own_pattern(p) is not None for p in self._places(role))

    def _own_pattern(self, place: Symbol) -> str | None:
        """The pattern of the own names, its index variables being the numbers of the units on the page."""
        if not any(self.offsets):
            return self._pattern(place) if self.follows_pattern(place.role) else None
        variables = _variables(place)
        layer = place.layer
        if layer is None:
            layer = 0 if place.role is Role.INPUT else len(self.sizes) - 1
        moved = [
            self.offsets[layer if unit is place.to else wiring.source(self.network, layer)]
            for unit in variables
        ]
        instances = list(self._instances(place))
        if len(variables) != 1 or place.role is Role.WEIGHT:
            return pattern(
                {_moved(n, moved): _braced(self.instance(one)) for n, one in instances}, _texts(variables)
            )
        own = self._offset(place._replace(to=variables[0]))
        if own is None:
            return None
        apart = moved[0] - own
        text = str(variables[0]) + (f"-{apart}" if apart > 0 else f"+{-apart}" if apart < 0 else "")
        return pattern({_moved(n, [own]): _braced(self.instance(one)) for n, one in instances}, (text,))

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
        if self.follows(role):
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
        source = Numbering(self.network).source(one)
        if isinstance(source, int):  # as the units count, with 0 for a constant, not as columns do
            source = Index(str(self.number(wiring.source(self.network, one.layer or 1), source)))
        return self._numbered(letter, one._replace(from_=source))

    def _is_sound(self, place: Symbol) -> bool:
        if not _variables(place):
            return True
        found = self._pattern(place)
        if found is None:
            return False
        matching = re.compile(_any_numbers(found, _variables(place)))
        return not any(
            matching.fullmatch(_braced(self.instance(one)))
            for other in self._places(place.role)
            if other.layer != place.layer
            for one in self._all_of(other)
        )

    def _pattern(self, place: Symbol) -> str | None:
        """The pattern that the names of all instances of a place share; None where they share none."""
        instances = {numbers: _braced(self.instance(one)) for numbers, one in self._instances(place)}
        return pattern(instances, tuple(str(variable) for variable in _variables(place)))

    def _places(self, role: Role) -> Iterator[Symbol]:
        """The quantities of a role with index variables, one a layer; a single unit keeps its number."""

        def unit(size: int, name: str) -> Unit:
            return Index(name) if size > 1 else 1

        ends = wiring.ends(self.network)
        if role is Role.TARGET and len(ends) > 1:
            yield from (Symbol(role, end, unit(self.sizes[end], "j")) for end in ends)
            return
        if role in (Role.INPUT, Role.TARGET):
            yield Symbol(role, to=unit(self.sizes[0 if role is Role.INPUT else -1], "j"))
            return
        for layer in range(1, len(self.sizes)):
            if role is Role.WEIGHT and not self.network.layer(layer).weights:
                continue
            source = unit(wiring.width(self.network, layer), "i") if role is Role.WEIGHT else None
            yield Symbol(role, layer, unit(self.sizes[layer], "j"), source)

    def _all_of(self, place: Symbol) -> Iterator[Symbol]:
        yield from (one for _, one in self._instances(place)) if _variables(place) else (place,)

    def _instances(self, place: Symbol) -> Iterator[tuple[tuple[int, ...], Symbol]]:
        """The quantities with every number in the place of the index variables, by those numbers."""
        variables = _variables(place)
        ends = 0 if place.role is Role.INPUT else len(self.sizes) - 1
        layer = ends if place.layer is None else place.layer
        sizes = {place.to: self.sizes[layer], place.from_: wiring.width(self.network, layer) if layer else 0}
        gaps = self.network.layer(layer).missing if place.role is Role.WEIGHT else frozenset()
        for numbers in product(*(range(1, sizes[variable] + 1) for variable in variables)):
            chosen: dict[Unit | None, Unit | None] = dict(zip(variables, numbers, strict=True))
            to, from_ = (chosen.get(unit, unit) for unit in (place.to, place.from_))
            if gaps and (to, from_) in gaps:
                continue
            one = place._replace(to=to, from_=from_)
            if place.role is Role.WEIGHT and isinstance(
                place.from_, Index
            ):  # 0 is the constant of the biases
                numbers = (*numbers[:-1], number_of(Numbering(self.network).source(one) or 0))
            yield numbers, one


def _any_numbers(text: str, variables: list[Index]) -> str:
    """The regular expression of a pattern: any number where an index variable stands."""
    written = re.escape(text)
    for variable in variables:
        written = re.sub(rf"(?<![A-Za-z\\]){variable}(?![a-z])", "[0-9]+", written)
    return written


def _variables(place: Symbol) -> list[Index]:
    return [unit for unit in (place.to, place.from_) if isinstance(unit, Index)]


def _moved(numbers: tuple[int, ...], by: Sequence[int]) -> tuple[int, ...]:
    return tuple(number + more for number, more in zip(numbers, by, strict=True))


def _texts(variables: list[Index]) -> tuple[str, ...]:
    return tuple(map(str, variables))


def _braced(name: Name) -> str:
    """The LaTeX of a name, its scripts in braces however short they are: a_{9} is written like a_{10}."""
    return re.sub(r"([_^])([0-9A-Za-z])", r"\1{\2}", name.latex())
