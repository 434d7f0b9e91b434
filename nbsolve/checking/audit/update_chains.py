"""Checks one chain of an update: other numbers are those of its recursions, reasons are about the clipping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nbsolve.checking.audit.display import Texts, relation_chain
from nbsolve.checking.audit.found import Found, same
from nbsolve.checking.audit.graph_chains import GraphChains
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.tree import Node, Sym
from nbsolve.checking.oracle.training import Values

SINCE = ("\\text", "{", *"since", "}")


class UpdateChains(GraphChains):
    """Chains of updates."""

    world: Any

    def found_elsewhere(self, target: str, kind: int, t: int, *, forced: bool) -> Values | None:
        """Other numbers, with what the recursions make of them."""
        found: Values = self.world.elsewhere(target, kind, t, forced=forced)
        return found

    def given(self, name: str, t: int) -> str | None:
        """What the file gives for a quantity of an update."""
        found: str | None = self.world.given(name, t)
        return found

    def _note(self, note: Texts, target: Sym, formulae: Sequence[Node], t: int, out: Found) -> None:
        r"""`\text{since }G > c` of a gradient that the norm clips; else as with graphs."""
        clips = self.world.training.clip.how == "norm" and target.name.startswith("clipped_")
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
