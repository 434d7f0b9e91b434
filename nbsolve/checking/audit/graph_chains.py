"""Checks one chain of a computation graph: letters for other numbers, numbers against letters and one another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from nbsolve.checking.audit.chain_notes import MORE_DIGITS, TOO_SMALL
from nbsolve.checking.audit.chain_parts import (
    broken_links,
    is_fraction,
    listed,
    no_finer,
)
from nbsolve.checking.audit.display import Chain, Texts, relation_chain
from nbsolve.checking.audit.found import Found, same
from nbsolve.checking.audit.graph_forms import (
    _all,
    comparisons,
    count_of,
    distinguishes,
    equal,
    flat,
    in_world,
    plain_form,
    run_of,
    spelled,
    strange,
)
from nbsolve.checking.audit.graph_numbers import GraphNumbers
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import lay, literal, tidy
from nbsolve.checking.audit.tree import (
    Matrix,
    Node,
    Sym,
    has_symbols,
    stands_in,
)  # fmt: skip
from nbsolve.checking.oracle.graph_indices import counted_places
from nbsolve.checking.oracle.graph_reading import entry

WORLDS = 3
"""Sets of other numbers for a line that holds as it stands; four times as many where cases are left in it."""


class GraphChains(GraphNumbers):
    """`answers` and `between` are the digits that the rounding asks for; `asked` what has a box, by iteration."""

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
        notes = "".join(part for note in chain.notes for part in note)
        said = re.sub(r"\\text|[{}]", "", notes).replace(";", ",")
        runs = {letter: run_of(equation.lengths[letter]) for letter in equation.axes}
        expected = ",".join(f"{letter}={run}" for letter, run in runs.items()) if ranges else ""
        if said.replace("\\dots", "…").replace("\\ldots", "…") != expected:
            yield f"{said} where {expected} is right"
        for place in counted_places(equation.shape):
            one = entry(name, place)
            node = tidy(self.parse(chain.items[0][1], dict(zip(equation.axes, place, strict=True))))
            for kind in range(4 * WORLDS):
                world = self.world.elsewhere(one, kind)
                if world is not None and not same(in_world(world, self.world)(node), world[one]):
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

    def _whole(self, name: str, chain: Chain, t: int, out: Found) -> None:
        """An array put together from its entries."""
        nodes = [self.parse(texts) for _, texts in chain.items]
        head, _, whole = name.partition("whole ")
        array = whole.removesuffix("_new")
        shape = self.world.graph.shapes[array]
        rows = nodes[0].rows if isinstance(nodes[0], Matrix) else ()
        columns = shape[1] if len(shape) > 1 else 1
        if len(nodes) != 1 or len(shape) > 2 or [len(row) for row in rows] != [columns] * shape[0]:
            out.faults.append(f"{array} is not {shape}")
            return
        exact = True
        new = [f"{entry(array, place)}_new" for place in counted_places(shape)] if whole != array else []
        wanted = self.answers if new and {*new} <= {*self.asked.get(t, ())} else None
        for place in counted_places(shape):
            one = f"{head}{entry(array, place)}{whole.removeprefix(array)}"
            cell = rows[place[0] - 1][place[1] - 1 if len(place) > 1 else 0]
            value = self.world.value(one, t, carried=True)
            laid = lay(Sym(one), cell, self.evaluator(t))
            exact &= laid.exact
            out.numbers += 1
            out.faults += [f"{one}: {laid.fault}"] if laid.fault else []
            out.faults += self._digits(one, cell, value, wanted)
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
        out.faults += [f"{target.name}: {one} is not what it looks like" for one in strange(node)]
        general = self.world.in_letters or distinguishes(node)
        tried = 0
        for kind in range(4 * WORLDS if distinguishes(node) else WORLDS):
            world = self.elsewhere(target.name, kind, t, forced=not general)
            if world is None:
                continue
            tried += 1
            if not same(in_world(world, self.world)(node), world[target.name]):
                if above and count_of(node) < count_of(above[-1]) and self._partly(target, node, t):
                    break
                out.faults.append(f"{target.name} is something else for other numbers")
                break
        if not tried:
            out.faults.append(f"{target.name} has no value for other numbers")
        out.faults += self._links(target, node) if not above else []
        if above and distinguishes(above[-1]) and not general:
            held = self._held(above[-1], t)
            if plain_form(held) != plain_form(node):
                out.faults.append(f"{target.name}: not the cases that hold")

    def _partly(self, target: Sym, node: Node, t: int) -> bool:
        """Whether some cases of the line above are decided and others are left."""
        held = tidy(self._held(node, t))
        for kind in range(WORLDS):
            world = self.elsewhere(target.name, kind, t, forced=True)
            if world is None or not same(in_world(world, self.world)(held), world[target.name]):
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
            named_here = [*listed(rest[: -len(MORE_DIGITS)])]
            if len({*named_here}) < len(named_here):
                out.faults.append(f"more digits of one quantity twice: {target.name}")
            for texts in named_here:
                named = tidy(self.parse(texts))
                if named == formulae[0] or not any(stands_in(named, one) for one in formulae[1:]):
                    out.faults.append(f"more digits of {' '.join(texts)}, which the formula has not")
                elif isinstance(named, Sym) and no_finer(
                    named.name, formulae, self.decimals_above.get((named.name, t))
                ):
                    out.faults.append(f"no more digits of {' '.join(texts)} than above")
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
                    equal(spelled(base), spelled(x)) and equal(spelled(node), spelled(y)) for x, y in compared
                ):
                    out.faults.append(f"{' '.join(part)} decides nothing here")
        return rest
