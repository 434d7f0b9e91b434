"""Sentences and headings: every number in them is looked up in the problem or recomputed."""

from __future__ import annotations

import re

from nbsolve.checking.audit.display import relation_chain
from nbsolve.checking.audit.found import TROUBLE, Context, Found
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.page import split_inline
from nbsolve.checking.audit.parser import read_tokens, whole
from nbsolve.checking.audit.prose_rules import RULES
from nbsolve.checking.audit.sentences import Sentences
from nbsolve.checking.audit.tree import Sym
from nbsolve.checking.audit.words import Place, drawn, folded


class ProseChecker(Sentences):
    """Checks everything that is not a displayed formula."""

    def text(self, source: str, place: Place) -> Found:
        """A paragraph, a list item or a heading."""
        out = Found()
        line = folded(source)
        digits = sum(c.isdigit() for c in source)
        out.digits, out.lines = digits, 1 if digits else 0
        if drawn(line) in self.verbatim:
            self._formulas_of_author(line, out)
            return out
        slots = self.live_slots(line)
        if slots is not None:
            for asked, printed in slots:
                self.check_slot(asked, printed, out)
            return out
        if not re.search(r"[\d$]", line):
            return out
        try:
            said = None if self.rule is None else self.rule.convention(line) or self.rule.passage(line)
            if said is not None:
                out.faults += said
                return out
        except TROUBLE as error:
            out.faults.append(f"{type(error).__name__} {error}: {line}")
            return out
        for pattern, check in RULES:
            match = pattern.fullmatch(line)
            if match:
                try:
                    check(self, place, out, *match.groups())
                except TROUBLE as error:
                    out.faults.append(f"{type(error).__name__} {error}: {line}")
                return out
        out.faults.append(f"a sentence the audit does not know: {line}")
        return out

    def _formulas_of_author(self, text: str, out: Found) -> None:
        """The author's words are as in the file; `letter ≈ number` must hold in some iteration all the same."""
        for formula, part in split_inline(text):
            if not formula:
                continue
            try:
                chain = relation_chain(read_tokens(part))
                target = whole(chain.target, self.world.symbols)
            except Unreadable:
                continue  # a general formula, in letters that stand for no one quantity
            if not isinstance(target, Sym) or "≈" not in {relation for relation, _ in chain.items}:
                continue  # notes write = for the wrong values that they warn of
            targets = [target]
            if re.match(r"(W|b|theta)\[", target.name):
                targets.append(Sym(target.name.replace("[", "_new[", 1)))
            faults = [
                self.chains.check_author(chain, letter, Context(t))
                for t in sorted(self.spec.show)
                for letter in targets
            ]
            if all(faults):
                out.faults.append(f"{part}: {faults[0]}")
