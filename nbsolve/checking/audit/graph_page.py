"""A computation graph's page: where its blocks stand, its displays, headings and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mpmath import mp

from nbsolve.checking.audit.chain_parts import is_fraction, note_decimals, text_of, written
from nbsolve.checking.audit.display import Chain, Texts, read_display
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.graph_asked import Asked
from nbsolve.checking.audit.graph_chains import GraphChains
from nbsolve.checking.audit.graph_paths import PathsAudit
from nbsolve.checking.audit.graph_quotients import SECTION, GraphQuotients
from nbsolve.checking.audit.graph_steps import Steps
from nbsolve.checking.audit.graph_world import GraphWorld
from nbsolve.checking.audit.lay import literal, tidy
from nbsolve.checking.audit.optimising import STATES
from nbsolve.checking.audit.page import Block, cells, split_inline, squeezed
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.report import digits_of
from nbsolve.checking.audit.stated_rules import with_rules
from nbsolve.checking.audit.tree import Matrix, Sym
from nbsolve.checking.audit.update_rule import UpdateRule, rule_of
from nbsolve.checking.oracle.graph_reading import entries
from nbsolve.checking.oracle.numbers import DIGITS
from nbsolve.checking.oracle.rounding import fault

HEADINGS = ("The problem", "Forward pass", "Backward pass", "Update", "Answers")
PATHS = "Two paths: "
BOXES = ("Conventions of this solution", "Common mistakes")


@dataclass(frozen=True)
class Place:
    """Where a block stands."""

    section: str = ""
    iteration: int = 1
    box: str = ""
    anchors: tuple[str, ...] = field(default_factory=tuple)


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


class GraphPage:
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
            self.blocks = with_rules(blocks)
            self.places = list(self._located())
            self.paths = PathsAudit(self) if "compare_with" in self.node.get("training", {}) else None
            self.targets = {anchor for place in self.places for anchor in place.anchors}
            self._carry()
            self.steps = Steps(self.world, self.chains, self.blocks)
            self.quotients = GraphQuotients(self.world, self._cell, self._names, self._gradients())

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

    def _gradients(self) -> list[str]:
        """The gradients that the page finds in its first iteration."""
        found = (f"∂{self.world.graph.of}/∂{one}" for one in self.world.all_entries())
        return [one for one in found if anchor_of(one, 1) in self.targets]

    def _carry(self) -> None:
        """What the lines of the page write down, where each value is rounded, and with how many decimals."""
        for block, place in zip(self.blocks, self.places, strict=True):
            if block.kind != "display" or place.section in ("The problem", ""):
                continue
            for chain in read_display(block.source):
                if self.chains.is_equation(chain):
                    continue
                target = self.chains.parse(chain.target)
                if not isinstance(target, Sym):
                    continue
                results = [tidy(self.chains.parse(texts)) for _, texts in chain.items]
                end, boxed = literal(results[-1]), chain.items[-1][1][:1] == ("\\boxed",)
                note_decimals(self.chains.decimals_above, (target.name, place.iteration), results, boxed)
                if self.world.each_step and end is not None:
                    self.world.carried.setdefault((target.name, place.iteration), end[0])

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

    def _names(self, source: str) -> list[str]:
        """The quantities that a sentence names, in its order."""
        found = []
        for formula, part in split_inline(source):
            if formula:
                node = self.chains.parse(read_tokens(part))
                found.append(node.name if isinstance(node, Sym) else "?")
        return found
