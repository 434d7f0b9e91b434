"""The audit of two paths on a graph's page: tables, sentences and headings, from recursions of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any, Protocol

import yaml

from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.graph_chains import GraphChains
from nbsolve.checking.audit.graph_world import GraphWorld, Values
from nbsolve.checking.audit.lay import literal, tidy
from nbsolve.checking.audit.optimising import CALLED_OPTIMISERS
from nbsolve.checking.audit.page import cells, split_inline
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.tree import Sym
from nbsolve.checking.oracle import optimisers
from nbsolve.checking.oracle.rounding import Digits, as_fraction, fault

FIXED = (
    "Both begin at the same point, and take the same number of steps.",
    "How they differ, as the tables show:",
)
WAY = re.compile(
    r"(?P<name>.+?) (?:(?P<still>stays where it is)"
    r"|moves in one direction throughout, from (?P<start>\0\d+\0) to (?P<end>\0\d+\0)"
    r"|turns back (?P<count>once|\d+ times), after updates? (?P<turns>[\d, and]+), "
    r"and (?P<own>\0\d+\0) lies between (?P<low>\0\d+\0) and (?P<high>\0\d+\0))"
)
END = re.compile(
    r"After (\d+) updates (.+) is at (\0\d+\0), (.+) at (\0\d+\0): "
    r"(?:(.+) is lower|(at the same height, to the digits written))\."
)


class Page(Protocol):
    """The page that the section stands on: its file, what is true there, and how many digits answers have."""

    node: dict[str, Any]
    world: GraphWorld
    chains: GraphChains
    answers: Digits


class PathsAudit:
    """The section `Two paths` of a page, the statement and the answers about the second one."""

    def __init__(self, audit: Page) -> None:
        self.audit = audit
        node: dict[str, Any] = audit.world.node
        training = {key: value for key, value in node["training"].items() if key != "compare_with"}
        other = _other(training, node["training"]["compare_with"])
        self.worlds = [
            GraphWorld(yaml.safe_dump({**node, "training": one}, sort_keys=False))
            for one in (training, other)
        ]
        self.names = self._names()
        self.rows = [self._points(world) for world in self.worlds]

    def _names(self) -> list[str]:
        names = [
            CALLED_OPTIMISERS.get(world.training.optimiser, world.training.optimiser) for world in self.worlds
        ]
        if len({*names}) == 2:
            return names
        own, other = (world.training.texts for world in self.worlds)
        differ = [key for key in own if key in other and own[key] != other[key]]
        if not differ:
            return [f"{names[0]} (the first)", f"{names[1]} (the second)"]
        return [
            f"{name} ({', '.join(f'{LETTERS[key]} = {given[key]}' for key in differ)})"
            for name, given in zip(names, (own, other), strict=True)
        ]

    @staticmethod
    def _points(world: GraphWorld) -> list[Values]:
        """The quantities before each update, and after the last one; `NAME before` is what a parameter was."""
        passes = list(world.iterations)
        last = passes[-1].values
        given: Values = {name: value for name, value in world.graph.given.items() if value is not None}
        after = world.passed(given | {one: last[f"{one}_new"] for one in world.trained}).values
        found = [one.values for one in passes] + [after]
        for n, before in enumerate(found[:-1], 1):
            for one in world.trained:
                found[n] = found[n] | {f"{one} before": before[one]}
                for kind in optimisers.KEPT[world.training.optimiser]:
                    found[n][f"{kind}_{one}"] = before[f"{kind}_{one}_new"]
        return found

    # ------------------------------------------------------------------ blocks

    def heading(self, source: str) -> bool:
        """Whether it is the heading of the section."""
        return source == f"Two paths: {self.names[0]} and {self.names[1]}"

    def table(self, source: str, before: str, out: Found) -> None:
        """One path; `before` is the sentence above it."""
        which = [f"The path of {name}:" for name in self.names].index(before)
        world, points = self.worlds[which], self.rows[which]
        head, *rows = cells(source)
        columns = [*world.trained, world.graph.of]
        columns += [
            f"{kind}_{one}" for one in world.trained for kind in optimisers.KEPT[world.training.optimiser]
        ]
        symbols = [self._symbol(cell) for cell in head[1:]]
        if head[0] != "Updates" or symbols != columns or len(rows) != len(points):
            out.faults.append(f"{head} over {len(rows)} rows")
            return
        for number, (row, point) in enumerate(zip(rows, points, strict=True)):
            if row[0] != str(number):
                out.faults.append(f"row {row[0]} where {number} is due")
            for name, cell in zip(columns, row[1:], strict=True):
                out.faults += self._number(name, cell.strip("$"), point, number)
                out.numbers += 1

    def _symbol(self, cell: str) -> str:
        node = self.audit.chains.parse(read_tokens(cell.strip("$")))
        return node.name if isinstance(node, Sym) else "?"

    def _number(self, name: str, latex: str, point: Values, number: int) -> Iterator[str]:
        end = literal(tidy(self.audit.chains.parse(read_tokens(latex))))
        if end is None:
            yield f"{name}: {latex} is no number"
            return
        printed = ("-" if end[0] < 0 else "") + end[1].text
        given = self.audit.node["given"].get(name)
        if number == 0 and given is not None:
            if printed != given:
                yield f"{name} is given as {given}"
            return
        if self.audit.world.each_step:  # tests/equations/test_paths.py rounds step by step
            return
        wrong = fault(printed, point[name], self.audit.answers, point.get(f"{name} before"))
        if wrong:
            yield f"{name} after {number} updates: {wrong}"

    def answers(self, head: list[str], rows: list[list[str]], out: Found) -> bool:
        """The table of where the second path ends, if it is one."""
        last = len(self.rows[1]) - 1
        if len(head) != 2 or not head[1].startswith(self.names[1]):
            return False
        if head[1] != f"{self.names[1]}, after {last} updates":
            out.faults.append(f"columns {head}")
        if [self._symbol(row[0]) for row in rows] != [f"{one}_new" for one in self.worlds[1].trained]:
            out.faults.append("other quantities are asked for")
            return True
        for row, name in zip(rows, self.worlds[1].trained, strict=True):
            out.faults += self._number(name, row[1].strip("$"), self.rows[1][-1], last)
        return True

    # ------------------------------------------------------------------ sentences

    def sentence(self, words: str, out: Found) -> None:
        """One sentence of the section."""
        if words in FIXED or words in (f"The path of {name}:" for name in self.names):
            return
        formulae = [part for formula, part in split_inline(words) if formula]
        numbered = iter(range(len(formulae)))
        plain = "".join(f"\0{next(numbered)}\0" if formula else part for formula, part in split_inline(words))
        end = END.fullmatch(plain)
        if end is not None:
            self._end(end, formulae, out)
            return
        along, _, rest = plain.removesuffix(".").partition(", ")
        name = self._symbol(formulae[int(along.removeprefix("Along ").strip("\0"))])
        ways = rest.split("; ")
        if not along.startswith("Along \0") or name not in self.worlds[0].trained or len(ways) != 2:
            out.faults.append(f"nobody knows: {words}")
            return
        for which, way in enumerate(ways):
            out.faults += self._way(which, name, way, formulae)

    def _way(self, which: int, name: str, way: str, formulae: list[str]) -> Iterator[str]:
        said = WAY.fullmatch(way)
        if said is None or said["name"] != self.names[which]:
            yield f"nobody knows: {way}"
            return
        points = self.rows[which]
        values = [as_fraction(point[name]) for point in points]
        turns = list(_turns(values))
        at = {key: int(said[key].strip("\0")) for key in ("start", "end", "own", "low", "high") if said[key]}
        if said["still"] or not turns:
            if (len({*values}) == 1) != bool(said["still"]) or turns:
                yield f"{name} has {turns}"
            if "start" in at:
                yield from self._number(name, formulae[at["start"]], points[0], 0)
                yield from self._number(name, formulae[at["end"]], points[-1], len(points) - 1)
            return
        if not said["turns"]:
            yield f"{name} turns after {turns}"
            return
        if [int(one) for one in re.findall(r"\d+", said["turns"])] != turns:
            yield f"{name} turns after {turns}"
        if said["count"] != ("once" if len(turns) == 1 else f"{len(turns)} times"):
            yield f"{len(turns)} turns"
        if self._symbol(formulae[at["own"]]) != name:
            yield f"of {name}"
        for key, choose in (("low", min), ("high", max)):
            n = values.index(choose(values))
            yield from self._number(name, formulae[at[key]], points[n], n)

    def _end(self, said: re.Match[str], formulae: list[str], out: Found) -> None:
        last = len(self.rows[0]) - 1
        of = self.worlds[0].graph.of
        if int(said[1]) != last or [said[2], said[4]] != self.names:
            out.faults.append(said[0])
        ends = []
        for rows, place in zip(self.rows, (said[3], said[5]), strict=True):
            name, relation, number = re.split(r"(\\approx|=)", formulae[int(place.strip("\0"))])
            end = literal(tidy(self.audit.chains.parse(read_tokens(number))))
            exact = isinstance(rows[-1][of], Fraction) and end is not None and end[0] == rows[-1][of]
            exact = exact or self.audit.world.each_step
            if self._symbol(name) != of or (relation == "=") != exact:
                out.faults.append(f"{name} {relation} {number}")
            out.faults += self._number(of, number, rows[-1], last)
            ends.append(as_fraction(rows[-1][of]))
        lower = self.names[0 if ends[0] < ends[1] else 1]
        if (said[6] or "") != ("" if ends[0] == ends[1] else lower):
            out.faults.append(f"{lower} is lower")


LETTERS = {"learning_rate": "η", "beta": "β", "beta1": "β₁", "beta2": "β₂", "rho": "ρ"}


def _other(training: Mapping[str, Any], compared: Any) -> dict[str, Any]:
    """The training by the other optimiser: what is not said of it is as with the first one, by the same name."""
    other = {key: value for key, value in training.items() if key != "learning_rate"}
    _, own = _named(training.get("optimiser", {"sgd": {"learning_rate": training.get("learning_rate")}}))
    name, settings = _named(compared)
    shared = {key: own[key] for key in own if key in optimisers.USUAL[name]}
    return other | {"optimiser": {name: {**shared, **settings}}}


def _named(chosen: Any) -> tuple[str, dict[str, Any]]:
    """A name, or a name with settings."""
    if isinstance(chosen, str):
        return chosen, {}
    ((name, settings),) = chosen.items()
    return name, settings or {}


def _turns(values: list[Fraction]) -> Iterator[int]:
    """After which updates a number that moved one way moves the other way."""
    moves = [(n, other - one) for n, (one, other) in enumerate(pairwise(values)) if one != other]
    yield from (n for (_, before), (n, after) in pairwise(moves) if before * after < 0)
