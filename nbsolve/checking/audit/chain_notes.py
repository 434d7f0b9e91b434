"""What stands beside a chain: marks, reasons, and why a number has more digits."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from nbsolve.checking.audit.chain_numbers import ChainNumbers
from nbsolve.checking.audit.chain_parts import braces, listed, mark_number, names_in, no_finer
from nbsolve.checking.audit.display import Chain, Texts, relation_chain
from nbsolve.checking.audit.found import Context, Found, same
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import literal, tidy
from nbsolve.checking.audit.names import indices
from nbsolve.checking.audit.parser import Parser
from nbsolve.checking.audit.tree import (
    Call,
    Node,
    Num,
    Sym,
    numbers_in,
    stands_in,
)
from nbsolve.checking.audit.wholes import has_wholes
from nbsolve.checking.oracle import own
from nbsolve.checking.oracle.numbers import Number

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
MORE_DIGITS = ("\\text", "{", *"withmoredigitsthanabove,whichtheresultneeds", "}")


class ChainNotes(ChainNumbers):
    """Checks braces and notes."""

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
            words = "\\text " + " ".join(parser.raw_argument())
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
            elif isinstance(named, Sym) and no_finer(
                named.name, formulae, self.decimals_above.get((named.name, context.iteration))
            ):
                out.faults.append(f"no more digits of {' '.join(texts)} than above")
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


def _places(base: Node, node: Node) -> list[Fraction]:
    """Where `z > 3` changes: 3; where `|z| > 3` changes: 3 and −3."""
    printed = literal(node)
    if printed is None:
        return []
    if isinstance(base, Sym):
        return [printed[0]]
    size = isinstance(base, Call) and base.name == "abs" and isinstance(base.arguments[0], Sym)
    return [printed[0], -printed[0]] if size else []


def _vector_of(entry: Sym) -> Sym:
    """The vector that an entry belongs to, where a formula has it whole, with the same sample."""
    name, at, sample = entry.name.partition("@")
    return Sym(f"vector {name.rpartition('[')[0]}{at}{sample}")
