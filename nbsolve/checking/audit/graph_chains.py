"""Checks one chain of a computation graph: letters for other numbers, numbers against letters and one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from nbsolve.checking.audit.chains import (
    MINUS_ZERO,
    MORE_DIGITS,
    TOO_SMALL,
    Found,
    broken_links,
    is_fraction,
    listed,
    names_in,
    pairs,
    same,
    text_of,
    written,
)
from nbsolve.checking.audit.display import Chain, Texts, relation_chain
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.graph_letters import GraphParser
from nbsolve.checking.audit.graph_world import GraphWorld, Values, unproved
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import lay, literal, tidy
from nbsolve.checking.audit.other_updates import elsewhere
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.tree import (
    Call,
    Matrix,
    Neg,
    Node,
    Num,
    Power,
    Product,
    Quotient,
    Sum,
    Sym,
    Text,
    children,
    has_symbols,
    numbers_in,
    stands_in,
)  # fmt: skip
from nbsolve.checking.oracle.graph_reading import counted_places, entry
from nbsolve.checking.oracle.numbers import Number
from nbsolve.checking.oracle.rounding import Digits, as_fraction, fault, places

WORLDS = 3
"""Sets of other numbers for a line that holds as it stands; four times as many where cases are left in it."""
KINKS = ("cases", "max", "min", "abs", "relu", "sgn")


class GraphChains:
    """`answers` and `between` are the digits that the rounding asks for; `asked` what has a box, by iteration."""

    def __init__(
        self, world: GraphWorld, answers: Digits, between: Digits, asked: dict[int, set[str]]
    ) -> None:
        self.world, self.answers, self.between, self.asked = world, answers, between, asked
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

    # ------------------------------------------------------------------ equations

    def is_equation(self, chain: Chain) -> bool:
        """Whether the line is an equation of the problem rather than one that finds a value."""
        name = self.general.get(chain.target)
        return name is not None and bool(self.world.equations[name].axes)

    def equation(self, chain: Chain, *, ranges: bool = True) -> Iterator[str]:
        """The line says what the file says, for every entry and whatever the numbers are."""
        name = self.general[chain.target]
        equation = self.world.equations[name]
        if len(chain.items) != 1 or chain.items[0][0] != "=":
            yield f"the equation of {name} is not one formula"
            return
        said = "".join(part for note in chain.notes for part in note).replace("\\text", "").strip("{}")
        runs = {letter: _run(equation.lengths[letter]) for letter in equation.axes}
        expected = ",".join(f"{letter}={run}" for letter, run in runs.items()) if ranges else ""
        if said.replace("\\dots", "…").replace("\\ldots", "…") != expected:
            yield f"{said} where {expected} is right"
        for place in counted_places(equation.shape):
            one = entry(name, place)
            node = tidy(self.parse(chain.items[0][1], dict(zip(equation.axes, place, strict=True))))
            for kind in range(4 * WORLDS):
                world = self.world.elsewhere(one, kind)
                if world is not None and not same(_in(world, self.world)(node), world[one]):
                    yield f"{one} is not {' '.join(chain.items[0][1])}"
                    return

    # ------------------------------------------------------------------ values

    def check(self, chain: Chain, t: int) -> Found:
        """One chain that finds a value, or the entries of an array."""
        out = Found(lines=chain.lines)
        target = self.parse(chain.target)
        if not isinstance(target, Sym):
            raise Unreadable(f"a target that is no letter: {' '.join(chain.target)}")
        if not chain.items:
            raise Unreadable("a chain without an end")
        if "whole " in target.name:
            self._whole(target.name, chain, t, out)
            return out
        self._entry(target, chain, t, out)
        return out

    def evaluator(self, t: int) -> Evaluator:
        """The letters' values in an iteration, as the lines above wrote them."""
        return _Unproved(lambda name: self.world.value(name, t, carried=True))

    def _whole(self, name: str, chain: Chain, t: int, out: Found) -> None:
        """An array put together from its entries."""
        nodes = [self.parse(texts) for _, texts in chain.items]
        head, _, array = name.partition("whole ")
        shape = self.world.graph.shapes[array]
        rows = nodes[0].rows if isinstance(nodes[0], Matrix) else ()
        columns = shape[1] if len(shape) > 1 else 1
        if len(nodes) != 1 or len(shape) > 2 or [len(row) for row in rows] != [columns] * shape[0]:
            out.faults.append(f"{array} is not {shape}")
            return
        exact = True
        for place in counted_places(shape):
            one = f"{head}{entry(array, place)}"
            cell = rows[place[0] - 1][place[1] - 1 if len(place) > 1 else 0]
            value = self.world.value(one, t, carried=True)
            laid = lay(Sym(one), cell, self.evaluator(t))
            exact &= laid.exact
            out.numbers += 1
            out.faults += [f"{one}: {laid.fault}"] if laid.fault else []
            out.faults += self._digits(one, cell, value, t)
        if (chain.items[0][0] == "=") != exact:
            out.faults.append(f"{name}: {chain.items[0][0]} before what is {'exact' if exact else 'rounded'}")
        if chain.notes:
            out.faults.append(f"words at the right of {name}")

    def _entry(self, target: Sym, chain: Chain, t: int, out: Found) -> None:
        base: Node = target
        before: list[Node] = []
        letters: list[Node] = []
        asked = target.name in self.asked.get(t, ())
        for position, (relation, texts) in enumerate(chain.items):
            if out.faults and self.first_only:
                return
            node, last = tidy(self.parse(texts)), position == len(chain.items) - 1
            boxed = texts[:1] == ("\\boxed",)
            if relation not in "=≈":
                raise Unreadable(f"{relation} in a chain")
            if boxed != (last and asked):
                out.faults.append(f"{target.name}: {'no' if boxed else 'a'} box is due")
            formula = base is target and literal(node) is None and not is_fraction(node)
            if has_symbols(node) or formula or (self.world.in_letters and not before):
                if before or (boxed and not self.world.in_letters):
                    out.faults.append(f"letters after numbers: {' '.join(texts)}")
                if relation != "=":
                    out.faults.append(f"{relation} between letters")
                self._letters(target, node, letters, t, out)
                letters.append(node)
                base = node
                continue
            node = flat(node)
            exact = self._numbers(node, base, before, target.name, t, out)
            if (relation == "=") != exact:
                out.faults.append(
                    f"{target.name}: {relation} before what is {'exact' if exact else 'rounded'}"
                )
            if last:
                self._result(node, boxed, base, target.name, t, out)
            before.append(node)
        if not before and not self.world.in_letters:
            out.faults.append(f"{target.name}: a chain without a number")
        for note in chain.notes:
            self._note(note, target, [target, *letters, *before], t, out)

    # ------------------------------------------------------------------ letters

    def _letters(self, target: Sym, node: Node, above: list[Node], t: int, out: Found) -> None:
        out.faults += [f"{target.name}: {one} is not what it looks like" for one in _strange(node)]
        general = self.world.in_letters or distinguishes(node)
        tried = 0
        for kind in range(4 * WORLDS if distinguishes(node) else WORLDS):
            world = self.elsewhere(target.name, kind, t, forced=not general)
            if world is None:
                continue
            tried += 1
            if not same(_in(world, self.world)(node), world[target.name]):
                if above and _count(node) < _count(above[-1]) and self._partly(target, node, t):
                    break
                out.faults.append(f"{target.name} is something else for other numbers")
                break
        if not tried:
            out.faults.append(f"{target.name} has no value for other numbers")
        out.faults += self._links(target, node) if not above else []
        if above and distinguishes(above[-1]) and not general:
            held = self._held(above[-1], t)
            if _plain(held) != _plain(node):
                out.faults.append(f"{target.name}: not the cases that hold")

    def _partly(self, target: Sym, node: Node, t: int) -> bool:
        """Whether some cases of the line above are decided and others are left."""
        held = tidy(self._held(node, t))
        for kind in range(WORLDS):
            world = self.elsewhere(target.name, kind, t, forced=True)
            if world is None or not same(_in(world, self.world)(held), world[target.name]):
                return False
        return True

    def _links(self, target: Sym, node: Node) -> Iterator[str]:
        """Each derivative goes on where the one before it ends, and all that leads on is there, once."""
        graph = self.world.graph
        top, _, bottom = target.name.partition("/∂")
        if top != f"∂{graph.of}" or bottom in graph.seeds:
            return
        for one, two in broken_links(node):
            yield f"{one} then {two}"
        gradients = [part.name for part in _all(node) if isinstance(part, Sym) and part.name.startswith("∂")]
        ways = sorted(name for name in gradients if name.startswith(f"{top}/∂"))
        expected = sorted(f"{top}/∂{user}" for user in self.world.users(bottom) if user != graph.of)
        if ways != expected and not self.world.in_letters:
            yield f"{ways} where {expected} lead on"
        for name in gradients:
            if not name.startswith(f"{top}/∂") and name.partition("/∂")[2] != bottom:
                yield f"{name} in {target.name}"

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
        for line in before:
            if literal(node) is None and literal(line) is not None:
                out.faults.append(f"{target}: a formula after a number")
                continue
            follows = lay(line, node, value)
            if follows.fault:
                out.faults.append(f"{target}, calculated from the line above: {follows.fault}")
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
            out.faults += self._digits(target, node, value, t)

    def _is_given(self, printed: str, target: str, base: Node, t: int) -> bool:
        return printed in (self.given(target, t), isinstance(base, Sym) and self.given(base.name, t))

    def old(self, target: str, t: int) -> Number | None:
        """What a new parameter was before: its digits tell the two apart."""
        if self.world.each_step or target.removesuffix("_new") not in self.world.trained:
            return None
        return self.world.value(target.removesuffix("_new"), t, carried=True)

    def _digits(self, name: str, node: Node, value: Number, t: int) -> list[str]:
        """Whether a number that is not in a box has enough digits."""
        end = literal(node)
        if end is None or as_fraction(value) == end[0] or (end[0] == 0 and same(value, Fraction(0))):
            return []
        enough = end[1].decimals >= places(as_fraction(value), self.between)
        return [] if enough else [f"{name}: {end[1].text} has too few digits"]

    # ------------------------------------------------------------------ what stands at the right

    def _note(self, note: Texts, target: Sym, formulae: Sequence[Node], t: int, out: Found) -> None:
        if note == TOO_SMALL:
            if not same(self.world.value(target.name, t, carried=False), Fraction(0)):
                out.faults.append(f"{target.name} is not too small to be told from 0")
            return
        since = ("\\text", "{", *"since", "}")
        rest = note
        if rest[: len(since)] == since:
            rest = self._since(rest[len(since) :], formulae, t, out)
        if rest[-len(MORE_DIGITS) :] == MORE_DIGITS:
            for texts in listed(rest[: -len(MORE_DIGITS)]):
                named = tidy(self.parse(texts))
                if named == formulae[0] or not any(stands_in(named, one) for one in formulae[1:]):
                    out.faults.append(f"more digits of {' '.join(texts)}, which the formula has not")
        elif rest:
            raise Unreadable(f"a note: {' '.join(rest)}")

    def _since(self, texts: Texts, formulae: Sequence[Node], t: int, out: Found) -> Texts:
        """`y > w, b ≈ −1 < 0`, with what follows it."""
        compared = [pair for node in formulae for pair in comparisons(node)]
        rest: Texts = ()
        if texts[-len(MORE_DIGITS) :] == MORE_DIGITS:
            at = next(n for n in range(len(texts)) if texts[n : n + 2] == ("\\text", ";"))
            texts, rest = texts[:at], texts[at + 2 :]
        if len({*listed(texts)}) != len([*listed(texts)]):
            out.faults.append("a reason that comes twice")
        for part in listed(texts):
            chain = relation_chain(part)
            base = tidy(self.parse(chain.target))
            value = self.evaluator(t)
            for relation, right in chain.items:
                node = tidy(self.parse(right))
                last = right is chain.items[-1][1]
                if not last:
                    laid = lay(base, node, value)
                    if laid.fault or (relation == "=") != laid.exact:
                        out.faults.append(f"since {' '.join(part)}: {laid.fault or relation}")
                    continue
                a, b = value(base), value(node)
                holds = {"=": same(a, b), "<": a < b and not same(a, b), ">": a > b and not same(a, b)}
                if not holds.get(relation):
                    out.faults.append(f"{' '.join(part)} does not hold")
                if not any(
                    _equal(spelled(base), spelled(x)) and _equal(spelled(node), spelled(y))
                    for x, y in compared
                ):
                    out.faults.append(f"{' '.join(part)} decides nothing here")
        return rest


class _Unproved(Evaluator):
    """No value that is not known to be rational is a printed number by chance."""

    def __call__(self, node: Node) -> Number:
        return unproved(super().__call__(node))


def spelled(node: Node) -> Node:
    """σ(x), softplus(x) and ReLU(x) as a line with numbers calculates them."""
    one = Num("1", Fraction(1), 0)
    match node:
        case Call("sigma", (x,)):
            return Quotient(one, Sum((one, Call("exp", (Neg(spelled(x)),)))))
        case Call("softplus", (x,)):
            return Call("ln", (Sum((one, Call("exp", (spelled(x),)))),))
        case Call("relu", (x,)):
            return Call("max", (Num("0", Fraction(0), 0), spelled(x)))
    return rebuilt(node, tuple(map(spelled, children(node))))


def rebuilt(node: Node, parts: tuple[Node, ...]) -> Node:
    """A node like another one, with other parts."""
    match node:
        case Neg():
            return parts[0].inner if isinstance(parts[0], Neg) else Neg(parts[0])
        case Sum():
            return Sum(parts)
        case Product():
            return Product(parts)
        case Quotient() | Power():
            return type(node)(*parts)
        case Call(name, _):
            return Call(name, parts)
    return node


def _plain(node: Node) -> Node:
    """Functions spelled out, and signs before products at their first number."""
    return _signs(tidy(spelled(node)))


def _signs(node: Node) -> Node:
    node = rebuilt(node, tuple(map(_signs, children(node)))) if children(node) else node
    if isinstance(node, Neg) and isinstance(node.inner, Product):
        first, *rest = node.inner.factors
        if literal(first) is not None:
            return Product((first.inner if isinstance(first, Neg) else Neg(first), *rest))
    return tidy(node)


def flat(node: Node) -> Node:
    """`2 · (−3 · 4)` as three factors."""
    parts = tuple(map(flat, children(node)))
    if isinstance(node, Product):
        factors: list[Node] = []
        for part in parts:
            inner = part.inner if isinstance(part, Neg) else None
            if isinstance(inner, Product) and (
                isinstance(inner.factors[0], Num) or is_fraction(inner.factors[0])
            ):
                factors += [Neg(inner.factors[0]), *inner.factors[1:]]
            else:
                factors.append(part)
        return tidy(Product(tuple(factors)))
    return rebuilt(node, parts) if parts and not isinstance(node, Neg) else node


def comparisons(node: Node) -> Iterator[tuple[Node, Node]]:
    """What a formula holds against what, both ways round."""
    zero = Num("0", Fraction(0), 0)
    found: list[tuple[Node, Node]] = []
    match node:
        case Call("cases", parts):
            found = [tuple(c.arguments) for c in parts[1::2] if isinstance(c, Call)]  # type: ignore[misc]
        case Call("max" | "min", arguments):
            found = [(a, b) for a in arguments for b in arguments if a is not b]
        case Call("abs" | "relu" | "sgn", (inner,)):
            found = [(inner, zero)]
    for a, b in found:
        yield tidy(a), tidy(b)
        yield tidy(b), tidy(a)
    for part in children(node):
        yield from comparisons(part)


def _count(node: Node) -> int:
    """How many distinctions there are."""
    return sum(isinstance(part, Call) and part.name.rstrip("'") in KINKS for part in _all(node))


def distinguishes(node: Node) -> bool:
    """Whether the formula distinguishes cases."""
    return _count(node) > 0


def _all(node: Node) -> Iterator[Node]:
    yield node
    for part in children(node):
        yield from _all(part)


def _strange(node: Node) -> Iterator[str]:
    """Words where a value should be."""
    for part in _all(node):
        if isinstance(part, Text) and part.words not in ("otherwise",):
            yield part.words


def _equal(a: Node, b: Node) -> bool:
    return a == b or (literal(a) is not None and literal(b) is not None and literal(a)[0] == literal(b)[0])  # type: ignore[index]


def _in(values: Values, world: GraphWorld) -> Evaluator:
    def lookup(name: str) -> Number:
        if name.startswith("padding "):
            return world.graph.padding[name.removeprefix("padding ")]
        return values[name]

    return Evaluator(lookup)


def _run(length: int) -> str:
    return ",".join(map(str, range(1, length + 1))) if length <= 3 else f"1,…,{length}"
