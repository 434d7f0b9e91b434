"""The audit of a page of updates from given gradients: every block once in order, then any block by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar

from mpmath import mp

from tests.audit.audit import digits_of
from tests.audit.chains import Found, is_fraction, same, text_of, written
from tests.audit.display import Chain, Texts, read_display, relation_chain
from tests.audit.evaluate import Evaluator
from tests.audit.graph_asked import Asked
from tests.audit.graph_chains import GraphChains
from tests.audit.graph_world import Values
from tests.audit.graphs import BOXES, GraphAudit, Place, parse_all
from tests.audit.latex import Unreadable
from tests.audit.lay import literal, tidy
from tests.audit.optimising import CALLED_OPTIMISERS, ORDER, SETTINGS, STATES, general, marked, rule_points
from tests.audit.page import Block, cells, split_inline
from tests.audit.parser import read_tokens
from tests.audit.tree import Matrix, Node, Sym, children
from tests.audit.update_world import UpdateWorld
from tests.reference import rates
from tests.reference.graph_reading import entries
from tests.reference.numbers import Number
from tests.reference.rounding import fault

SINCE = ("\\text", "{", *"since", "}")
NUMBERED = {"step": ["0"], "exponential": ["1"], "cosine": ["1"], "linear": ["1"], "warmup": ["1"]}
"""The numbers in the sentence of a schedule: `the first update, t = 1, has the whole of it`."""


class UpdateAsked(Asked):
    """What parts of updates ask for."""

    words: ClassVar[dict[str, str]] = {
        "updated_parameters": "the parameters after the update",
        "state": "what the optimiser keeps for all parameters after the update",
    }

    def __init__(self, world: UpdateWorld) -> None:
        self.world: Any = world
        every = ["updated_parameters", *(["state"] if world.kept else [])]
        parts: list[dict[str, Any]] = world.node.get("parts") or [{"ask": every}]
        self.parts = [{"label": "abcdefghijklmnopqrstuvwxyz"[n], **part} for n, part in enumerate(parts)]

    def one(self, ask: str) -> Iterator[str]:
        """What one word or name asks for."""
        world: UpdateWorld = self.world
        if ask == "updated_parameters":
            yield from (f"{one}_new" for one in world.trained)
        elif ask == "state":
            yield from (f"{kind}_{one}_new" for one in world.trained for kind in world.kept)
        else:
            stem, bracket, place = ask.partition("[")
            owner = world.owner(f"{stem}{bracket}{place}") or stem.removesuffix("_new").rpartition("_")[2]
            array = owner.partition("[")[0]
            head = stem.removesuffix("_new").removesuffix(array)
            new = "_new" if stem.endswith("_new") else ""
            places = (
                [f"[{place}"]
                if bracket
                else [e[len(array) :] for e in entries(array, world.graph.shapes[array])]
            )
            yield from (f"{head}{array}{at}{new}" for at in places)


class UpdateChains(GraphChains):
    """Chains of updates."""

    world: Any

    def elsewhere(self, target: str, kind: int, t: int, *, forced: bool) -> Values | None:
        """Other numbers, with what the recursions make of them."""
        found: Values = self.world.elsewhere(target, kind, t, forced=forced)
        return found

    def given(self, name: str, t: int) -> str | None:
        """What the file gives for a quantity of an update."""
        found: str | None = self.world.given(name, t)
        return found

    def _note(self, note: Texts, target: Sym, formulae: Sequence[Node], t: int, out: Found) -> None:
        r"""`\text{since }G > c` of a gradient that the norm clips; else as with graphs."""
        clips = self.world.how == "norm" and target.name.startswith("clipped_")
        if not clips:
            super()._note(note, target, formulae, t, out)
            return
        if note[: len(SINCE)] != SINCE:
            raise Unreadable(f"no reason: {' '.join(note)}")
        rest = note[len(SINCE) :]
        semicolon = next((n for n in range(len(rest)) if rest[n : n + 2] == ("\\text", ";")), len(rest))
        chain = relation_chain(rest[:semicolon])
        sides = [self.parse(chain.target), *(self.parse(texts) for _, texts in chain.items)]
        norm, limit = (self.evaluator(t)(side) for side in sides)
        holds = "=" if same(norm, limit) else ">" if norm > limit else "<"
        if sides != [Sym("norm"), Sym("clip")] or [relation for relation, _ in chain.items] != [holds]:
            out.faults.append(f"since {' '.join(rest)}")
        if rest[semicolon + 2 :]:
            super()._note(rest[semicolon + 2 :], target, formulae, t, out)


class UpdateAudit(GraphAudit):
    """One page: `text` is the problem's YAML, `blocks` are the page."""

    world: Any
    chains: UpdateChains

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        with mp.workdps(60):
            self.world = UpdateWorld(text)
            self.node = self.world.node
            self.answers, self.between = digits_of(self.node.get("rounding"))
            self.asked = UpdateAsked(self.world)
            self.numbers = range(1, len(self.world.iterations) + 1)
            asked = {t: self.asked.at(t) for t in self.numbers}
            self.chains = UpdateChains(self.world, self.answers, self.between, asked)
            self.blocks = list(blocks)
            self.places = list(self._located())
            self.targets = {anchor for place in self.places for anchor in place.anchors}
            self._carry()

    def _located(self) -> Iterator[Place]:
        place = Place()
        for block in self.blocks:
            if block.kind == "heading" and not block.box:
                number = re.fullmatch(r"Update(?: (\d+))?", block.source)
                if number:
                    place = Place("Update", int(number[1] or 1))
                elif block.source in ("The problem", "Answers"):
                    place = Place(block.source)
            yield replace(place, box=block.box, anchors=block.anchors)

    def _heading(self, source: str, place: Place, out: Found) -> None:
        several = len(self.numbers) > 1
        said = [str(self.node.get("title", "problem")), "The problem", "Answers", *BOXES]
        if place.section == "Update":
            said.append(f"Update {place.iteration}" if several else "Update")
        if source not in said:
            out.faults.append(f"a heading {source}")

    # ------------------------------------------------------------------ displays and tables

    def _given_array(self, chain: Chain) -> Iterator[str]:
        """A column of parameters, of their gradients, or of what the optimiser has kept."""
        columns: dict[Texts, list[str]] = {}
        for name, shape in self.world.graph.shapes.items():
            core, sub = self.world.letters.own[name]
            bold = rf"\mathbf{{{core}}}" if core.isalpha() and core.islower() else core
            bold += f"_{{{sub}}}" if sub else ""
            if not shape:
                continue
            names = list(entries(name, shape))
            columns[read_tokens(bold)] = [self.world.given(one, 1) for one in names]
            above = rf"\frac{{\partial L}}{{\partial {bold}}}"
            columns[read_tokens(above)] = [self.world.given(f"∂L/∂{one}", 1) for one in names]
            for kind in self.world.kept:
                written_ = (
                    STATES[kind] if len(self.world.graph.shapes) == 1 else rf"{STATES[kind]}_{{{bold}}}"
                )
                kept = [self.world.given(f"{kind}_{one}", 1) for one in names]
                columns[read_tokens(rf"{STATES[kind]}_{{{bold}}}")] = columns[read_tokens(written_)] = kept
        ((relation, texts),) = chain.items
        node = self.chains.parse(texts)
        if relation != "=" or chain.notes or not isinstance(node, Matrix) or chain.target not in columns:
            yield "not one array"
        elif [[text_of(cell) for cell in row] for row in node.rows] != [
            [one] for one in columns[chain.target]
        ]:
            yield f"given as {columns[chain.target]}"

    def _table(self, source: str, place: Place, out: Found) -> None:
        head, *rows = cells(source)
        if place.section == "The problem":
            self._table_of_gradients(head, rows, out)
        elif place.section == "Update":
            self._table_of_others(head, rows, place, out)
        else:
            self._table_of_answers(head, rows, out)

    def _table_of_gradients(self, head: list[str], rows: list[list[str]], out: Found) -> None:
        names = [name for cell in head[1:] for name in self._names(cell)]
        if head[0] != "Update" or names != [f"∂L/∂{one}" for one in self.world.trained]:
            out.faults.append(f"columns {head}")
        wanted = [[str(t), *(self.world.given(name, t) for name in names)] for t in self.numbers]
        out.numbers += sum(map(len, rows))
        found = [
            [row[0], *(text_of(tidy(self.chains.parse(read_tokens(c.strip("$"))))) for c in row[1:])]
            for row in rows
        ]
        if found != wanted:
            out.faults.append(f"gradients {found}, not {wanted}")

    def _table_of_others(self, head: list[str], rows: list[list[str]], place: Place, out: Found) -> None:
        """Gradient, what the optimiser finds and the new value of what has no lines of its own."""
        t = place.iteration
        kinds = [*(["clipped"] if self.world.how else []), *ORDER.get(self.world.optimiser, ())]
        letters = {**general(self.world.rule()), read_tokens(r"\tilde{g}"): "clipped"}
        named = [
            getattr(parse_all(read_tokens(cell.strip("$")), letters), "name", "?") for cell in head[2:-1]
        ]
        if named != [f"{kind}{'' if kind == 'clipped' else marked(kind)}" for kind in kinds]:
            out.faults.append(f"columns {head}")
        told = {self.world.owner(one) for one in self._found_in(t)}
        if [self._names(row[0]) for row in rows] != [[one] for one in self.world.trained if one not in told]:
            out.faults.append(f"rows {[row[0] for row in rows]}")
        for row in rows:
            (one,) = self._names(row[0])
            names = [f"∂L/∂{one}"]
            names += [f"{k}_{one}{'' if k == 'clipped' else marked(k)}" for k in kinds] + [f"{one}_new"]
            for name, cell in zip(names, row[1:], strict=True):
                out.numbers += 1
                out.faults += self._cell_or_carried(name, cell, t)

    def _cell_or_carried(self, name: str, cell: str, t: int) -> Iterator[str]:
        """A cell; what it says is found nowhere else, so it is rounded from what stands above it."""
        node = tidy(self.chains.parse(read_tokens(cell.strip("$"))))
        end = literal(node)
        if self.chains.given(name, t) is not None or not self.world.each_step or end is None:
            yield from self._cell(name, cell, t)
        else:
            self.world.carried.setdefault((name, t), end[0])

    def _found_in(self, t: int) -> set[str]:
        """What the displays of an update find."""
        found: set[str] = set()
        for block, place in zip(self.blocks, self.places, strict=True):
            if block.kind == "display" and (place.section, place.iteration) == ("Update", t):
                for chain in read_display(block.source):
                    target = self.chains.parse(chain.target)
                    found |= {target.name} if isinstance(target, Sym) else set()
        return found

    def _table_of_answers(self, head: list[str], rows: list[list[str]], out: Found) -> None:
        part = self.asked.part(re.match(r"Part (\S+)|", head[0])[1] or "")  # type: ignore[index]
        shown = self.asked.shown(part)
        columns = [f"Update {t}" for t in shown] if len(self.numbers) > 1 else ["Value"]
        if head != [f"Part {part['label']}{self.asked.marks(part)}", *columns]:
            out.faults.append(f"a heading {head}")
        names = []
        for row in rows:
            (name,) = self._names(row[0])
            names.append(name)
            for t, cell in zip(shown, row[1:], strict=True):
                out.numbers += 1
                out.faults += self._cell(name, cell, t)
        if sorted(names) != sorted(self.asked.names(part)):
            out.faults.append(f"{names} where {self.asked.names(part)} is asked for")

    # ------------------------------------------------------------------ sentences

    def _text(self, source: str, position: int, place: Place, out: Found) -> None:
        words = " ".join(source.split())
        out.numbers += len(re.findall(r"\d+", words))
        if place.box == BOXES[0]:
            self._convention(words, out)
            return
        if "".join(words.split()) in {"".join(one.split()) for one in self._authored()}:
            return
        for pattern, check in self._sentences().items():
            if match := re.fullmatch(pattern, words):
                check(place, position, out, *match.groups(""))
                return
        if place.section != "Update" or "$" in words or set(re.findall(r"\d+", words)) - {"0"}:
            out.faults.append(f"nobody knows: {words}")

    def _sentences(self) -> dict[str, Callable[..., None]]:
        return {
            r"The parameters:(?: (.+))?": self._parameters,
            r"Their gradients:(?: (.+))?": self._their_gradients,
            r"The gradients of each update:": lambda *_: None,
            r"Updates that the optimiser has made before: (\d+)\.(?: It starts with:(?: (.+))?)?": self._before,
            r"(?:It|The optimiser) starts with:(?: (.+))?": self._kept_alone,
            r"(Learning rates? .+)": self._rule_said,
            r"(\*\*\(.+)": lambda place, position, out, said: self.asked.check(said, out, self._names),
            r"The update of (\$[^$]*\$):": self._update_of,
            r"It starts from (.*)": self._starts,
        }

    def _single(self, name: str = "") -> list[str]:
        return [f"{name}{one}" for one in self.world.trained if "[" not in one]

    def _values(self, said: str, names: list[str], t: int, out: Found) -> None:
        """`$w = 0.5$, $b = -1$`: as the file has them, in order."""
        chains = self._formulae(said) if said else []
        found = [getattr(self.chains.parse(chain.target), "name", "?") for chain in chains]
        if found != names:
            out.faults.append(f"{found}, not {names}")
            return
        for name, chain in zip(names, chains, strict=True):
            wanted = [("=", self.world.given(name, t))]
            if [(r, text_of(tidy(self.chains.parse(x)))) for r, x in chain.items] != wanted:
                out.faults.append(f"{name}: {wanted}")

    def _parameters(self, place: Place, position: int, out: Found, said: str) -> None:
        self._values(said, self._single(), 1, out)

    def _their_gradients(self, place: Place, position: int, out: Found, said: str) -> None:
        self._values(said, self._single("∂L/∂"), 1, out)

    def _before(self, place: Place, position: int, out: Found, count: str, said: str) -> None:
        if int(count) != self.world.updates:
            out.faults.append(f"{count} updates, not {self.world.updates}")
        self._kept_alone(place, position, out, said)

    def _kept_alone(self, place: Place, position: int, out: Found, said: str) -> None:
        state = self.node.get("state", {})
        kinds = [kind for kind in self.world.kept if kind in state]
        names = [f"{kind}_{one}" for one in self._single() for kind in kinds]
        if not said:
            names = [] if self.world.graph.shapes and not self._single() else names
        self._values(said, names, 1, out)

    def _update_of(self, place: Place, position: int, out: Found, letter: str) -> None:
        (one,) = self._names(letter)
        targets = [self.chains.parse(c.target) for c in read_display(self.blocks[position + 1].source)]
        if {self.world.owner(getattr(target, "name", "")) for target in targets} != {one}:
            out.faults.append(f"the lines below are not about {one}")

    def _starts(self, place: Place, position: int, out: Found, said: str) -> None:
        """What an update starts from: the parameters, and what the optimiser has kept."""
        first, _, kept = said.partition(" and, from the updates before, ")
        t, world = place.iteration, self.world
        chains = [*self._formulae(first), *(self._formulae(kept) if kept else [])]
        wanted = [*world.trained, *(f"{kind}_{one}" for one in world.trained for kind in world.kept)]
        found = [getattr(self.chains.parse(chain.target), "name", "?") for chain in chains]
        if found != wanted or bool(kept) != bool(world.kept):
            out.faults.append(f"{found}, not {wanted}")
            return
        for name, chain in zip(wanted, chains, strict=True):
            ((relation, texts),) = chain.items
            node = tidy(self.chains.parse(texts))
            end, value = literal(node), world.value(name, t, carried=True)
            if end is None:
                out.faults += (
                    [] if is_fraction(node) and same(Evaluator()(node), value) else [f"{name}: no number"]
                )
                continue
            printed = ("-" if end[0] < 0 else "") + end[1].text
            exact = value == end[0]
            wrong = None
            if not exact:
                shown = replace(self.between, significant=None, decimals=end[1].decimals, minimum=0)
                wrong = fault(printed, value, shown) or "; ".join(self.chains._digits(name, node, value, t))
            if wrong or (relation == "=") != exact:
                out.faults.append(f"{name} starts {relation} {printed}: {wrong}")

    # ------------------------------------------------------------------ the rule

    def _rule_letters(self) -> dict[Texts, str]:
        """The letters of the rule for any parameter w with gradient g."""
        letters = {**general(self.world.rule()), read_tokens(r"\eta"): "learning_rate"}
        if self.world.how:
            letters |= {read_tokens(r"\tilde{g}"): "clipped", ("G",): "norm"}
            letters.setdefault(("c",), "clip")
        return letters

    def _tree(self, chain: Chain, texts: Texts) -> object:
        try:
            return super()._tree(chain, texts)
        except Unreadable:
            return tidy(parse_all(texts, self._rule_letters()))

    def _rule_said(self, place: Place, position: int, out: Found, said: str) -> None:
        """`Learning rate η = 0.1, Adam: m^new = …, …`."""
        world = self.world
        head, formulae = self._split_rule(said)
        parts = split_inline(head)
        plain = "".join(part for formula, part in parts if not formula)
        if re.search(r"\d", plain):
            out.faults.append(f"a number in {plain}")
        chains = [relation_chain(read_tokens(part)) for formula, part in parts if formula]
        if world.listed:
            given = [text_of(tidy(self.chains.parse(chain.target))) for chain in chains]
            if given != [written(one) for one in world.listed]:
                out.faults.append(f"rates {given}, not {world.listed}")
        elif world.schedule:
            self._schedule(chains[0], out)
            self._settings(chains[1:], ["start", *world.scheduled], out)
        else:
            self._settings(chains, ["learning_rate"], out)
        name = CALLED_OPTIMISERS.get(world.optimiser, "gradient descent")
        if not re.search(rf"(?:^|, ){name}$", plain):
            out.faults.append(f"{plain} is not {name}")
        self._check_rule(formulae, out)

    def _split_rule(self, said: str) -> tuple[str, str]:
        """What stands before the colon of the rule, and its formulae."""
        at = said.rindex(": $")
        return said[:at], said[at + 2 :]

    def _settings(self, chains: list[Chain], names: list[str], out: Found) -> None:
        found = [getattr(self.chains.parse(chain.target), "name", "?") for chain in chains]
        if found != names:
            out.faults.append(f"settings {found}, not {names}")
            return
        for name, chain in zip(names, chains, strict=True):
            wanted = [("=", self.world.given(name, 1))]
            if [(r, text_of(tidy(self.chains.parse(x)))) for r, x in chain.items] != wanted:
                out.faults.append(f"{name}: {wanted}")

    def _schedule(self, chain: Chain, out: Found) -> None:
        """The formula of the learning rate, for any numbers."""
        ((relation, texts),) = chain.items
        target, node = self.chains.parse(chain.target), tidy(self.chains.parse(texts))
        if target != Sym("learning_rate") or relation != "=":
            raise Unreadable("a schedule of what is no learning rate")
        for kind in range(12):
            values = self.world.elsewhere("learning_rate", kind, 1, forced=False)
            if not same(Evaluator(values.__getitem__)(node), values["learning_rate"]):
                out.faults.append(f"{' '.join(texts)} is no {self.world.schedule}")
                return

    def _check_rule(self, formulae: str, out: Found) -> None:
        world, kind = self.world, self.world.optimiser
        letters = self._rule_letters()
        chains = self._formulae(formulae)
        seen = []
        for chain in chains:
            target = parse_all(chain.target, letters)
            ((relation, texts),) = chain.items
            name = getattr(target, "name", "?")
            seen.append(name)
            node = tidy(parse_all(texts, letters))
            if relation != "=":
                out.faults.append(f"{name} {relation}")
            if name in ("clip", *world.settings):
                if text_of(node) != world.given(name, 1):
                    out.faults.append(f"{name} is {world.given(name, 1)}")
            elif name == "clipped":
                self._check_clipped(node, out)
            else:
                for known, results in rule_points(world.rule()):
                    values = {**known, **results, "clipped": known["g"]}
                    if not same(Evaluator(values.__getitem__)(node), values[name]):
                        out.faults.append(f"{name} = {' '.join(texts)} is not the rule")
                        break
                if world.how and _mentions(node, "g"):
                    out.faults.append(f"{name} takes a gradient that is not clipped")
        settings = [one for one in SETTINGS if one in world.settings]
        wanted = ["clipped"] if world.how else []
        wanted += [f"{one}{marked(one)}" for one in ORDER.get(kind, ())] + ["w_new"]
        after = sorted([*settings, *(["clip"] if world.how else [])])
        if seen[: len(wanted)] != wanted or sorted(seen[len(wanted) :]) != after:
            out.faults.append(f"the rule has {seen}, not {wanted} and {after}")

    def _check_clipped(self, node: Node, out: Found) -> None:
        for g in (Fraction(-7, 3), Fraction(-1, 5), Fraction(2, 7), Fraction(9, 4)):
            for limit, norm in (
                (Fraction(1), Fraction(3)),
                (Fraction(4, 3), Fraction(1)),
                (Fraction(2), Fraction(2)),
            ):
                values: dict[str, Number] = {"g": g, "clip": limit, "norm": norm}
                found = Evaluator(values.__getitem__)(node)
                if not same(found, rates.clipped(self.world.how, limit, g, norm)):
                    out.faults.append(f"clipped by {self.world.how}")
                    return

    def _convention(self, words: str, out: Found) -> None:
        world = self.world
        formulae = [part for formula, part in split_inline(words) if formula]
        plain = "".join(part for formula, part in split_inline(words) if not formula)
        name = CALLED_OPTIMISERS.get(world.optimiser, "gradient descent")
        numbers = re.findall(r"\d+(?:\.\d+)?", plain)
        if plain.startswith(("calculated exactly", "every value is rounded")):
            super()._convention(words, out)
        elif plain.startswith(f"{name} with learning rate "):
            node = self.chains.parse(read_tokens(formulae[0]))
            changing = bool(world.schedule or world.listed)
            right = (
                node == Sym("learning_rate")
                if changing
                else text_of(tidy(node)) == world.given("learning_rate", 1)
            )
            left = plain.replace("counting the updates from 1;", "").replace("(it is 1 in the paper)", "")
            if (
                not right
                or set(re.findall(r"\d+", left)) - {"0"}
                or re.search(r"from 0;|is 0 in the paper", plain)
            ):
                out.faults.append(f"{words[:60]}: learning rate or a number")
            if formulae[1:]:
                self._check_rule(words[words.index(f"${formulae[1]}$") : words.rindex("$") + 1], out)
        elif world.schedule and plain.startswith("the learning rate "):
            if numbers != NUMBERED[world.schedule]:
                out.faults.append(f"{numbers} in {plain}")
            (formula,) = formulae
            self._schedule(relation_chain(read_tokens(formula)), out)
        elif world.how == "norm" and plain.startswith("gradients are clipped by the norm G of "):
            if re.findall(r"c = (\S+?);", plain) != [world.limit] or len(numbers) != 1:
                out.faults.append(plain)
        elif world.how == "value" and plain.startswith("each gradient is clipped by its value"):
            if re.findall(r"c = (\S+?),", plain) != [world.limit] or len(numbers) != 1:
                out.faults.append(plain)
        elif numbers or formulae:
            out.faults.append(f"nobody knows: {words}")


def _mentions(node: Node, name: str) -> bool:
    return node == Sym(name) or any(_mentions(part, name) for part in children(node))


__all__ = ["UpdateAudit"]
