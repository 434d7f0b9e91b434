"""Checks one chain: letters against the truth, numbers against letters and against the numbers before them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

from mpmath import mp

from nbsolve.checking.audit.display import Chain, Texts, relation_chain, split
from nbsolve.checking.audit.evaluate import Evaluator, Unknown, Vector
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import lay, literal, rounds_to, tidy
from nbsolve.checking.audit.logarithms import (
    SnappingEvaluator,
    collapsed,
    has_logarithm,
    is_given,
    is_logarithm,
)
from nbsolve.checking.audit.parser import Parser, number
from nbsolve.checking.audit.tree import (
    Call,
    Matrix,
    Neg,
    Node,
    Num,
    Product,
    Quotient,
    Sum,
    Sym,
    Text,
    children,
    has_symbols,
    numbers_in,
    stands_in,
)
from nbsolve.checking.audit.wholes import Wholes, has_wholes
from nbsolve.checking.audit.world import World, indices
from nbsolve.checking.oracle import own
from nbsolve.checking.oracle.activations import WHOLE
from nbsolve.checking.oracle.numbers import DIGITS, Number, big
from nbsolve.checking.oracle.rounding import Digits, as_fraction, fault, places

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
DISTINCTIONS = ("cases", "max", "min", "abs", "sgn")
NOISE = Fraction(1, 10**40)
TOO_SMALL = ("\\text", "{", *"toosmalltobetoldfrom", "0", "}")
THROUGH_Z = (
    "\\text",
    "{",
    *"writtenintermsofz:thepredictionistoocloseto",
    "0",
    *"or",
    "1",
    *"foritslogarithm",
    "}",
)
MINUS_ZERO = re.compile(r"-0*\.?0*")
MORE_DIGITS = ("\\text", "{", *"withmoredigitsthanabove,whichtheresultneeds", "}")
TROUBLE = (Unreadable, Unknown, ZeroDivisionError, ValueError, KeyError, IndexError)


@dataclass
class Context:
    """Where a formula stands: its iteration, the marks of that iteration, the number of the next one."""

    iteration: int
    marks: dict[int, str] = field(default_factory=dict)
    next_mark: int = 1
    formulae: dict[str, int] = field(default_factory=dict)
    below: Sequence[Chain] = ()
    """The chains below it in the same display: a note about digits may be about theirs as well."""


@dataclass
class Found:
    """What a check gives: faults, and how much was checked."""

    faults: list[str] = field(default_factory=list)
    lines: int = 0
    numbers: int = 0
    digits: int = 0


def same(a: Number, b: Number) -> bool:
    """Equal, up to the noise of so many digits."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    return bool(abs(big(a) - big(b)) <= mp.mpf(10) ** (-2 * DIGITS // 3) * (1 + abs(big(a))))


@dataclass(frozen=True)
class Line:
    """One formula of a chain, as a tree and as it is written; `relation` stands before it."""

    relation: str
    node: Node
    words: str
    boxed: bool


class ChainChecker:
    """Checks chains of one problem; `answers` and `between` are the digits its rounding asks for."""

    def __init__(self, world: World, answers: Digits, between: Digits) -> None:
        self.world = world
        with mp.workdps(DIGITS):
            self.shadow = world.shadow()
            self.far = world.far()
        distinctions = ("cases",) if any(loss.name == "huber" for loss in world.spec.losses) else DISTINCTIONS
        self.distinctions = frozenset(distinctions)
        self.wholes = Wholes(world)
        self.answers = answers
        self.between = between
        self.first_only = False
        """Whether a check may stop at its first fault."""
        self._sound: dict[object, Found] = {}
        self._read: dict[Texts, Node] = {}

    # reading

    def parse(self, texts: Texts) -> Node:
        """One formula, read to its end."""
        if texts not in self._read:
            parser = Parser(texts, self.world.symbols)
            node = parser.expression()
            if parser.at != len(parser.texts):
                raise Unreadable(f"unread: {' '.join(parser.texts[parser.at :])}")
            self._read[texts] = collapsed(node) if self.world.logarithms else node
        return self._read[texts]

    def evaluator(
        self, t: int, *, carried: bool, layer: int | None = None, world: World | None = None
    ) -> Evaluator:
        """Values of letters in iteration t; an activation's parameters are those of its argument's layer."""
        world = world or self.world

        def lookup(name: str) -> Number | Vector:
            if "#" in name:
                name, _, other = name.partition("#")
                return world.value(name, int(other), carried=carried)
            return world.value(name, t, carried=carried)

        def parameters(argument: Node) -> dict[str, Fraction]:
            names = [name for name in names_in(argument) if indices(name)[0] in ("z", "z_new")]
            if names:
                at, unit = indices(names[0])[1][:2]
                return self.world.spec.layers[at - 1].function(unit)[1]
            return {} if layer is None else self.world.spec.layers[layer - 1].parameters

        return (SnappingEvaluator if self.world.logarithms else Evaluator)(lookup, parameters)

    # checking

    def check(self, chain: Chain, context: Context) -> Found:
        """Everything about one chain; a chain found sound once is not calculated again."""
        seen = context.iteration, context.next_mark, chain.target, tuple(chain.items), tuple(chain.notes)
        if seen in self._sound:
            return self._sound[seen]
        out = self._checked(chain, context)
        if not out.faults and context.next_mark == seen[1]:
            self._sound[seen] = out
        return out

    def _checked(self, chain: Chain, context: Context) -> Found:
        out = Found(lines=chain.lines)
        try:
            self._check(chain, context, out)
        except TROUBLE as error:
            out.faults.append(f"{type(error).__name__} {error}: {' '.join(chain.target)}")
        return out

    def _check(self, chain: Chain, context: Context, out: Found) -> None:
        t = context.iteration
        target = self.parse(chain.target)
        if is_part(target):
            self._check_part(chain, target, context, out)
            return
        if not isinstance(target, Sym):
            raise Unreadable(f"a target that is no letter: {' '.join(chain.target)}")
        if not chain.items:
            raise Unreadable("a chain without an end")
        lines: list[Line] = []
        for relation, texts in chain.items:
            node = self.parse(texts)
            if any(isinstance(n, Text) for n in children(node)) and not isinstance(node, Call):
                raise Unreadable("words in a formula")
            if relation not in "=≈":
                raise Unreadable(f"{relation} in a chain")
            self._check_braces(node, target.name, t, context, out)
            plain = tidy(_epoch(node, self.world, t) if target.name == "L_epoch" else node)
            lines.append(Line(relation, plain, " ".join(texts), boxed=texts[:1] == ("\\boxed",)))
        for relation in (line.relation for line in lines if has_symbols(line.node)):
            if relation != "=":
                out.faults.append(f"≈ between letters: {' '.join(chain.target)}")
        exact = [True] * len(lines)
        for entry, forms in self.entries(target, [line.node for line in lines]):
            if out.faults and self.first_only:
                return
            if has_wholes(target) and self._is_held(entry.name):
                self._check_held(entry.name, forms, t, out)
                continue
            entry_lines = [replace(line, node=tidy(form)) for line, form in zip(lines, forms, strict=True)]
            for n, here in enumerate(self._check_entry(entry, entry_lines, t, out)):
                exact[n] &= here
        for line, whole in zip(lines, exact, strict=True):
            if not has_symbols(line.node):
                self._check_relation(line.relation, whole, target.name, out)
        formulae = [_formula_of(target), *(line.node for line in lines)]
        for note in chain.notes:
            self._check_note(note, target.name, formulae, context, out)

    def _check_part(self, chain: Chain, target: Node, context: Context, out: Found) -> None:
        """A part of a formula that has a line of its own: e^z, their sum S, σ(z), Φ(z), f′(z)."""
        name, t = " ".join(chain.target), context.iteration
        forms = [tidy(self.parse(texts)) for _, texts in chain.items]
        exact = [True] * len(forms)
        for entry, lines in self.wholes.parts(target, forms):
            for n, here in enumerate(self._check_part_entry(entry, lines, name, t, out)):
                exact[n] &= here
        for (relation, _), node, known in zip(chain.items, forms, exact, strict=True):
            if not has_symbols(node):
                self._check_relation(relation, known, name, out)
            elif relation != "=":
                out.faults.append(f"≈ between letters: {name}")
        for note in chain.notes:
            self._check_note(note, "", [target, *forms], context, out)

    def _check_part_entry(
        self, target: Node, forms: Sequence[Node], name: str, t: int, out: Found
    ) -> Iterator[bool]:
        """One entry's lines; tells of each whether its numbers are exactly the letters' values."""
        truth, elsewhere = (self.evaluator(t, carried=False, world=w) for w in (self.world, self.shadow))
        base, before = target, list[Node]()
        for node in map(tidy, forms):
            if not has_symbols(node):
                yield self._check_numbers(node, base, before, name, t, out)
                before.append(node)
                continue
            if before or not same(truth(node), truth(target)):
                out.faults.append(f"{name} is not {node}")
            shifted = isinstance(target, Sym)  # S: which z is the largest may be otherwise elsewhere
            if not shifted and not same(elsewhere(node), elsewhere(target)):
                out.faults.append(f"{name} is not {node} for other numbers")
            base = node
            yield True
        end = literal(before[-1]) if before else None
        if end is None:
            raise Unreadable(f"a part without a value: {name}")
        letters = self.evaluator(t, carried=True)
        value = as_fraction(letters(self._branches(target, letters)))
        if value != end[0] and end[1].decimals < places(value, self.between):
            out.faults.append(f"{name}: {end[1].text} has too few digits")

    def _is_held(self, name: str) -> bool:
        """Whether an entry of a new matrix or vector is one that training leaves as it is."""
        return indices(name)[0] in ("W_new", "b_new", "theta_new") and not self.world.trained(name)

    def _check_held(self, name: str, forms: list[Node], t: int, out: Found) -> None:
        """A given value stands there as the problem gives it, whatever the formula for the others says."""
        given = self.world.givens[name.replace("_new", ""), 1, None]
        for form in map(tidy, forms):
            if not has_symbols(form) and literal(form) is None and not is_fraction(form):
                continue  # the line in which the numbers are put into the formula
            if not has_symbols(form) and not printed_as(form, given):
                out.faults.append(f"{name} is held at {given}, printed {text_of(form)}")

    def entries(self, target: Sym, forms: list[Node]) -> Iterator[tuple[Sym, list[Node]]]:
        """A chain of whole vectors or matrices as those of its entries; any other as it is."""
        if has_wholes(target) or any(summed(form) for form in forms):
            yield from self.wholes.entries(target, forms)
        else:
            yield target, forms

    def _check_entry(self, target: Sym, lines: list[Line], t: int, out: Found) -> list[bool]:
        """A single quantity's lines; tells of each whether its numbers are exactly the letters' values."""
        truth = self.evaluator(t, carried=False)(target)
        base = _formula_of(target)
        before: list[Node] = []
        exact = [True] * len(lines)
        for position, line in enumerate(lines):
            if out.faults and self.first_only:
                return exact
            if has_symbols(line.node):
                if before or line.boxed:
                    out.faults.append(f"letters after numbers: {line.words}")
                self._check_letters(target, line, truth, t, out)
                base = line.node
                continue
            exact[position] = self._check_numbers(line.node, base, before, target.name, t, out)
            inexact = position == len(lines) - 2 and _is_logarithm(line.node)  # ln(4) ≈ 1.386
            if line.boxed and position != len(lines) - 1 and not inexact:
                out.faults.append("a box that is not the end")
            if position == len(lines) - 1:
                boxed = line.boxed or (position > 0 and lines[-2].boxed and _is_logarithm(lines[-2].node))
                self._check_result(line.node, boxed, base, target.name, t, out)
            before.append(line.node)
        return exact

    def _check_letters(self, target: Sym, line: Line, truth: Number, t: int, out: Found) -> None:
        layer = _layer(target.name)
        value = self.evaluator(t, carried=False, layer=layer)(line.node)
        if not same(value, truth):
            out.faults.append(f"{target.name} = {float(truth):.15g}, but {line.words} is {float(value):.15g}")
        shadow = self.evaluator(t, carried=False, layer=layer, world=self.shadow)
        if not same(shadow(line.node), shadow(target)):
            out.faults.append(f"{target.name} is not {line.words} for other numbers")
        if self.far and self._is_general(line.node):
            self._check_far(line.node, target, t, out)
        out.faults += [f"{target.name}: {x} then {y}" for x, y in broken_links(line.node)]

    def _is_general(self, node: Node) -> bool:
        """Whether a distinction is left in it: then it holds whatever the numbers are."""
        return (isinstance(node, Call) and node.name in self.distinctions) or any(
            map(self._is_general, children(node))
        )

    def _check_far(self, node: Node, target: Sym, t: int, out: Found) -> None:
        for world in self.far:
            evaluate = self.evaluator(t, carried=False, layer=_layer(target.name), world=world)
            if not same(evaluate(node), evaluate(target)):
                out.faults.append(f"{target.name} is something else where another case holds")
                return

    def check_author(self, chain: Chain, target: Sym, context: Context) -> str | None:
        """A value that a note states: right as rounded; nothing else is asked of it."""
        t = context.iteration
        try:
            truth = self.evaluator(t, carried=False)(
                target
            )  # notes are about the problem, not about its rounding
            for relation, texts in chain.items:
                node = tidy(self.parse(texts))
                number = literal(node)
                if number is not None:
                    if not rounds_to(truth, number) or (relation == "=" and truth != number[0]):
                        return f"{target.name} is {float(truth):.12g}"
                elif has_symbols(node):
                    evaluate = self.evaluator(t, carried=False)
                    if not same(evaluate(node), truth):
                        return f"{target.name} is not {' '.join(texts)}"
        except TROUBLE as error:
            return f"{type(error).__name__} {error}"
        return None

    def _check_numbers(
        self, node: Node, base: Node, before: list[Node], target: str, t: int, out: Found
    ) -> bool:
        """Whether the numbers are exactly the values of the letters they stand for."""
        for n in numbers_in(node):
            out.numbers += 1
            out.digits += sum(c.isdigit() for c in n.text)
        layer = _layer(target)
        letters = self.evaluator(t, carried=True, layer=layer)
        laid = lay(self._branches(base, letters), node, letters, self._given_as_minus_zero(base, t))
        if laid.fault:
            out.faults.append(f"{target}: {laid.fault}")
        for line in before:
            if literal(node) is None and literal(line) is not None:
                out.faults.append(f"{target}: a formula after a number")
                continue
            follows = lay(line, node, self.evaluator(t, carried=True, layer=layer))
            if follows.fault:
                out.faults.append(f"{target}, calculated from the line above: {follows.fault}")
        self._check_givens(base, node, t, out)
        return laid.exact

    def _given_as_minus_zero(self, node: Node, t: int) -> list[str]:
        """Letters of a formula whose number is given as −0: it is printed so."""
        found = []
        for name in names_in(node):
            plain = name if "|" in name else self.world.copied(name) or name
            try:
                given = None if "∂" in plain else self.world.givens.get(self.world.key(plain, t))
            except Unknown:
                continue  # no quantity that is given
            found += [name] if MINUS_ZERO.fullmatch(given or "") else []
        return found

    def _check_relation(self, relation: str, exact: bool, target: str, out: Found) -> None:
        """= stands before what is exact, ≈ before what is rounded."""
        if (relation == "=") != exact and not (relation == "≈" and self.moves_by_nothing(target)):
            out.faults.append(f"{target}: {relation} where the number is {'exact' if exact else 'rounded'}")

    def moves_by_nothing(self, target: str) -> bool:
        """A bias that softmax units share: its gradient is 0, which no number of bits can tell (it is written ≈ 0).

        The error signals of softmax add up to 0 because adding one number to all pre-activations changes nothing.
        """
        letter, at = indices(target.removeprefix("∂L/∂").removeprefix("matrix ").removeprefix("vector "))
        spec = self.world.spec
        if spec.optimiser == "adamax" and letter.endswith("_new") and spec.updates == 0 and not spec.state:
            return True  # at first the average over the maximum is the sign of the gradient, which no bits can tell
        if letter not in ("b", "b_new", "b_change"):
            return False
        layer = self.world.spec.layers[at[0] - 1]
        return bool(layer.shared) and layer.activation in WHOLE

    def _branches(self, node: Node, evaluate: Evaluator) -> Node:
        """The branch that holds: of a distinction as a page shows it, of ELU'(z) with z ≤ 0 (a + α)."""
        match node:
            case Call("cases", parts):
                for value, condition in zip(parts[::2], parts[1::2], strict=True):
                    if isinstance(condition, Text) or evaluate(condition) == 1:
                        return self._branches(value, evaluate)
            case Call("elu'", (Sym(name),)) if evaluate(Sym(name)) <= 0:
                at, unit = indices(name)[1]
                layer = self.world.node["network"]["layers"][at - 1]["activation"]
                layer = layer[unit - 1] if isinstance(layer, list) else layer
                text = str(layer["elu"].get("alpha", "1")) if isinstance(layer, dict) else "1"
                return Sum((Sym(name.replace("z", "a", 1)), number(text)))
            case Neg(inner):
                return Neg(self._branches(inner, evaluate))
            case Sum(terms):
                return Sum(tuple(self._branches(x, evaluate) for x in terms))
            case Product(factors):
                return Product(tuple(self._branches(x, evaluate) for x in factors))
            case Quotient(top, bottom):
                return Quotient(self._branches(top, evaluate), self._branches(bottom, evaluate))
        return node

    def _check_givens(self, base: Node, node: Node, t: int, out: Found) -> None:
        """A given is printed as it is given."""
        for letter, printed in pairs(base, node):
            if (
                "∂" in letter
                or "vector" in letter
                or letter.startswith("S")
                or letter.startswith("ell' ")
                or letter == "strength"
                or (letter == "learning_rate" and ("learning_rate", None, None) not in self.world.givens)
                or "#" in letter
            ):
                continue
            given = self.world.givens.get(self.world.key(letter, t))
            if given is not None and not printed_as(printed, given):
                out.faults.append(f"{letter} is given as {given}, printed {text_of(printed)}")

    def _check_result(self, node: Node, boxed: bool, base: Node, target: str, t: int, out: Found) -> None:
        end = literal(node)
        if end is None:
            if not is_fraction(node):
                out.faults.append(f"{target}: the chain does not end in a number")
            return
        if is_logarithm(end[1]):
            return  # it is what it is, and was held against the letters
        letters = self.evaluator(t, carried=True, layer=_layer(target))
        value = letters(self._branches(base, letters))
        digits = self.answers if boxed and not self.world.each_step else self.between
        exact = as_fraction(value)
        if boxed or self.world.each_step:
            printed = ("-" if end[0] < 0 else "") + end[1].text
            before = None if self.world.each_step else self.world.before(target, t)
            wrong = None if self._as_given(target, end, t) else fault(printed, value, digits, before)
            copied = isinstance(base, Sym) and base.name != target and end[0] == as_fraction(value)
            if wrong and not (copied and self.world.each_step):
                out.faults.append(f"{target}: {wrong}")
        elif exact != end[0] and end[1].decimals < places(exact, digits):
            out.faults.append(f"{target}: {end[1].text} has too few digits")

    def _as_given(self, target: str, number: tuple[Fraction, Num], t: int) -> bool:
        """A parameter that is held, or not moved, is printed as it was given."""
        letter, _ = indices(target)
        if self.world.each_step and letter in ("W", "b", "theta") and t > 1:
            # an iteration left it, with the digits it was rounded to
            return number[0] == as_fraction(self.evaluator(t, carried=True)(Sym(target)))
        plain = self.world.copied(target) or target
        if not plain.startswith("∂") and self.world.givens.get(self.world.key(plain, t)) is not None:
            return True  # its digits are those of the file
        if letter not in ("W_new", "b_new", "theta_new"):
            return False
        if self.world.each_step and number[0] == as_fraction(self.evaluator(t, carried=True)(Sym(target))):
            return True  # put together from the lines that found it
        given = self.world.givens.get((target.replace("_new", ""), 1, None))
        return (
            given is not None
            and not has_logarithm(given)
            and Fraction(given) == number[0]
            and written(given).lstrip("-") == number[1].text
        )

    # marks and reasons

    def _check_braces(self, node: Node, target: str, t: int, context: Context, out: Found) -> None:
        for inner, words in braces(node):
            mark = mark_number(words)
            if mark is not None:
                found = context.marks.get(mark)
                if not isinstance(inner, Sym) or found != inner.name:
                    out.faults.append(f"{words} marks {found}, not {getattr(inner, 'name', 'a product')}")
                out.numbers += 1
            elif words.startswith("\\text { t h r o u g h } "):
                self._check_through(inner, words.removeprefix("\\text { t h r o u g h } "), target, t, out)
            else:
                out.faults.append(f"an unknown brace: {words}")

    def _check_through(self, inner: Node, unit: str, target: str, t: int, out: Found) -> None:
        """What stands over `through a` is the share of the path through that unit."""
        node = self.parse(tuple(unit.split(" ")))
        bottom = target.partition("/∂")[2]
        if not isinstance(node, Sym):
            raise Unreadable(f"through {unit}")
        evaluate = self.evaluator(t, carried=False)
        if indices(bottom)[0] == "a" and indices(node.name)[0] == "a":
            share = evaluate(Sym(f"{target}|{node.name}"))
            if not same(evaluate(tidy(inner)), share):
                out.faults.append(f"{target}: not what comes through {node.name}")
        else:
            raise Unreadable(f"{target} through {node.name}")

    def _check_note(
        self, note: Texts, target: str, formulae: Sequence[Node], context: Context, out: Found
    ) -> None:
        """What stands at the right of a chain's lines, which are `formulae`."""
        t = context.iteration
        if note == THROUGH_Z:
            self._check_saturated(target, t, out)
            return
        parser = Parser(note, self.world.symbols)
        rest = note
        if note[:1] == ("\\text",):
            parser.take()
            words = "\\text " + " ".join(parser._raw_argument())
            mark = mark_number(words)
            if mark is not None:
                due = context.formulae.get(target, context.next_mark)
                if mark != due or context.marks.get(mark) != target:
                    out.faults.append(f"{words} where mark {due} is due")
                context.next_mark += target not in context.formulae
                out.numbers += 1
                rest = note[parser.at :]
        rest = self._check_more_digits(rest, formulae, context, out)
        if rest == TOO_SMALL:
            if not same(self.evaluator(t, carried=False)(Sym(target)), Fraction(0)):
                out.faults.append(f"{target} is not too small to be told from 0")
        elif rest:
            self._check_reason(rest, t, out)

    def _check_more_digits(
        self, note: Texts, formulae: Sequence[Node], context: Context, out: Found
    ) -> Texts:
        r"""`z_1\text{, }w_2\text{ with more digits than above, which the result needs}`; what stands before it."""
        if note[-len(MORE_DIGITS) :] != MORE_DIGITS:
            return note
        before, found, names = " ".join(note[: -len(MORE_DIGITS)]).rpartition(" \\text ; ")
        these = list(listed(tuple(names.split(" "))))
        below = [tidy(self.parse(texts)) for chain in context.below for _, texts in chain.items]
        if len({*these}) != len(these):
            out.faults.append("more digits of one thing twice")
        for texts in these:
            named = tidy(self.parse(texts))
            either = [named, _vector_of(named)] if isinstance(named, Sym) else [named]
            if named == formulae[0]:
                out.faults.append(f"more digits of {' '.join(texts)}, which the line finds")
            elif not any(stands_in(one, formula) for one in either for formula in (*formulae, *below)):
                out.faults.append(f"more digits of {' '.join(texts)}, which the formula has not")
        return tuple(before.split(" ")) if found else ()

    def _check_saturated(self, target: str, t: int, out: Found) -> None:
        """Some prediction is printed as 0 or 1, or as less than 10⁻¹⁵."""
        outputs = tuple(f"a{mark}[{end}]" for end in self.world.spec.ends for mark in ("", "_new"))
        for entry in self.world.entries:
            if entry.quantity.startswith(outputs) and entry.printed is not None:
                size = float(entry.printed)
                if min(abs(size), abs(1 - size)) < 1e-15:
                    return
        out.faults.append(f"{target}: no prediction is close to 0 or 1")

    def _check_reason(self, texts: Texts, t: int, out: Found) -> None:
        r"""`\text{since }z_1 = -0.1 < 0\text{, }…`"""
        head = ("\\text", "{", *"since", "}")
        if texts[: len(head)] != head:
            raise Unreadable(f"a note: {' '.join(texts)}")
        rest, comma = list(texts[len(head) :]), ["\\text", ","]
        parts: list[list[str]] = [[]]
        while rest:
            if rest[:2] == comma:
                parts.append([])
                del rest[:2]
            else:
                parts[-1].append(rest.pop(0))
        for part in parts:
            self._check_order(relation_chain(tuple(part)), t, out)

    def _check_order(self, chain: Chain, t: int, out: Found) -> None:
        """`z = −0.1 < 0`, `|a − y| ≈ 1.2 > 1`."""
        base = tidy(self.parse(chain.target))
        evaluate = self.evaluator(t, carried=True)
        value = evaluate(base)
        if len(chain.items) == 1 and chain.items[0][0] == "=":
            chain = Chain(chain.target, [("≤", chain.items[0][1]), ("≥", chain.items[0][1])])  # on the kink
        if not chain.items or chain.items[-1][0] in "=≈":
            raise Unreadable("a reason without an order")
        for relation, texts in chain.items:
            node = tidy(self.parse(texts))
            if relation in "=≈":
                self._check_relation(
                    relation, self._check_numbers(node, base, [], "since", t, out), "since", out
                )
                continue
            out.numbers += len(numbers_in(node))
            limit = evaluate(node)
            holds = {"<": value < limit, ">": value > limit, "≤": value <= limit, "≥": value >= limit}
            if relation not in holds or not holds[relation]:
                out.faults.append(f"{float(value):.6g} {relation} {float(limit):.6g} does not hold")
            compared = self._is_compared(base, node, t)
            printed = literal(node)
            if compared is False or (
                compared is None and printed is not None and not self._is_limit(printed, base)
            ):
                out.faults.append(f"{' '.join(texts)} is no kink")

    def _is_compared(self, base: Node, node: Node, t: int) -> bool | None:
        """Whether an own function holds these two against each other, or breaks off there; None without one."""
        letters = [*names_in(base), *names_in(node)]
        names = dict.fromkeys(name for name in letters if not has_wholes(Sym(name)))
        evaluate = self.evaluator(t, carried=True)
        apart, known = evaluate(base) - evaluate(node), None
        for name in names:
            quantity, _, sample = self.world.key(name, t)
            for formula, point, variable in self.world.own_points(quantity, sample):
                here = own.comparisons(formula, point | {variable: evaluate(Sym(name))})
                if any(same(apart, x - y) or same(apart, y - x) for x, y in here):
                    return True
                if any(self._breaks(formula, point, variable, place) for place in _places(base, node)):
                    return True
                known = False
        return known

    def _breaks(self, formula: str, point: dict[str, Number], variable: str, place: Fraction) -> bool:
        """Whether the formula holds two equal things against each other at a place."""
        return any(same(x, y) for x, y in own.comparisons(formula, point | {variable: place}))

    def _is_limit(self, printed: tuple[Fraction, Num], base: Node) -> bool:
        """Kinks: 0 of an activation or a difference, 1 of the hinge, δ of Huber."""
        deltas = {
            loss.parameters.get("delta", Fraction(1))
            for loss in self.world.spec.losses
            if loss.name == "huber"
        }
        hinge = {Fraction(1)} if any(loss.name == "hinge" for loss in self.world.spec.losses) else set()
        if isinstance(base, Sym) and not base.name.startswith("e["):
            return printed[0] == 0
        return printed[0] in {Fraction(0), *hinge, *deltas, *(-d for d in deltas)} and (
            printed[0] != 0 or not isinstance(base, Call)
        )


def _formula_of(target: Sym) -> Node:
    """A target as its lines are read from: the name of the difference of two losses is its formula."""
    return Sum((Sym("L"), Neg(Sym("L_new")))) if target.name == "L - L_new" else target


def listed(texts: Texts) -> Iterator[Texts]:
    r"""The formulae of a list with `\text{, }` between them."""
    part = list[str]()
    while texts:
        if texts[:2] == ("\\text", ","):
            yield tuple(part)
            part, texts = [], texts[2:]
        else:
            part.append(texts[0])
            texts = texts[1:]
    yield tuple(part)


def _places(base: Node, node: Node) -> list[Fraction]:
    """Where `z > 3` changes: 3; where `|z| > 3` changes: 3 and −3."""
    printed = literal(node)
    if printed is None:
        return []
    if isinstance(base, Sym):
        return [printed[0]]
    size = isinstance(base, Call) and base.name == "abs" and isinstance(base.arguments[0], Sym)
    return [printed[0], -printed[0]] if size else []


def summed(node: Node) -> bool:
    """Whether all entries of something whole are added up in it."""
    return (isinstance(node, Call) and node.name == "sum") or any(summed(part) for part in children(node))


def is_part(target: Node) -> bool:
    """Whether a target is a part of formulae rather than a quantity of the network."""
    if isinstance(target, Sym):
        return target.name.startswith(("S[", "S_new["))
    return isinstance(target, Call | Product | Matrix)


def names_in(node: Node) -> list[str]:
    """The letters of a formula."""
    if isinstance(node, Sym):
        return [node.name]
    return [name for part in children(node) for name in names_in(part)]


def broken_links(node: Node) -> Iterator[tuple[str, str]]:
    """In a product of derivatives each goes on where the last one ends: ∂L/∂a · ∂a/∂z."""
    parts = children(node)
    if isinstance(node, Product):
        for one, two in pairwise(parts):
            if not (isinstance(one, Sym) and isinstance(two, Sym) and one.name[0] == two.name[0] == "∂"):
                continue
            if one.name.partition("|")[0].partition("/∂")[2] != two.name[1:].partition("/∂")[0]:
                yield one.name, two.name
    for part in parts:
        yield from broken_links(part)


def _is_logarithm(node: Node) -> bool:
    number = literal(node)
    return number is not None and is_logarithm(number[1])


def braces(node: Node) -> Iterator[tuple[Node, str]]:
    """All that has a brace under it, with what the brace says."""
    if isinstance(node, Call) and node.name == "brace":
        inner, words = node.arguments
        if isinstance(words, Text):
            yield inner, words.words
        yield from braces(inner)
        return
    for part in children(node):
        yield from braces(part)


def mark_number(words: str) -> int | None:
    r"""The number of `\text{⑦}` or `\text{(51)}`."""
    bare = words.removeprefix("\\text").strip(" {}")
    if len(bare) == 1 and bare in CIRCLED:
        return CIRCLED.index(bare) + 1
    inner = bare.replace(" ", "")
    if inner.startswith("(") and inner.endswith(")") and inner[1:-1].isdigit():
        return int(inner[1:-1])
    return None


def written(given: str) -> str:
    """A given as it is read back from a page: `2e-1` stands there as 2 · 10^{-1}."""
    return given.replace("+", "").strip().lower()


def text_of(node: Node) -> str:
    """A printed number with its sign."""
    if isinstance(node, Neg):
        return "-" + text_of(node.inner)
    if isinstance(node, Quotient):
        return f"{text_of(node.top)}/{text_of(node.bottom)}"
    return node.text if isinstance(node, Num) else "?"


def printed_as(node: Node, given: str) -> bool:
    """Whether a given stands on the page as the file has it; logarithms by their value."""
    number = literal(node)
    if number is not None and is_logarithm(number[1]):
        return is_given(number[0], given)
    return text_of(node) == written(given)


def pairs(letters: Node, numbers: Node) -> Iterator[tuple[str, Node]]:
    """Which letter each number stands for, where the shapes agree."""
    if isinstance(letters, Sym):
        if literal(numbers) is not None or is_fraction(numbers):
            yield letters.name, numbers
        return
    if isinstance(numbers, Neg) and isinstance(letters, Product) and isinstance(numbers.inner, Product):
        first, *rest = numbers.inner.factors
        numbers = Product((Neg(first), *rest))
    ours, theirs = children(letters), children(numbers)
    if len(ours) == len(theirs) and type(letters) is type(numbers):
        for a, b in zip(ours, theirs, strict=True):
            yield from pairs(a, b)


def is_fraction(node: Node) -> bool:
    """A fraction of two numbers, with or without a sign."""
    node = node.inner if isinstance(node, Neg) else node
    return isinstance(node, Quotient) and literal(node.top) is not None and literal(node.bottom) is not None


def _layer(name: str) -> int | None:
    """The layer whose activation a chain is about."""
    bottom = name.rpartition("∂")[2].partition("|")[0]
    letter, numbers = indices(bottom)
    return numbers[0] if letter in ("a", "z", "a_new", "z_new", "delta") and numbers else None


def _vector_of(entry: Sym) -> Sym:
    """The vector that an entry belongs to, where a formula has it whole, with the same sample."""
    name, at, sample = entry.name.partition("@")
    return Sym(f"vector {name.rpartition('[')[0]}{at}{sample}")


def _epoch(node: Node, world: World, t: int) -> Node:
    """In the loss of an epoch, the n-th L is the loss of its n-th iteration."""
    first = t - (t - 1) % world.spec.batches_per_epoch
    counter = iter(range(first, t + 1))

    def walk(part: Node) -> Node:
        match part:
            case Sym("L"):
                return Sym(f"L#{next(counter, t)}")
            case Sum(terms):
                return Sum(tuple(walk(x) for x in terms))
            case Product(factors):
                return Product(tuple(walk(x) for x in factors))
        return part

    return walk(node)


__all__ = ["ChainChecker", "Context", "Found", "split"]
