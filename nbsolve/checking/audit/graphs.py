"""The audit of a computation graph's page: every block once in order, then any block again by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from mpmath import mp

from nbsolve.checking.audit.audit import Report, digits_of
from nbsolve.checking.audit.chains import TROUBLE, Found, is_fraction, text_of, written
from nbsolve.checking.audit.display import Chain, Texts, read_display, relation_chain
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.graph_asked import Asked
from nbsolve.checking.audit.graph_chains import GraphChains
from nbsolve.checking.audit.graph_letters import GraphParser
from nbsolve.checking.audit.graph_paths import PathsAudit
from nbsolve.checking.audit.graph_quotients import SECTION, GraphQuotients
from nbsolve.checking.audit.graph_world import GraphWorld
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import literal, tidy
from nbsolve.checking.audit.optimising import STATES
from nbsolve.checking.audit.page import Block, cells, split_inline, squeezed
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.slots import (
    QUANTITY,
    SETTINGS,
    Wanted,
    filled_as,
    formula_fault,
    number_of,
    read,
    sign_fault,
)
from nbsolve.checking.audit.training_words import KEPT, beside_faults, training_faults
from nbsolve.checking.audit.tree import Matrix, Sym
from nbsolve.checking.audit.update_rule import UpdateRule, letters_said, rule_of
from nbsolve.checking.oracle.graph_reading import entries
from nbsolve.checking.oracle.numbers import DIGITS, Number
from nbsolve.checking.oracle.rounding import as_fraction, fault

FIXED = {
    "The equation:": "The problem", "The equations, in the order in which they are computed:": "The problem",
    "From the result back: each quantity's gradient is the gradient of what was computed from it, times the local"
    " derivative of that with respect to it.": "Backward pass",
    "Nothing leads from these to what is differentiated:": "Backward pass",
}  # fmt: skip
STEPS = {"descent": "against", "ascent": "along"}
HEADINGS = ("The problem", "Forward pass", "Backward pass", "Update", "Answers")
PATHS = "Two paths: "
BESIDE = "Beside it, from the same start: "
BOXES = ("Conventions of this solution", "Common mistakes")
TIES = {
    "max": "max at a tie passes the gradient to its first operand, and none at a tie with a constant",
    "min": "min at a tie passes the gradient to its first operand, and none at a tie with a constant",
    "relu": "the derivative of ReLU at 0 is taken as 0",
    "abs": "the derivative of the absolute value at 0 is taken as 0",
}


@dataclass(frozen=True)
class Place:
    """Where a block stands."""

    section: str = ""
    iteration: int = 1
    box: str = ""
    anchors: tuple[str, ...] = field(default_factory=tuple)


class GraphAudit:
    """One page: `text` is the problem's YAML, `blocks` are the page."""

    rule: UpdateRule

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        with mp.workdps(DIGITS):
            self.world = GraphWorld(text)
            self.node = self.world.node
            self.rule = rule_of(self.world.training)
            self.answers, self.between = digits_of(self.node.get("rounding"))
            self.asked = Asked(self.world)
            boxed = {t: self.asked.at(t) for t in range(1, max(len(self.world.iterations), 1) + 1)}
            self.chains = GraphChains(self.world, self.answers, self.between, boxed)
            self.blocks = list(blocks)
            self.places = list(self._located())
            self.paths = PathsAudit(self) if "compare_with" in self.node.get("training", {}) else None
            self.targets = {anchor for place in self.places for anchor in place.anchors}
            self._carry()
            self.quotients = GraphQuotients(self.world, self._cell, self._names)

    # ------------------------------------------------------------------ where things stand

    def _located(self) -> Iterator[Place]:
        place = Place()
        for block in self.blocks:
            if block.kind == "heading" and not block.box:
                iteration = re.fullmatch(r"Iteration (\d+)", block.source)
                if iteration:
                    place = Place("iteration", int(iteration[1]))
                elif block.source == SECTION:
                    place = Place(SECTION)
                elif block.source in HEADINGS:
                    place = replace(place, section=block.source)
                elif block.source.startswith(PATHS):
                    place = Place(PATHS)
            yield replace(place, box=block.box, anchors=block.anchors)

    def _carry(self) -> None:
        """What the lines of the page write down, where each value is rounded."""
        for block, place in zip(self.blocks, self.places, strict=True):
            if not self.world.each_step or block.kind != "display" or place.section in ("The problem", ""):
                continue
            for chain in read_display(block.source):
                if self.chains.is_equation(chain):
                    continue
                target = self.chains.parse(chain.target)
                end = literal(tidy(self.chains.parse(chain.items[-1][1])))
                if isinstance(target, Sym) and end is not None:
                    self.world.carried.setdefault((target.name, place.iteration), end[0])

    # ------------------------------------------------------------------ checking

    def check(self, position: int, source: str | None = None) -> Found:
        """One block, or what `source` would be in its place."""
        block, place = self.blocks[position], self.places[position]
        source = block.source if source is None else source
        out = Found()
        with mp.workdps(DIGITS):
            try:
                if block.kind == "display":
                    self._display(source, place, out)
                elif block.kind == "table" and place.section == PATHS and self.paths is not None:
                    self.paths.table(source, " ".join(self.blocks[position - 1].source.split()), out)
                elif block.kind == "table" and place.section == SECTION:
                    out.faults += self.quotients.table(source)
                elif block.kind == "table":
                    self._table(source, place, out)
                elif block.kind == "heading":
                    self._heading(source, place, out)
                else:
                    self._text(source, position, place, out)
            except TROUBLE as error:
                out.faults.append(f"{type(error).__name__} {error}")
        return out

    def report(self) -> Report:
        """The whole page."""
        out = Report()
        for position, block in enumerate(self.blocks):
            out.add(self.check(position), block)
        out.faults += self._unchecked()
        for one in sorted(self._missing()):
            out.faults.append(f"{one} is asked for and on no line")
        return out

    def _unchecked(self) -> Iterator[str]:
        """Each given number whose gradient is found in the first iteration is checked, once, in order."""
        tables = [
            block.source
            for block, place in zip(self.blocks, self.places, strict=True)
            if block.kind == "table" and place.section == SECTION
        ]
        if not any(block.source == SECTION for block in self.blocks):
            return
        of, entries_ = self.world.graph.of, self.world.all_entries()
        found = [f"∂{of}/∂{one}" for one in entries_ if anchor_of(f"∂{of}/∂{one}", 1) in self.targets]
        wanted, rows = self.quotients.checked(found), [self.quotients.rows(table) for table in tables]
        if sorted(one for row in rows for one in row) != sorted(wanted):
            yield f"{rows} where {wanted} are to be checked"
        if any([one for one in wanted if one in row] != row for row in rows):
            yield f"{rows}: not in order"

    def _missing(self) -> Iterator[str]:
        """What is asked for and found nowhere on the page."""
        for t, names in self.chains.asked.items():
            for name in names:
                if anchor_of(name, t) not in self.targets and self.chains.given(name, t) is None:
                    if not self.world.in_letters and name in self.world.graph.given:
                        continue
                    yield name

    def meaning(self, kind: str, source: str) -> object:
        """What a block's formulae say; equal for two sources that differ in nothing but needless brackets."""
        try:
            if kind == "display":
                return [
                    (c.target, [(r, self._tree(c, x)) for r, x in c.items], c.notes)
                    for c in read_display(source)
                ]
            parts = split_inline(source)
            words = [part for formula, part in parts if not formula]
            chains = [relation_chain(read_tokens(part)) for formula, part in parts if formula]
            return words, [(c.target, [(r, self._tree(c, x)) for r, x in c.items]) for c in chains]
        except TROUBLE:
            return None

    def _tree(self, chain: Chain, texts: tuple[str, ...]) -> object:
        """The formula for the first entry of an equation, or the formula of a line."""
        name = self.chains.general.get(chain.target)
        axes = self.world.equations[name].axes if name is not None else ()
        return texts[:1] == ("\\boxed",), tidy(self.chains.parse(texts, dict.fromkeys(axes, 1)))

    # ------------------------------------------------------------------ displays

    def _display(self, source: str, place: Place, out: Found) -> None:
        chains = read_display(source)
        names: list[str] = []
        for chain in chains:
            out.lines += 1
            if place.section == "The problem" and chain.target not in self.chains.general:
                out.faults += self._given_array(chain)
            elif place.section == "The problem" or (self.chains.is_equation(chain) and not place.anchors):
                out.faults += self.chains.equation(chain)
            else:
                found = self.chains.check(chain, place.iteration)
                out.faults += found.faults
                out.numbers += found.numbers
            if out.faults and self.chains.first_only:
                return
            known = place.section == "The problem" or chain.target in self.chains.general
            target = None if known else self.chains.parse(chain.target)
            names.append(target.name if isinstance(target, Sym) else " ".join(chain.target))
        if len(set(names)) != len(names):
            out.faults.append("a target that comes twice")
        found_here = [
            anchor_of(self.chains.general.get(t, n), place.iteration)
            for t, n in zip([c.target for c in chains], names, strict=True)
        ]
        if place.section != "The problem" and place.anchors and list(place.anchors) != found_here:
            out.faults.append(f"anchors {place.anchors} over {found_here}")

    def _given_array(self, chain: Chain) -> Iterator[str]:
        """An array as it is given; of one with three axes a part."""
        arrays: dict[Texts, Any] = {}
        for name, shape in self.world.graph.shapes.items():
            if name in self.world.equations or not shape:
                continue
            core, sub = self.world.letters.own[name]
            value = self.node["given"][name]
            if len(shape) < 3:
                bold = rf"\mathbf{{{core}}}" if core.isalpha() and core.islower() else core
                arrays[read_tokens(bold + (f"_{{{sub}}}" if sub else ""))] = value
            for at in range(shape[0] if len(shape) == 3 else 0):
                both = ",".join(x for x in (sub, str(at + 1)) if x)
                arrays[read_tokens(f"{core}_{{{both}}}")] = value[at]
        arrays |= self._kept_arrays()
        expected = arrays[chain.target]
        rows = expected if isinstance(expected[0], list) else [[one] for one in expected]
        (relation, texts), *more = chain.items
        node = self.chains.parse(texts)
        if relation != "=" or more or chain.notes or not isinstance(node, Matrix):
            yield "not one array"
        elif [[text_of(cell) for cell in row] for row in node.rows] != [[*map(written, row)] for row in rows]:
            yield f"given as {rows}"

    def _kept_arrays(self) -> dict[Texts, list[list[str]]]:
        """What the optimiser has kept before of whole vectors and matrices, as rows, by its letters."""
        found: dict[Texts, list[list[str]]] = {}
        for name, shape in self.world.graph.shapes.items():
            if len(shape) not in (1, 2) or not {*entries(name, shape)} <= {*self.world.trained}:
                continue
            core, sub = self.world.letters.own[name]
            bold = rf"\mathbf{{{core}}}" if core.isalpha() and core.islower() else core
            bold += f"_{{{sub}}}" if sub else ""
            for kind, kept in self.world.training.kept.items():
                texts = [kept[one] for one in entries(name, shape)]
                width = shape[1] if len(shape) == 2 else 1
                rows = [texts[at : at + width] for at in range(0, len(texts), width)]
                found[read_tokens(rf"{STATES[kind]}_{{{bold}}}")] = rows
        return found

    # ------------------------------------------------------------------ headings and tables

    def _heading(self, source: str, place: Place, out: Found) -> None:
        said = {squeezed(str(self.node.get("title", "Computation graph")))}
        known = [*HEADINGS, *BOXES, SECTION]
        if place.section == SECTION:
            known += [f"The same calculation in {library}" for library in ("NumPy", "PyTorch")]
        if len(self.world.iterations) > 1 and place.section == "iteration":
            known.append(f"Iteration {place.iteration}")
        if self.paths is not None and place.section == PATHS:
            known = [source] if self.paths.heading(source) else []
        if source not in known and squeezed(source) not in said:
            out.faults.append(f"a heading {source}")

    def _table(self, source: str, place: Place, out: Found) -> None:
        head, *rows = cells(source)
        part = self.asked.part(re.match(r"Part (\S+)|", head[0])[1] or "")  # type: ignore[index]
        marks = f" ({part['marks']} mark{'' if part['marks'] == '1' else 's'})" if "marks" in part else ""
        if head[0] != f"Part {part['label']}{marks}":
            out.faults.append(f"a heading {head[0]}")
        if self.paths is not None and "comparison" in part["ask"] and self.paths.answers(head, rows, out):
            return
        shown = self.asked.shown(part)
        single = "Formula" if self.world.in_letters else "Value"
        columns = [f"Iteration {t}" for t in shown] if len(self.world.iterations) > 1 else [single]
        if head[1:] != columns:
            out.faults.append(f"columns {head[1:]}")
        names = []
        for row in rows:
            target = self.chains.parse(read_tokens(row[0].strip("$")))
            names.append(target.name if isinstance(target, Sym) else "?")
            for t, cell in zip(shown, row[1:], strict=True):
                out.numbers += 1
                out.faults += self._cell(names[-1], cell, t)
        if sorted(names) != sorted(self.asked.names(part)):
            out.faults.append(f"{names} where {self.asked.names(part)} is asked for")

    def _cell(self, name: str, cell: str, t: int) -> Iterator[str]:
        node = tidy(self.chains.parse(read_tokens(cell.strip("$"))))
        if self.world.in_letters:
            found = Found()
            self.chains._letters(Sym(name), node, [], t, found)
            yield from found.faults
            return
        end = literal(node)
        given = self.chains.given(name, t)
        value = self.world.value(name, t, carried=True)
        if given is not None and text_of(node) == given:
            return
        if end is None:
            if not is_fraction(node) or Evaluator()(node) != value:
                yield f"{name}: {cell} is no number"
            return
        printed = ("-" if end[0] < 0 else "") + end[1].text
        if self.world.each_step:
            if end[0] != value:
                yield f"{name} is {float(value)}, printed {printed}"
            return
        wrong = fault(printed, value, self.answers, self.chains.old(name, t))
        if wrong:
            yield f"{name}: {wrong}"

    # ------------------------------------------------------------------ sentences

    def _text(self, source: str, position: int, place: Place, out: Found) -> None:
        out.numbers += len(re.findall(r"\d+", source))
        words = " ".join(source.split())
        if place.box == BOXES[0]:
            self._convention(words, out)
        elif self.paths is not None and place.section == PATHS and not place.box:
            self.paths.sentence(words, out)
        elif squeezed(source) in self._authored():
            return
        elif place.section == SECTION:
            out.faults += self.quotients.sentence(words)
        elif (slots := filled_as(self._texts(), source)) is not None:
            for asked, printed in slots:
                out.faults += self._slot(read(asked), printed)
        elif words in FIXED:
            out.faults += [] if FIXED[words] == place.section else [f"not in {FIXED[words]}"]
        elif words.startswith("Given: "):
            letters = [name for name in self.world.graph.given if "[" not in name]
            self._listed(words.removeprefix("Given: "), letters, self.node["given"], out)
        elif words.startswith("What is read outside an array: "):
            padding = self.node["padding"]
            self._padding(words.removeprefix("What is read outside an array: "), padding, out)
        elif words.startswith("The gradient that comes in: "):
            self._incoming(words.removeprefix("The gradient that comes in: "), out)
        elif words.startswith("This iteration starts from "):
            self._start(
                words.removeprefix("This iteration starts from ").removesuffix("."), place.iteration, out
            )
        elif words.startswith("Back through "):
            self._through(words, out)
        elif " is used by " in words:
            self._reused(words, position, out)
        elif words.startswith("Gradient "):
            out.faults += training_faults(words, self.rule, self.node["training"], self._names)
        elif self.paths is not None and words.startswith(BESIDE):
            out.faults += beside_faults(words, rule_of(self.paths.worlds[1].training))
        elif (told := letters_said(words, self._rules(), self._state())) is not None:
            out.faults += told
        elif KEPT.fullmatch(words):
            self._kept(words, out)
        elif words.startswith("**("):
            self.asked.check(words, out, self._names)
            if self.paths is not None and "the same steps with" in words:
                out.faults += [] if f"the same steps with {self.paths.names[1]}," in words else [words]
        elif (said := self.rule.passage(words)) is not None and place.section == "Update":
            out.faults += said
        elif place.section == "Update":
            way = STEPS[self.node["training"].get("direction", "descent")]
            if re.search(r"[\d$]", words) or (words.startswith("Each parameter") and f" {way} " not in words):
                out.faults.append(words)
        else:
            out.faults.append(f"nobody knows: {words}")

    def _names(self, source: str) -> list[str]:
        """The quantities that a sentence names, in its order."""
        found = []
        for formula, part in split_inline(source):
            if formula:
                node = self.chains.parse(read_tokens(part))
                found.append(node.name if isinstance(node, Sym) else "?")
        return found

    def _slot(self, wanted: Wanted, printed: str) -> Iterator[str]:
        """One live number: its value, its digits, the sign before it."""
        first = self.asked.shown({})[0]
        t = first if wanted.at is None else wanted.at or len(self.world.iterations)
        texts = self.world.training.texts

        def name_of(quantity: str) -> str:
            name = SETTINGS.get(quantity, quantity)
            return name if name in texts else next(self.asked.one(quantity))

        def value_of(quantity: str) -> Number:
            name = name_of(quantity)
            return Fraction(texts[name]) if name in texts else self.world.value(name, t, carried=True)

        single = wanted.digits is None and QUANTITY.fullmatch(wanted.formula) is not None
        if single and name_of(wanted.formula) not in texts:
            yield from self._cell(name_of(wanted.formula), number_of(printed), t)
        else:
            yield from formula_fault(wanted, printed, value_of, self.answers)
        if single:
            yield from sign_fault(wanted, printed, value_of(wanted.formula))

    def _authored(self) -> set[str]:
        return {squeezed(str(text)) for text in self._texts() if text}

    def _texts(self) -> list[str]:
        """The author's texts."""
        texts = [self.node.get("statement", ""), *self.node.get("pitfalls", [])]
        texts += [f"Source: {self.node['source']}"] if "source" in self.node else []
        parts = [part for part in self.asked.parts if "text" in part]
        texts += [f"**({part['label']})** {part['text']}{self.asked.marks(part)}" for part in parts]
        return texts

    def _formulae(self, source: str, between: str = ", ") -> list[Chain]:
        parts = split_inline(source)
        if any(part != between for formula, part in parts if not formula):
            raise Unreadable(f"not a list: {source}")
        return [relation_chain(read_tokens(part)) for formula, part in parts if formula]

    def _listed(self, source: str, names: list[str], given: object, out: Found) -> None:
        chains = self._formulae(source)
        found = [self.chains.parse(chain.target) for chain in chains]
        if [node.name if isinstance(node, Sym) else "?" for node in found] != names:
            out.faults.append(f"{source} where {names} are given")
            return
        for name, chain in zip(names, chains, strict=True):
            expected = [("=", written(given[name]))] if isinstance(given, dict) else []
            if [(r, text_of(self.chains.parse(x))) for r, x in chain.items] != expected:
                out.faults.append(f"{name} is given as {expected}")

    def _padding(self, source: str, padding: dict[str, str], out: Found) -> None:
        chains = self._formulae(source)
        expected = []
        for name, number in padding.items():
            letters = "ijk"[: len(self.world.graph.shapes[name])]
            expected.append((read_tokens(self.world.letters.entry(f"{name}[{','.join(letters)}]")), number))
        found = [(c.target, text_of(self.chains.parse(x))) for c in chains for r, x in c.items if r == "="]
        if found != [(target, written(number)) for target, number in expected]:
            out.faults.append(f"{source} where {padding} is given")

    def _incoming(self, source: str, out: Found) -> None:
        flat = _flat(self.node["upstream"])
        seeds = list(self.world.graph.seeds)
        names = [f"∂{self.world.graph.of}/∂{one}" for one in seeds]
        numbers = flat * (len(seeds) if len(flat) == 1 else 1)
        self._listed(source, names, dict(zip(names, numbers, strict=True)), out)

    def _start(self, source: str, t: int, out: Found) -> None:
        chains = self._formulae(source)
        names = [getattr(self.chains.parse(chain.target), "name", "?") for chain in chains]
        if names != self.world.trained:
            out.faults.append(f"{names} where {self.world.trained} are trained")
            return
        for name, chain in zip(names, chains, strict=True):
            ((relation, texts),) = chain.items
            end = literal(self.chains.parse(texts))
            value = self.world.value(name, t, carried=True)
            if end is None:
                out.faults.append(f"{name} starts from no number")
                continue
            exact = as_fraction(value) == end[0]
            printed = ("-" if end[0] < 0 else "") + end[1].text
            wrong = None
            if not exact:
                wrong = fault(
                    printed,
                    value,
                    replace(self.between, significant=None, decimals=end[1].decimals, minimum=0),
                )
                wrong = wrong or "; ".join(self.chains._digits(name, self.chains.parse(texts), value, t))
            if wrong or (relation == "=") != exact:
                out.faults.append(f"{name} starts {relation} {printed}: {wrong}")

    def _through(self, words: str, out: Found) -> None:
        """`Back through $q = x + y$: an addition …`."""
        (_, _), (_, formula), (_, after) = split_inline(words)
        chain = relation_chain(read_tokens(formula))
        if chain.target not in self.chains.general:
            raise Unreadable(f"no equation: {formula}")
        out.faults += self.chains.equation(chain, ranges=False)
        if re.search(r"\d", after):
            out.faults.append(after)

    def _reused(self, words: str, position: int, out: Found) -> None:
        words, said, rest = words.partition(" From ")
        if said and not rest.endswith(", everything else held fixed."):
            out.faults.append(f"nobody knows: {said}{rest}")
        one, *users = [name.removeprefix("whole ") for name in self._names(words)]
        known = [
            user
            for user in self.world.equations
            if any(
                one == read.partition("[")[0] and entry in self.world.leading
                for entry in entries(user, self.world.graph.shapes[user])
                for read in self.world.reading[entry]
            )
        ]
        if users != known or re.search(r"\d", "".join(p for f, p in split_inline(words) if not f)):
            out.faults.append(f"{one} is used by {known}")
        below = self.blocks[position + 1]
        target = self.chains.parse(read_display(below.source)[0].target)
        if not isinstance(target, Sym) or target.name.partition("/∂")[2].partition("[")[0] != one:
            out.faults.append(f"the lines below are not about {one}")

    def _rules(self) -> list[UpdateRule]:
        """Those that the page states: that of its optimiser, and of the one that it is compared with."""
        return [self.rule, *([] if self.paths is None else [rule_of(self.paths.worlds[1].training)])]

    def _state(self) -> set[str]:
        """What is given of what the optimiser keeps."""
        return {*self.node.get("training", {}).get("state", {})} - {"t"}

    def _kept(self, words: str, out: Found) -> None:
        """How many updates were made before, and what the optimiser has kept from them of single quantities."""
        said = KEPT.fullmatch(words)
        if said is None:
            raise Unreadable(words)
        world = self.world
        if int(said["count"] or said["alone"] or 0) != world.training.before:
            out.faults.append(f"{said['count']} updates, not {world.training.before}")
        kinds = [kind for kind in world.training.kept if kind in self.node["training"].get("state", {})]
        names = [f"{kind}_{one}" for one in world.trained if "[" not in one for kind in kinds]
        if said["kept"] or names:
            given = {name: world.training.given(name, 1) for name in names}
            self._listed(said["kept"] or "", names, given, out)

    def _convention(self, words: str, out: Found) -> None:
        faults = self.rule.convention(words)
        if faults is not None:
            out.faults += faults
            return
        seed = f"∂{self.world.graph.of}/∂{self.world.graph.of}"
        formulae = [part for formula, part in split_inline(words) if formula]
        plain = "".join(part for formula, part in split_inline(words) if not formula)
        rounding = {
            n for d in (self.answers, self.between) for n in (d.decimals, d.significant, d.minimum) if n
        }
        if formulae == ["L"] and self.world.graph.of == "L":
            formulae = []
        elif formulae:
            chain = relation_chain(read_tokens(formulae[0]))
            target = self.chains.parse(chain.target)
            items = [(r, text_of(self.chains.parse(x))) for r, x in chain.items]
            if (
                len(formulae) > 1
                or not isinstance(target, Sym)
                or target.name != seed
                or items != [("=", "1")]
            ):
                out.faults.append(f"{words}: {seed} is 1")
        numbers = [int(number) for number in re.findall(r"\d+", plain)]
        if plain.startswith(("calculated exactly", "every value is rounded")):
            if not set(numbers) <= rounding or self._main_digits() - set(numbers):
                out.faults.append(f"{numbers} digits instead of {rounding}")
            if self._order() is not None and numbers[: len(self._order() or ())] != self._order():
                out.faults.append(f"{numbers} digits in another order than {self._order()}")
        elif plain.startswith("entries of arrays"):
            out.faults += [] if numbers == [1] else [plain]
        elif plain.startswith("L is") or "gradient that comes in" in plain or "gradient 1" in plain:
            out.faults += [] if set(numbers) <= {1} else [plain]
        elif plain in TIES.values():
            out.faults += (
                [] if any(TIES[name] == plain and name in self._formulas() for name in TIES) else [plain]
            )
        elif numbers:
            out.faults.append(plain)

    def _main_digits(self) -> set[int]:
        return (
            {d.decimals or d.significant or 0 for d in (self.between,)}
            if self.world.each_step
            else {d.decimals or d.significant or 0 for d in (self.answers, self.between)}
        )

    def _order(self) -> list[int] | None:
        """The numbers of the sentence about rounding where no least number of digits stands among them."""
        if self.answers.minimum or self.between.minimum:
            return None
        both = [self.between] if self.world.each_step else [self.between, self.answers]
        return [d.decimals or d.significant or 0 for d in both]

    def _formulas(self) -> str:
        return " ".join(map(str, self.node["equations"].values())).lower()


def _flat(node: object) -> list[str]:
    return [leaf for one in node for leaf in _flat(one)] if isinstance(node, list) else [str(node)]


def anchor_of(name: str, t: int) -> str:
    """The id of the line that finds a quantity."""
    if name.endswith("_new") and "[" in name:
        stem, bracket, rest = name.removesuffix("_new").partition("[")
        name = f"{stem}_new{bracket}{rest}"
    plain = (
        "eta"
        if name == "learning_rate"
        else name.replace("∂", "d").replace("[", "-").replace("]", "").replace("/", "-").replace(",", "-")
    )
    return f"it{t}-{plain}"


__all__ = ["GraphAudit", "GraphParser"]
