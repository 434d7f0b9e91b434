"""What a computation graph's page says about the steps of a recurrence, held against the equations of its file."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

from nbsolve.checking.audit.display import read_display, relation_chain
from nbsolve.checking.audit.graph_chains import GraphChains
from nbsolve.checking.audit.graph_world import GraphWorld
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.page import Block, split_inline
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.tree import Sym
from nbsolve.checking.oracle.graph_indices import position, reads
from nbsolve.checking.oracle.graph_reading import entries

_FORWARDS = re.compile(r"(Time step by time step|Step by step), from \$(\w) = (\d+)\$ to \$\2 = (\d+)\$:")
_BEGINS = re.compile(r"(Time step|Step) \$(\w) = (\d+)\$:")
_BACKWARDS = re.compile(
    r"(Backpropagation through time: the time|The) steps in reverse, from \$(\w) = (\d+)\$ to \$\2 = (\d+)\$, each"
    r" of which passes its gradient on to the one computed before it\."
)
_THROUGH = re.compile(r"(Time step|Step) \$(\w) = (\d+)\$, back through ")
_SHARED = re.compile(r"Every (time step|step) uses (.+): the gradient is a sum over the \1s\.")
THROUGH, _NOTHING = "Back through ", "Nothing leads from these"


class Steps:
    """The sentences about steps; `blocks` are the page."""

    def __init__(self, world: GraphWorld, chains: GraphChains, blocks: Sequence[Block]) -> None:
        self.world, self.chains, self.blocks = world, chains, blocks
        self.rests = {name: {read for read, _ in reads(one.body)} for name, one in world.equations.items()}

    # ------------------------------------------------------------------ what is where

    def recurrence(self, name: str) -> list[str]:
        """The equations that an equation is in a circle with, itself among them; none where it is in no circle."""

        def reached(first: str) -> set[str]:
            found: set[str] = set()
            ahead = [*self.rests[first]]
            while ahead:
                one = ahead.pop()
                if one in self.rests and one not in found:
                    found.add(one)
                    ahead += self.rests[one]
            return found

        return [one for one in self.world.equations if name in reached(one) and one in reached(name)]

    def letter(self, own: Sequence[str]) -> str | None:
        """What counts the steps of a recurrence: no read is of an earlier step where another is of a later one."""
        equations = [self.world.equations[one] for one in own]
        letters = (
            [axis for axis in equations[0].axes if all(axis in one.axes for one in equations)] if own else []
        )
        for letter in sorted(letters, key=lambda one: one != "t"):
            shifts = [
                self._shift(places[self.world.equations[read].axes.index(letter)], letter, one.axes)
                for one in equations
                for read, places in reads(one.body)
                if read in own
            ]
            known = {shift for shift in shifts if shift}
            if None not in shifts and known and (min(known) > 0 or max(known) < 0):
                return letter
        return None

    def step_of(self, one: str, letter: str) -> int:
        """The step of an entry. Raises Unreadable where its equation has no such letter."""
        name, _, inside = one.removesuffix("]").partition("[")
        axes = self.world.equations[name].axes
        if letter not in axes:
            raise Unreadable(f"{name} has no steps {letter}")
        return int(inside.split(",")[axes.index(letter)])

    def order(self, name: str, letter: str) -> list[int]:
        """The steps of a recurrence, as they are computed."""
        own = self.recurrence(name)
        if self.letter(own) != letter:
            raise Unreadable(f"{name} is found in no steps {letter}")
        found = (one for one in self.world.reading if one.partition("[")[0] in own)
        return list(dict.fromkeys(self.step_of(one, letter) for one in found))

    # ------------------------------------------------------------------ sentences

    def faults(self, words: str, place: int, section: str) -> list[str] | None:
        """What is wrong with a sentence; None where it is about something else."""
        kinds: tuple[tuple[re.Pattern[str], str, Callable[[re.Match[str], int], Iterator[str]]], ...] = (
            (_FORWARDS, "Forward pass", self._forwards),
            (_BEGINS, "Forward pass", self._begins),
            (_BACKWARDS, "Backward pass", self._backwards),
            (_SHARED, "Backward pass", self._shared),
        )
        for pattern, where, check in kinds:
            match = pattern.fullmatch(words)
            if match is not None:
                wrong = [] if section == where else [f"not in {where}: {words}"]
                return [*wrong, *self._called(match), *check(match, place)]
        return None

    @staticmethod
    def _called(match: re.Match[str]) -> Iterator[str]:
        """Steps are time steps where their letter is t."""
        letter = match[2] if len(match[2]) == 1 else None
        if letter is not None and ("time" in match[1].lower()) != (letter == "t"):
            yield f"{match[1]} {letter}"

    def _targets(self, place: int) -> list[str]:
        """What the lines below a sentence find, as far as the next sentence that is not about steps."""
        found: list[str] = []
        for block in self.blocks[place + 1 :]:
            words = " ".join(block.source.split())
            if block.kind == "display":
                for chain in read_display(block.source):
                    if chain.target not in self.chains.general:
                        target = self.chains.parse(chain.target)
                        found += [target.name] if isinstance(target, Sym) else []
            elif block.kind == "heading" or words.startswith(_NOTHING) or THROUGH.lower() in words.lower():
                break
        return found

    def _forwards(self, match: re.Match[str], place: int) -> Iterator[str]:
        steps = self.order(self._targets(place)[0].partition("[")[0], match[2])
        if [int(match[3]), int(match[4])] != [steps[0], steps[-1]]:
            yield f"{match[0]} where the steps are {steps}"

    def _begins(self, match: re.Match[str], place: int) -> Iterator[str]:
        for chain in read_display(self.blocks[place + 1].source):
            target = self.chains.parse(chain.target)
            name = target.name if isinstance(target, Sym) else "?"
            if name not in self.world.reading or self.step_of(name, match[2]) != int(match[3]):
                yield f"{name} at step {match[3]}"

    def _backwards(self, match: re.Match[str], place: int) -> Iterator[str]:
        below = " ".join(self.blocks[place + 1].source.split())
        through = _THROUGH.match(below)
        if through is None:
            yield f"no step below {match[0]}"
            return
        name = self._equation(below)
        if not name:
            yield f"no equation below {match[0]}"
            return
        steps = self.order(name, match[2])
        if [int(match[3]), int(match[4])] != [steps[-1], steps[0]]:
            yield f"{match[0]} where the steps are {steps}"

    def _shared(self, match: re.Match[str], place: int) -> Iterator[str]:
        """Each is used at several steps of one recurrence and nowhere else."""
        named = [self._whole(part) for formula, part in split_inline(match[2]) if formula]
        below = {name.partition("/∂")[2].partition("[")[0] for name in self._targets(place)}
        expected = [name for name in self.world.graph.shapes if name in below and self._is_shared(name)]
        if sorted(named) != sorted(expected):
            yield f"{named} where {expected} are used at every step"
        letters = {self.letter(self.recurrence(self._users(name)[0])) for name in expected}
        if letters and (match[1] == "time step") != (letters == {"t"}):
            yield match[0]

    def _is_shared(self, name: str) -> bool:
        users = self._users(name)
        own = self.recurrence(users[0]) if users else []
        if not own or name in own or not {*users} <= {*own}:
            return False
        letter = self.letter(own)
        return letter is not None and any(
            len({self.step_of(user, letter) for user in self.world.users(one)}) > 1
            for one in entries(name, self.world.graph.shapes[name])
        )

    def _users(self, name: str) -> list[str]:
        found = (
            user for one in entries(name, self.world.graph.shapes[name]) for user in self.world.users(one)
        )
        return list(dict.fromkeys(user.partition("[")[0] for user in found))

    def _whole(self, source: str) -> str:
        node = self.chains.parse(read_tokens(source))
        return node.name.removeprefix("whole ") if isinstance(node, Sym) else "?"

    # ------------------------------------------------------------------ back through an equation

    def through(self, words: str, place: int) -> tuple[str, list[str]]:
        """`Back through …` without its step, and what is wrong with the step and with the entries it names."""
        match = _THROUGH.match(words)
        plain = words if match is None else THROUGH + words[match.end() :]
        faults: list[str] = []
        name = self._equation(plain)
        if not name:
            return plain, ["no equation"]
        if match is not None:
            faults += self._called(match)
            self.order(name, match[2])
            for target in self._targets(place):
                local, _, read = target.removeprefix("∂").partition("/∂")
                if read.startswith("whole "):
                    continue
                found = [one for one in self.world.users(read) if one.partition("[")[0] == name]
                found = [local] if local in self.world.reading and local != self.world.graph.of else found
                if not any(self.step_of(one, match[2]) == int(match[3]) for one in found):
                    faults.append(f"{target} at step {match[3]}")
        plain, says, listed = plain.partition(" for ")
        if says:
            named = [self._whole(part) for formula, part in split_inline(listed) if formula]
            if not named or any(
                one.partition("[")[0] != name or one not in self.world.reading for one in named
            ):
                faults.append(f"{named} are no entries of {name}")
            plain += listed[listed.rindex("$") + 1 :]
        return plain, faults

    def _equation(self, words: str) -> str:
        """The name of the equation that a sentence goes back through, empty where it is none."""
        targets = (
            relation_chain(read_tokens(part)).target for formula, part in split_inline(words) if formula
        )
        return next((self.chains.general[target] for target in targets if target in self.chains.general), "")

    # ------------------------------------------------------------------ what uses what

    def used(self, name: str) -> list[str] | None:
        """The array of a recurrence and its users as they are written, at their steps; None for any other."""
        letter = self.letter(self.recurrence(name))
        if letter is None:
            return None
        written = [self._at(name, f"_{{{letter}}}")]
        pairs = [
            (user, one)
            for one in entries(name, self.world.graph.shapes[name])
            for user in self.world.users(one)
        ]
        for user, equation in self.world.equations.items():
            axis = self.world.equations[name].axes.index(letter)
            places = [places[axis] for read, places in reads(equation.body) if read == name]
            beside = all(self._shift(place, letter, equation.axes) is not None for place in places)
            own_pairs = [pair for pair in pairs if pair[0].partition("[")[0] == user]
            if own_pairs and not beside:
                written.append(self._at(user, ""))
                continue
            shifts = {self.step_of(after, letter) - self.step_of(one, letter) for after, one in own_pairs}
            for shift in sorted(shifts):
                sign = "" if not shift else f"{'+' if shift > 0 else '-'}{abs(shift)}"
                written.append(self._at(user, f"_{{{letter}{sign}}}"))
        return written

    @staticmethod
    def _shift(place: ast.expr, letter: str, axes: Sequence[str]) -> int | None:
        letters = {node.id for node in ast.walk(place) if isinstance(node, ast.Name)}
        if letters != {letter} or letter not in axes:
            return None
        one, two = (position(place, {letter: n}) for n in (100, 200))
        return 100 - one if two - one == 100 else None

    def _at(self, name: str, index: str) -> str:
        core, sub = self.world.letters.own[name]
        shape = self.world.graph.shapes[name]
        bold = len(shape) > bool(index) and core.isalpha() and core.islower()
        both = ",".join(part for part in (sub, index.strip("_{}")) if part)
        return (rf"\mathbf{{{core}}}" if bold else core) + (f"_{{{both}}}" if both else "")
