"""Checks one chain: letters against the truth, numbers against letters and against the numbers before them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nbsolve.checking.audit.chain_notes import ChainNotes
from nbsolve.checking.audit.chain_parts import (
    broken_links,
    formula_of,
    is_fraction,
    is_part,
    layer_named,
    printed_as,
    summed,
    text_of,
)
from nbsolve.checking.audit.display import Chain, split
from nbsolve.checking.audit.found import TROUBLE, Context, Found, Line, same
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import literal, rounds_to, tidy
from nbsolve.checking.audit.logarithms import (
    is_logarithm,
)
from nbsolve.checking.audit.names import indices
from nbsolve.checking.audit.tree import (
    Call,
    Node,
    Product,
    Sum,
    Sym,
    Text,
    children,
    has_symbols,
)
from nbsolve.checking.audit.wholes import has_wholes
from nbsolve.checking.audit.world import World
from nbsolve.checking.oracle.numbers import Number
from nbsolve.checking.oracle.rounding import as_fraction, places


class ChainChecker(ChainNotes):
    """Checks chains of one problem; `answers` and `between` are the digits its rounding asks for."""

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
            if not has_wholes(target):  # of a whole vector it is written as what is rounded
                self._take_on(entry_lines, formula_of(entry), t, exact)
        for line, whole in zip(lines, exact, strict=True):
            if not has_symbols(line.node):
                self._check_relation(line.relation, whole, target.name, out)
        formulae = [formula_of(target), *(line.node for line in lines)]
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
        self._parts[t, target] = end[0]
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
        base = formula_of(target)
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

    def _take_on(self, lines: list[Line], base: Node, t: int, exact: list[bool]) -> None:
        """Mark the lines that take on the number of a part as it is written down above."""
        for position, line in enumerate(lines):
            if has_symbols(line.node):
                base = line.node
            else:
                exact[position] |= self._is_copied(base, line.node, t)

    def _check_letters(self, target: Sym, line: Line, truth: Number, t: int, out: Found) -> None:
        layer = layer_named(target.name)
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
            evaluate = self.evaluator(t, carried=False, layer=layer_named(target.name), world=world)
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


def _is_logarithm(node: Node) -> bool:
    number = literal(node)
    return number is not None and is_logarithm(number[1])


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
