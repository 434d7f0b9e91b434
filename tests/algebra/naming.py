"""The letters of a problem's page, from its notation: every quantity's letter, and what each letter stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from tests.algebra.alphabet import Letters, Meaning, Whole
from tests.algebra.model import Place
from tests.algebra.names import letter_of
from tests.algebra.network import constant
from tests.algebra.scanning import Unreadable
from tests.algebra.specification import Node, Specification
from tests.algebra.tree import Letter

USUAL = {
    "input": "x", "target": "y", "pre_activation": "z", "activation": "a", "weight": "w", "bias": "b",
    "threshold": r"\theta", "loss": "L", "learning_rate": r"\eta", "strength": r"\lambda", "delta": r"\delta",
    "error": "e",
}  # fmt: skip
ROLES = {
    "z": "pre_activation",
    "a": "activation",
    "W": "weight",
    "b": "bias",
    "theta": "threshold",
    "delta": "delta",
}
ENDS = {"x": "input", "y": "target", "e": "error"}
NEW = r"\text{new}"


class Naming:
    """The letters of one problem."""

    def __init__(self, spec: Specification) -> None:
        self.spec = spec
        self.single = len(spec.samples) == 1
        self.own = {key: value for key, value in self._own() if "<" not in value} | spec.own
        self.templates = {k: v for k, v in spec.notation.items() if isinstance(v, str) and "<" in v}
        self.numbers = {place: n for _, place, n in self._numbered()}
        self.table: dict[Letter, Meaning] = {}
        self._fill()

    def letters(self) -> Letters:
        """All letters of the page."""
        usual: dict[Letter, Meaning] = {}
        cores: dict[str, set[str]] = {}
        for place in self._places():
            cores.setdefault(str(place[0]), set()).add(self.name(place).core)
        for place in self._places():
            stem = str(place[0])
            own = cores[stem]
            if stem in ROLES:
                letter = self._indexed(self._counted(place))
                letter = replace(letter, core=next(iter(own))) if len(own) == 1 else letter
                usual.setdefault(self._sampled(letter, place), place)
            elif stem == "y":
                # a target whose own names follow no pattern carries the layer of the outputs
                letter = replace(self._letter("target"), sub=str(place[1]), sup=f"({len(self.spec.layers)})")
                usual.setdefault(self._sampled(letter, place), place)
        return Letters(self.table, usual)

    def _counted(self, place: Place) -> Place:
        """The place with the numbers that the units have on the page, where these are numbered through."""
        stem, number, to, *rest = place
        if not self._through or to == 0:
            return place
        first = self._first[int(number)] - 1
        if stem == "W":
            return (stem, number, int(to) + first, int(rest[0]) + self._first[int(number) - 1] - 1)
        return (stem, number, int(to) + first, *rest)

    @cached_property
    def _first(self) -> list[int]:
        """The number of each layer's first unit: that in the letter of its activation."""
        subs = [self.name(("a", number, 1, 1)).sub for number in range(1, len(self.spec.layers) + 1)]
        return [1, *(int(sub) if sub.isdigit() else 1 for sub in subs)]

    @property
    def _through(self) -> bool:
        """Whether the letters of activations and pre-activations are told apart by their numbers alone."""
        for stem in ("z", "a"):
            for number, layer in enumerate(self.spec.layers, 1):
                letters = [self.name((stem, number, j, 1)) for j in range(1, layer.units + 1)]
                numbers = [str(self._first[number] + j) for j in range(layer.units)]
                if layer.units > 1 and [one.sub for one in letters] != numbers:
                    return False
        return True

    # what the file names itself

    def _own(self) -> Iterator[tuple[str, str]]:
        for key, value in self.spec.notation.items():
            if isinstance(value, str):
                yield key, value
            elif key in ENDS.values() or key == "output":
                stem = {role: stem for stem, role in ENDS.items()}.get(key, f"a[{len(self.spec.layers)}]")
                yield from ((f"{stem}[{n}]", name) for n, name in enumerate(value, 1))
            else:
                stem = next(stem for stem, role in ROLES.items() if role == key)
                for number, names in enumerate(value, 1):
                    yield from self._own_of_layer(stem, number, names)

    def _own_of_layer(self, stem: str, number: int, names: Node) -> Iterator[tuple[str, str]]:
        if isinstance(names, str):
            names = [names]
        if stem != "W":
            yield from ((f"{stem}[{number}][{j}]", name) for j, name in enumerate(names, 1))
            return
        for row, entries in enumerate(names, 1):
            for column, name in enumerate(entries, 1):
                to, from_ = (column, row) if self.spec.rows_are_inputs else (row, column)
                yield f"W[{number}][{to}][{from_}]", name

    # every quantity

    def _places(self) -> Iterator[Place]:
        for number, layer in enumerate(self.spec.layers, 1):
            for j in range(1, layer.units + 1):
                yield from (("W", number, j, i) for i in range(1, self.spec.sizes[number - 1] + 1))
                if layer.bias != "absent" and (layer.bias != "shared" or j == 1):
                    yield constant(layer, number, j)
        for s in range(1, len(self.spec.samples) + 1):
            yield from (("x", i, s) for i in range(1, self.spec.inputs + 1))
            for k in range(1, self.spec.sizes[-1] + 1):
                yield from ((stem, k, s) for stem in ("y", "e"))
            for number, layer in enumerate(self.spec.layers, 1):
                for j in range(1, layer.units + 1):
                    yield from ((stem, number, j, s) for stem in ("z", "a", "delta"))

    def _numbered(self) -> Iterator[tuple[str, Place, int]]:
        """The running numbers of the flat notation."""
        counts = {"W": 0, "b": 0, "theta": 0, "z": 0, "a": 0, "delta": 0}
        for place in self._places():
            stem = str(place[0])
            if stem in counts and (stem in ("W", "b", "theta") or place[-1] == 1):
                counts[stem] += 1
                yield stem, place, counts[stem]

    def _fill(self) -> None:
        for place in self._places():
            letter = self._sampled(self.name(place), place)
            self._put(letter, place)
            if place[0] in ("W", "b", "theta"):
                self._put(replace(letter, sup=letter.sup + NEW), ("new", *place))
        self._put(self._letter("loss"), ("L",))
        self._put(self._letter("learning_rate"), ("eta",))
        self._put(self._letter("strength"), ("strength",))
        self._put(Letter(r"\Omega"), ("penalty",))
        loss = self._letter("loss")
        bare = replace(loss, sub="") if loss.sub.startswith(r"\text") else loss
        for s in range(1, len(self.spec.samples) + 1):
            if not self.single:
                self._put(replace(bare, sup=f"[{s}]"), ("L_sample", s))
            for k in range(1, self.spec.sizes[-1] + 1):
                own = self.own.get(f"L_out[{k}]")
                name = letter_of(own) if own else replace(bare, sub=f"{bare.sub},{k}" if bare.sub else str(k))
                self._put(self._sampled(name, ("L_out", k, s)), ("L_out", k, s))
            for n in range(1, len(self.spec.terms) + 1):
                self._put(self._sampled(replace(bare, sub=f"({n})"), ("L_term", n, s)), ("L_term", n, s))
            self._vectors(s)
        for number in range(1, len(self.spec.layers) + 1):
            self._matrix(number)

    def _put(self, letter: Letter, meaning: Meaning) -> None:
        if self.table.setdefault(letter, meaning) != meaning:
            raise Unreadable(f"{letter} stands for {self.table[letter]} and for {meaning}")

    # letters

    def _letter(self, role: str) -> Letter:
        given = self.own.get(role)
        if given is not None and not re.search(r"dL/dz", given):
            return letter_of(given)
        taken = {letter_of(name).core for name in self.own.values() if "dL/dz" not in name}
        if role == "error" and "e" in taken:
            return Letter(r"\varepsilon")
        return Letter(USUAL[role])

    def name(self, place: Place) -> Letter:
        """The letter of a quantity, without its sample."""
        stem = str(place[0])
        own = self.own.get(canonical(place))
        if own is None and stem == "b" and place[2] == 0:
            own = self.own.get(f"b[{place[1]}][1]")
        if own is not None:
            return letter_of(own)
        output = stem == "a" and place[1] == len(self.spec.layers) and "output" in self.spec.notation
        role = "output" if output else ROLES.get(stem) or ENDS[stem]
        if role in self.templates:
            return letter_of(self._filled(self.templates[role], place))
        if output:
            return replace(letter_of(self.own["output"]), sub=str(place[2]))
        letter = self._letter(role)
        if stem in ENDS:
            return replace(letter, sub=f"{letter.sub},{place[1]}" if letter.sub else str(place[1]))
        if stem == "delta":
            return self._delta(place)
        if self.spec.preset == "flat":
            if stem == "b" and place[2] == 0:
                return replace(letter, sub=str(self.numbers[place]))
            key = place if stem in ("W", "b", "theta") else (*place[:-1], 1)
            return replace(letter, sub=str(self.numbers[key]))
        return self._indexed(place)

    def _indexed(self, place: Place) -> Letter:
        """w_{ij}^{(l)} from i to j; W_{ji}^{(l)} in the matrix preset."""
        stem = str(place[0])
        letter = self._letter(ROLES[stem])
        sup = f"({place[1]})"
        if stem != "W":
            sub = "" if place[2] == 0 else str(place[2])
            return Letter(
                letter.core, f"{letter.sub},{sub}" if letter.sub and sub else letter.sub or sub, sup
            )
        comma = "," if max(self.spec.sizes) > 9 else ""
        if self.spec.preset == "matrix":
            core = letter.core if "weight" in self.own else "W"
            return Letter(core, f"{place[2]}{comma}{place[3]}", sup)
        return Letter(letter.core, f"{place[3]}{comma}{place[2]}", sup)

    def _delta(self, place: Place) -> Letter:
        z = self.name(("z", *place[1:]))
        letter = self._letter("delta")
        own = [key for key in self.own if key.startswith("z[")]
        same = {self.name(("z", n, j, 1)).core for n, layer in enumerate(self.spec.layers, 1)
                for j in range(1, layer.units + 1)}  # fmt: skip
        if not own or len(same) == 1:
            return Letter(letter.core, z.sub, z.sup)
        return replace(letter, sub=str(z))

    def _filled(self, template: str, place: Place) -> str:
        to = str(place[2]) if len(place) > 2 and place[0] not in ENDS else str(place[1])
        from_ = str(place[3]) if place[0] == "W" else to
        values = {"layer": str(place[1]), "j": to, "k": to, "to": to, "i": from_, "from": from_}
        return re.sub("<([^<>]*)>", lambda match: values[match[1]], template)

    def _sampled(self, letter: Letter, place: Place) -> Letter:
        if self.single or place[0] in ("W", "b", "theta"):
            return letter
        return replace(letter, sup=f"{letter.sup}[{place[-1]}]")

    # whole vectors and matrices

    def _vectors(self, s: int) -> None:
        sizes, depth = self.spec.sizes, len(self.spec.layers)
        self._vector("x", None, [("x", i, s) for i in range(1, sizes[0] + 1)])
        self._vector("y", None, [("y", k, s) for k in range(1, sizes[-1] + 1)])
        for number in range(1, depth + 1):
            for stem in ("z", "a", "delta"):
                self._vector(stem, number, [(stem, number, j, s) for j in range(1, sizes[number] + 1)])

    def _vector(self, stem: str, number: int | None, places: list[Place]) -> None:
        self._put(self._sampled(self._bold(stem, number), places[0]), self._whole(places))

    def _bold(self, stem: str, number: int | None) -> Letter:
        letter = self._letter(ROLES.get(stem) or ENDS[stem])
        style = (
            "boldsymbol"
            if letter.core.startswith("\\") and not letter.core.startswith(r"\mathrm")
            else "mathbf"
        )
        core = re.sub(r"^\\mathrm\{(.*)\}$", r"\1", letter.core)
        return Letter(rf"\{style}{{{core}}}", letter.sub, "" if number is None else f"({number})")

    def _whole(self, places: list[Place]) -> Whole:
        return Whole((tuple(places),) if self.spec.rows_are_inputs else tuple((place,) for place in places))

    def _matrix(self, number: int) -> None:
        letter, layer = self._letter("weight"), self.spec.layers[number - 1]
        core = letter.core.upper() if re.fullmatch("[a-z]", letter.core) else letter.core
        width = self.spec.sizes[number - 1]
        rows = tuple(
            tuple(("W", number, j, i) for i in range(1, width + 1)) for j in range(1, layer.units + 1)
        )
        if self.spec.rows_are_inputs:
            rows = tuple(zip(*rows, strict=True))
        self._put(Letter(core, letter.sub, f"({number})"), Whole(rows))
        if layer.bias in ("units", "threshold"):
            stem = "theta" if layer.bias == "threshold" else "b"
            self._put(
                self._bold(stem, number), self._whole([(stem, number, j) for j in range(1, layer.units + 1)])
            )


def canonical(place: Place) -> str:
    """`W[1][2][3]`, without the sample."""
    stem, *rest = place
    if stem == "b" and rest[1] == 0:
        return f"b[{rest[0]}]"
    if stem not in ("W", "b", "theta"):
        rest = rest[:-1]
    return str(stem) + "".join(f"[{n}]" for n in rest)
