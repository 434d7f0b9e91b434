"""The sentences of a page of updates: what is given, what an update starts from, the rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from nbsolve.checking.audit.chain_parts import is_fraction, text_of
from nbsolve.checking.audit.display import Chain, Texts, read_display
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.found import Found, same
from nbsolve.checking.audit.graph_page import BOXES, Place
from nbsolve.checking.audit.graphs import GraphAudit
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import literal, tidy
from nbsolve.checking.audit.parser import whole
from nbsolve.checking.audit.slots import (
    QUANTITY,
    SETTINGS,
    Wanted,
    filled_as,
    formula_fault,
    read,
    sign_fault,
)
from nbsolve.checking.audit.update_chains import UpdateChains
from nbsolve.checking.audit.update_rule import UpdateRule, letters_said
from nbsolve.checking.oracle.numbers import Number
from nbsolve.checking.oracle.rounding import fault


class UpdateSentences(GraphAudit):
    """Checks everything on a page of updates that is neither a display nor a table."""

    world: Any
    chains: UpdateChains
    rule: UpdateRule

    def _text(self, source: str, position: int, place: Place, out: Found) -> None:
        words = " ".join(source.split())
        out.numbers += len(re.findall(r"\d+", words))
        if place.box == BOXES[0]:
            self._convention(words, out)
            return
        if "".join(words.split()) in {"".join(one.split()) for one in self._authored()}:
            return
        if (slots := filled_as(self._texts(), source)) is not None:
            for asked, printed in slots:
                out.faults += self._slot(read(asked), printed)
            return
        if (told := letters_said(words, [self.rule], {*self.node.get("state", {})} - {"t"})) is not None:
            out.faults += told
            return
        for pattern, check in self._sentences().items():
            if match := re.fullmatch(pattern, words):
                check(place, position, out, *match.groups(""))
                return
        if place.section == "Update" and (faults := self.rule.passage(words)) is not None:
            out.faults += faults
            return
        if place.section != "Update" or "$" in words or set(re.findall(r"\d+", words)) - {"0"}:
            out.faults.append(f"nobody knows: {words}")

    def _slot(self, wanted: Wanted, printed: str) -> Iterator[str]:
        """One live number: its value, its digits, the sign before it."""
        t = 1 if wanted.at is None else wanted.at or len(self.node["gradients"])

        def value_of(quantity: str) -> Number:
            name = SETTINGS.get(quantity, quantity)
            found: Number = self.world.value(name.replace("dL/d", "∂L/∂"), t, carried=True)
            return found

        yield from formula_fault(wanted, printed, value_of, self.answers)
        if QUANTITY.fullmatch(wanted.formula):
            yield from sign_fault(wanted, printed, value_of(wanted.formula))

    def _sentences(self) -> dict[str, Callable[..., None]]:
        return {
            r"The parameters:(?: (.+))?": self._parameters,
            r"Their gradients:(?: (.+))?": self._their_gradients,
            r"The gradients of each update:": lambda *_: None,
            r"The optimiser has made (\d+|one) updates? before, and starts with:(?: (.+))?": self._before,
            r"(?:It|The optimiser) starts with:(?: (.+))?": self._kept_alone,
            r"(Learning rates? .+)": self._rule_said,
            r"(\*\*\(.+)": lambda place, position, out, said: self.asked.check(said, out, self._names),
            r"The update of (\$[^$]*\$):": self._update_of,
            r"This update starts from (.*)\.": self._starts,
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
        if int(count.replace("one", "1")) != self.world.training.before:
            out.faults.append(f"{count} updates, not {self.world.training.before}")
        self._kept_alone(place, position, out, said)

    def _kept_alone(self, place: Place, position: int, out: Found, said: str) -> None:
        state = self.node.get("state", {})
        kinds = [kind for kind in self.world.training.kept if kind in state]
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
        wanted = [*world.trained, *(f"{kind}_{one}" for one in world.trained for kind in world.training.kept)]
        found = [getattr(self.chains.parse(chain.target), "name", "?") for chain in chains]
        if found != wanted or bool(kept) != bool(world.training.kept):
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
                wrong = fault(printed, value, shown) or "; ".join(self.chains._digits(name, node, value))
            if wrong or (relation == "=") != exact:
                out.faults.append(f"{name} starts {relation} {printed}: {wrong}")

    # ------------------------------------------------------------------ the rule

    def _tree(self, chain: Chain, texts: Texts) -> object:
        try:
            return super()._tree(chain, texts)
        except Unreadable:
            return tidy(whole(texts, self.rule.letters))

    def _rule_said(self, place: Place, position: int, out: Found, said: str) -> None:
        """`Learning rate η = 0.1, Adam: m^new = …, …`."""
        at = said.rindex(": $")
        if not said[:at].endswith(f", {self.rule.called}"):
            out.faults.append(f"{said[:at]} is not {self.rule.called}")
        out.faults += self.rule.rates_in(said[:at])
        out.faults += self.rule.equations(self._formulae(said[at + 2 :]))

    def _convention(self, words: str, out: Found) -> None:
        faults = self.rule.convention(words)
        if faults is not None:
            out.faults += faults
        elif words.startswith(("calculated exactly", "every value is rounded")):
            super()._convention(words, out)
        elif re.search(r"[\d$]", words):
            out.faults.append(f"nobody knows: {words}")
