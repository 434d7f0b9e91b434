"""The audit of a page of updates from given gradients: every block once in order, then any block by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from mpmath import mp

from nbsolve.checking.audit.chain_parts import text_of
from nbsolve.checking.audit.display import Chain, Texts, read_display
from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.graph_page import BOXES, Place
from nbsolve.checking.audit.lay import literal, tidy
from nbsolve.checking.audit.optimising import STATES, found_by
from nbsolve.checking.audit.page import Block, cells
from nbsolve.checking.audit.parser import read_tokens, whole
from nbsolve.checking.audit.report import digits_of
from nbsolve.checking.audit.stated_rules import with_rules
from nbsolve.checking.audit.tree import Matrix, Sym
from nbsolve.checking.audit.update_asked import UpdateAsked
from nbsolve.checking.audit.update_chains import UpdateChains
from nbsolve.checking.audit.update_rule import rule_of
from nbsolve.checking.audit.update_sentences import UpdateSentences
from nbsolve.checking.audit.update_world import UpdateWorld
from nbsolve.checking.oracle.graph_reading import entries
from nbsolve.checking.oracle.numbers import DIGITS
from nbsolve.checking.oracle.optimisers import marked


def before_the_programs(blocks: Sequence[Block]) -> Iterator[Block]:
    """The page without its programs, which `checking/test_graph_programs.py` runs."""
    for block in blocks:
        if block.kind == "heading" and block.source == "Check it yourself":
            return
        yield block


class UpdateAudit(UpdateSentences):
    """One page: `text` is the problem's YAML, `blocks` are the page."""

    world: Any
    chains: UpdateChains

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        with mp.workdps(DIGITS):
            self.world = UpdateWorld(text)
            self.node = self.world.node
            self.rule = rule_of(self.world.training)
            self.answers, self.between = digits_of(self.node.get("rounding"))
            self.asked = UpdateAsked(self.world)
            self.numbers = range(1, len(self.world.iterations) + 1)
            asked = {t: self.asked.at(t) for t in self.numbers}
            self.chains = UpdateChains(self.world, self.answers, self.between, asked)
            self.blocks = with_rules(list(before_the_programs(blocks)))
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
            for kind in self.world.training.kept:
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
        kinds = found_by(self.world.training.optimiser, self.world.training.clip)
        named = [
            getattr(whole(read_tokens(cell.strip("$")), self.rule.letters), "name", "?")
            for cell in head[2:-1]
        ]
        if named != [f"{kind}{marked(kind)}" for kind in kinds]:
            out.faults.append(f"columns {head}")
        told = {self.world.owner(one) for one in self._found_in(t)}
        if [self._names(row[0]) for row in rows] != [[one] for one in self.world.trained if one not in told]:
            out.faults.append(f"rows {[row[0] for row in rows]}")
        for row in rows:
            (one,) = self._names(row[0])
            names = [f"∂L/∂{one}"]
            names += [f"{kind}_{one}{marked(kind)}" for kind in kinds] + [f"{one}_new"]
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


__all__ = ["UpdateAudit"]
