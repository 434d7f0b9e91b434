"""What the parts of a computation graph's problem ask for, by the words of its file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.graph_world import GraphWorld
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.optimising import ORDER
from nbsolve.checking.audit.page import split_inline
from nbsolve.checking.oracle.graph_reading import entries
from nbsolve.checking.oracle.graph_starts import plain
from nbsolve.checking.oracle.starts import plain_start

WORDS = {
    "forward": "the value of every node", "gradients": "all gradients",
    "local_derivatives": "the local derivatives of every node", "updated_parameters": "the values after the update",
    "state": "the state of the optimiser for every parameter after the update",
    "comparison": ", and how the two paths differ",
}  # fmt: skip
MOST_NAMED = 6


class Asked:
    """The quantities of each part; `words` are those for more than one of them."""

    words: ClassVar[dict[str, str]] = WORDS

    def __init__(self, world: GraphWorld) -> None:
        self.world = world
        every = ["forward", "gradients", *(["updated_parameters"] if "training" in world.node else [])]
        parts: list[dict[str, Any]] = world.node.get("parts") or [{"ask": every}]
        self.parts = [{"label": "abcdefghijklmnopqrstuvwxyz"[n], **part} for n, part in enumerate(parts)]
        self.of = world.node.get("gradients_of", [*world.equations][-1]).replace(" ", "")

    def part(self, label: str) -> dict[str, Any]:
        """The part of a label."""
        for part in self.parts:
            if part["label"] == label:
                return part
        raise Unreadable(f"no part {label}")

    def iterations(self) -> int:
        """How many iterations training has."""
        return int(self.world.node.get("training", {}).get("iterations", 1))

    def shown(self, part: Mapping[str, Any]) -> list[int]:
        """The iterations that a part is about."""
        every = [int(t) for t in self.world.node.get("training", {}).get("show", [])]
        every = every or list(range(1, max(1, len(self.world.iterations)) + 1))
        return [int(part["at"])] if "at" in part else every

    def at(self, t: int) -> set[str]:
        """All that is asked of an iteration."""
        return {name for part in self.parts if t in self.shown(part) for name in self.names(part)}

    def names(self, part: Mapping[str, Any]) -> list[str]:
        """The quantities of a part, each once."""
        asks = part.get("ask", [])
        asks = [asks] if isinstance(asks, str) else asks
        return list(dict.fromkeys(name for ask in asks for name in self.one(ask)))

    def one(self, ask: str) -> Iterator[str]:
        """What one word or name asks for."""
        world, graph = self.world, self.world.graph
        given = [name for name in graph.shapes if name not in world.equations]
        wrt = [*map(plain_start, world.node.get("with_respect_to", given))]
        if ask == "forward":
            yield from world.reading
        elif ask == "gradients":
            yield from (f"∂{graph.of}/∂{one}" for name in wrt for one in entries(name, graph.shapes[name]))
        elif ask == "local_derivatives":
            wanted = self._wanted(wrt)
            for one, read in world.reading.items():
                if "[" not in one and one != graph.of:
                    yield from (f"∂{one}/∂{name}" for name in read if name in wanted)
        elif ask == "updated_parameters":
            yield from (f"{one}_new" for one in world.trained)
        elif ask == "state":
            yield from (f"{kind}_{one}_new" for one in world.trained for kind in world.training.kept)
        elif ask == "comparison":
            return
        else:
            yield from self._state(ask.replace(" ", "")) or self._named(ask.replace(" ", ""))

    def _state(self, ask: str) -> list[str]:
        """The entries of what an optimiser keeps or finds, `m_w_new[2]`; none for another name."""
        stem, bracket, place = ask.partition("[")
        plain, new = stem.removesuffix("_new"), "_new" if stem.endswith("_new") else ""
        kind, _, array = plain.rpartition("_")
        arrays = {one.partition("[")[0] for one in self.world.trained}
        if kind not in ORDER.get(self.world.training.optimiser, ()) or array not in arrays:
            return []
        places = [f"[{place}"] if bracket else [one[len(array) :] for one in self._entries(array)]
        return [f"{kind}_{array}{at}{new}" for at in places]

    def _wanted(self, wrt: list[str]) -> set[str]:
        graph = self.world.graph
        found = {one for name in wrt for one in entries(name, graph.shapes[name])} | set(self.world.trained)
        for one, read in self.world.reading.items():
            if found & set(read):
                found.add(one)
        return found

    def _named(self, ask: str) -> Iterator[str]:
        if "/" not in ask:
            new = re.fullmatch(r"(\w+)_new(\[.*\])?", ask)
            plain = new[1] + (new[2] or "") if new and ask not in self.world.graph.shapes else ask
            yield from (f"{one}_new" if plain != ask else one for one in self._entries(plain))
            return
        top, _, bottom = ask.removeprefix("d").partition("/d")
        for wrt in self._entries(bottom):
            if top in (self.of, "L", self.of.partition("[")[0]) and (
                top != "L" or self.of == "L" or "L" not in self.world.graph.shapes
            ):
                yield f"∂{self.world.graph.of}/∂{wrt}"
                continue
            yield from (f"∂{one}/∂{wrt}" for one in self._entries(top) if wrt in self.world.reading[one])

    def _entries(self, name: str) -> list[str]:
        return plain(self.world.graph, name)

    # ------------------------------------------------------------------ the list of the statement

    def marks(self, part: Mapping[str, Any]) -> str:
        """`(2 marks)`."""
        return f" ({part['marks']} mark{'' if part['marks'] == '1' else 's'})" if "marks" in part else ""

    def check(self, words: str, out: Found, names: Callable[[str], list[str]]) -> None:
        """An item of the statement: its label, what it names, its marks."""
        label = re.match(r"\*\*\((\w+)\)\*\* ", words)
        if label is None:
            out.faults.append(f"no label: {words}")
            return
        part = self.part(label[1])
        said = words[label.end() :]
        expected: list[str] = []
        for ask in part["ask"]:
            listed = list(self.one(ask))
            if ask in self.words and ask != "gradients":
                out.faults += [] if self.words[ask] in said else [f"{self.words[ask]} is not asked for"]
                continue
            expected += listed if len(listed) <= MOST_NAMED else [listed[0], listed[-1]]
        if names(said) != expected:
            out.faults.append(f"{names(said)} where {expected} is asked for")
        plain = "".join(text for formula, text in split_inline(said) if not formula)
        digits = [part["at"]] if "at" in part else []
        shown = self.shown(part)
        if not digits and {*part["ask"]} != {"comparison"} and 1 < len(shown) < self.iterations():
            digits = [str(t) for t in shown]
        plain = re.sub(r"(?<=the same steps with ).+?(?=, and how the two paths differ)", "…", plain)
        if (
            not plain.endswith(self.marks(part))
            or re.findall(r"\d+", plain.removesuffix(self.marks(part))) != digits
        ):
            out.faults.append(f"{plain}: marks or iteration")
