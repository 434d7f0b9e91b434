"""The numbers of a line of a computation graph: held against its letters and against what is given."""

from __future__ import annotations

from fractions import Fraction

from nbsolve.checking.audit.chain_numbers import MINUS_ZERO
from nbsolve.checking.audit.chain_parts import (
    is_fraction,
    names_in,
    pairs,
    text_of,
    written,
)
from nbsolve.checking.audit.display import Texts
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.found import Found, same
from nbsolve.checking.audit.graph_forms import Unproved, distinguishes, rebuilt, spelled
from nbsolve.checking.audit.graph_letters import GraphParser
from nbsolve.checking.audit.graph_world import GraphWorld, Values
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import follows_faults, lay, literal, tidy
from nbsolve.checking.audit.other_updates import elsewhere
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.tree import (
    Call,
    Matrix,
    Neg,
    Node,
    Num,
    Sym,
    Text,
    children,
    has_symbols,
    numbers_in,
)  # fmt: skip
from nbsolve.checking.oracle.numbers import Number
from nbsolve.checking.oracle.rounding import Digits, as_fraction, fault, places


class GraphNumbers:
    """`answers` and `between` are the digits that the rounding asks for; `asked` what has a box, by iteration."""

    def __init__(
        self, world: GraphWorld, answers: Digits, between: Digits, asked: dict[int, set[str]]
    ) -> None:
        self.world, self.answers, self.between, self.asked = world, answers, between, asked
        self.decimals_above: dict[tuple[str, int], int] = {}
        """With how many decimals the page finds a quantity in an iteration."""
        self.first_only = False
        self._read: dict[object, Node] = {}
        self._other: dict[tuple[str, int, int, bool], Values | None] = {}
        self.general = {self._general(name): name for name in world.equations}

    def _general(self, name: str) -> Texts:
        """How the left side of an equation with its index letters is written."""
        equation = self.world.equations[name]
        axes = ",".join(equation.axes)
        return read_tokens(self.world.letters.entry(f"{name}[{axes}]" if axes else name))

    def parse(self, texts: Texts, bound: dict[str, int] | None = None) -> Node:
        """One formula, read to its end."""
        key = texts, tuple((bound or {}).items())
        if key not in self._read:
            parser = GraphParser(texts, self.world.letters, bound or {})
            node = parser.expression()
            if parser.at != len(parser.texts):
                raise Unreadable(f"unread: {' '.join(parser.texts[parser.at :])}")
            self._read[key] = node
        return self._read[key]

    def elsewhere(self, target: str, kind: int, t: int, *, forced: bool) -> Values | None:
        """Other numbers, with what the target is for these; forced: the cases that hold are those of here."""
        key = target, kind, t, forced
        if key not in self._other:
            self._other[key] = self.found_elsewhere(target, kind, t, forced=forced)
        return self._other[key]

    def found_elsewhere(self, target: str, kind: int, t: int, *, forced: bool) -> Values | None:
        """What `elsewhere` finds, worked out anew."""
        return elsewhere(self.world, target, kind, t, forced=forced)

    def evaluator(self, t: int) -> Evaluator:
        """The letters' values in an iteration, as the lines above wrote them."""
        return Unproved(lambda name: self.world.value(name, t, carried=True))

    def _held(self, node: Node, t: int) -> Node:
        """The formula with the cases that hold."""
        value = self.evaluator(t)
        match node:
            case Call("cases", parts):
                for branch, condition in zip(parts[::2], parts[1::2], strict=True):
                    if isinstance(condition, Text) or value(condition) == 1:
                        return self._held(branch, t)
            case Call("max" | "min" as name, arguments):
                best = max(map(value, arguments)) if name == "max" else min(map(value, arguments))
                first = sorted(arguments, key=has_symbols)  # at a tie a number before anything else
                return self._held(next(one for one in first if same(value(one), best)), t)
            case Call("abs", (inner,)):
                held = self._held(inner, t)
                return Neg(held) if value(inner) < 0 else held
            case Call("sgn", (inner,)):
                one = Num("1", Fraction(1), 0)
                sign = value(inner)
                return Num("0", Fraction(0), 0) if sign == 0 else one if sign > 0 else Neg(one)
            case Call("relu", (inner,)):
                return self._held(inner, t) if value(inner) > 0 else Num("0", Fraction(0), 0)
        parts = children(node)
        if not parts or isinstance(node, Matrix):
            return node
        return rebuilt(node, tuple(self._held(part, t) for part in parts))

    # ------------------------------------------------------------------ numbers

    def _numbers(self, node: Node, base: Node, before: list[Node], target: str, t: int, out: Found) -> bool:
        """Whether the numbers are exactly the values of the letters they stand for."""
        out.numbers += len(numbers_in(node))
        value = self.evaluator(t)
        held = tidy(self._held(base, t)) if distinguishes(base) else base
        signed = [name for name in names_in(base) if MINUS_ZERO.fullmatch(self.given(name, t) or "")]
        forms = (base, held, tidy(spelled(base)), tidy(spelled(held)))
        tried = [(one, lay(one, node, value, signed)) for one in forms]
        held, laid = next(((one, laid) for one, laid in tried if not laid.fault), tried[0])
        if laid.fault:
            out.faults.append(f"{target}: {laid.fault}")
        out.faults += follows_faults(before, node, target, value)
        for letter, printed in () if isinstance(held, Sym) else pairs(held, node):
            given = self.given(letter, t)
            if given is not None and text_of(printed) != given:
                out.faults.append(f"{letter} is given as {given}, printed {text_of(printed)}")
        return laid.exact

    def given(self, name: str, t: int) -> str | None:
        """What the file gives for a quantity, as it is written there; None where it gives nothing (any more)."""
        if name == "learning_rate" or (t > 1 and name in self.world.trained):
            return None
        if name.endswith("_new") or "∂" in name:
            return None
        stem, _, inside = name.partition("[")
        found = self.world.node["given"].get(stem) if not self.world.in_letters else None
        for place in inside.rstrip("]").split(",") if inside else ():
            found = found[int(place) - 1] if found is not None else None
        return None if found is None else written(str(found))

    def _result(self, node: Node, boxed: bool, base: Node, target: str, t: int, out: Found) -> None:
        end = literal(node)
        if end is None:
            if not is_fraction(node):
                out.faults.append(f"{target}: the chain does not end in a number")
            return
        value = self.evaluator(t)(base)
        if boxed or self.world.each_step:
            digits = self.answers if boxed and not self.world.each_step else self.between
            printed = ("-" if end[0] < 0 else "") + end[1].text
            wrong = fault(printed, value, digits, self.old(target, t))
            copied = isinstance(base, Sym) and base.name != target and end[0] == as_fraction(value)
            if wrong and not copied and not self._is_given(printed, target, base, t):
                out.faults.append(f"{target}: {wrong}")
        else:
            out.faults += self._digits(target, node, value)

    def _is_given(self, printed: str, target: str, base: Node, t: int) -> bool:
        return printed in (self.given(target, t), isinstance(base, Sym) and self.given(base.name, t))

    def old(self, target: str, t: int) -> Number | None:
        """What a new parameter was before: its digits tell the two apart."""
        if self.world.each_step or target.removesuffix("_new") not in self.world.trained:
            return None
        return self.world.value(target.removesuffix("_new"), t, carried=True)

    def _digits(self, name: str, node: Node, value: Number, wanted: Digits | None = None) -> list[str]:
        """Whether a number that is not in a box has enough digits, those of values between or `wanted`."""
        end = literal(node)
        if end is None or as_fraction(value) == end[0] or (end[0] == 0 and same(value, Fraction(0))):
            return []
        enough = end[1].decimals >= places(as_fraction(value), wanted or self.between)
        return [] if enough else [f"{name}: {end[1].text} has too few digits"]
