"""The audit of a computation graph's page: every block once in order, then any block again by itself."""

from __future__ import annotations

from collections.abc import Iterator

from mpmath import mp

from nbsolve.checking.audit.display import Chain, read_display, relation_chain
from nbsolve.checking.audit.found import TROUBLE, Found
from nbsolve.checking.audit.graph_letters import GraphParser
from nbsolve.checking.audit.graph_page import PATHS, anchor_of
from nbsolve.checking.audit.graph_quotients import SECTION
from nbsolve.checking.audit.graph_sentences import GraphSentences
from nbsolve.checking.audit.lay import tidy
from nbsolve.checking.audit.page import split_inline
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.report import Report
from nbsolve.checking.oracle.numbers import DIGITS


class GraphAudit(GraphSentences):
    """One page: `text` is the problem's YAML, `blocks` are the page."""

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
        wanted, rows = self.quotients.checked, [self.quotients.rows(table) for table in tables]
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


__all__ = ["GraphAudit", "GraphParser"]
