"""The audit of one page: all blocks once in order, then any block again by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import yaml
from mpmath import mp

from nbsolve.checking.audit.anchors import Anchors
from nbsolve.checking.audit.chain_notes import THROUGH_Z
from nbsolve.checking.audit.chain_parts import note_decimals
from nbsolve.checking.audit.chains import ChainChecker
from nbsolve.checking.audit.classes import SECTIONS
from nbsolve.checking.audit.display import Texts, pieces, read_display, relation_chain
from nbsolve.checking.audit.found import TROUBLE, Context, Found
from nbsolve.checking.audit.identities import BOX, identity_fault
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import literal, tidy
from nbsolve.checking.audit.names import Entry
from nbsolve.checking.audit.page import Block, split_inline
from nbsolve.checking.audit.parser import read_tokens, whole
from nbsolve.checking.audit.prose import ProseChecker
from nbsolve.checking.audit.report import Report, digits_of
from nbsolve.checking.audit.stated_rules import with_rules
from nbsolve.checking.audit.tree import Node, Sym
from nbsolve.checking.audit.words import Place
from nbsolve.checking.audit.world import World
from nbsolve.checking.oracle.named_inputs import plain
from nbsolve.checking.oracle.numbers import DIGITS
from nbsolve.checking.oracle.reading import load

STEP = re.compile(r"\$h ?= ?10\^\{(-\d+)\}\$ in both directions")


def _formulae(world: World) -> dict[str, int]:
    """The marks of the gradients in letters: from the last layer to the first, weights, then biases."""
    names: list[str] = []
    for number in range(world.depth, 0, -1):
        layer = world.spec.layers[number - 1]
        names += [
            f"∂L/∂W[{number}][{j}][{i}]"
            for j, row in enumerate(layer.weights, 1)
            for i in range(1, len(row) + 1)
            if (j, i) not in layer.missing
        ]
        names += [f"∂L/∂b[{number}][{j}]" for j in range(1, layer.units + 1) if layer.bias is not None]
    return {name: mark for mark, name in enumerate(names, start=1)}


class Audit(Anchors):
    """One page: `text` is the problem's YAML with its overrides, `blocks` are the page.

    `entries` and `wholes` name the letters of single and of whole quantities.
    """

    def __init__(
        self, text: str, entries: Iterable[Entry], blocks: Sequence[Block], wholes: Mapping[str, str]
    ) -> None:
        node = yaml.load(text, Loader=yaml.BaseLoader)
        answers, between = digits_of(node.get("rounding"))
        with mp.workdps(DIGITS):
            self.world = World(load(text), plain(node), entries, between, wholes)
        self.chains = ChainChecker(self.world, answers, between)
        self.prose = ProseChecker(self.world, node, self.chains)
        self.blocks = with_rules(blocks)
        self.places: list[Place] = []
        self.formulae = _formulae(self.world) if node.get("letters") == "true" else {}
        with mp.workdps(DIGITS):
            self._locate()

    # places

    def _locate(self) -> None:
        """Where each block stands, which marks an iteration has, what is carried from line to line."""
        place = Place(self._context(1))
        count = len(self.formulae)
        steps = [found for block in self.blocks if (found := STEP.search(block.source))]
        self.prose.step = int(steps[-1][1]) if steps else None
        for block in self.blocks:
            title = block.kind == "heading" or re.match(r"Layer \d+: |Iteration \d+:$", block.source)
            if not block.box and title:
                place = self._under(block.source, place)
                count = len(self.formulae) if block.source.startswith("Iteration ") else count
            here = replace(place, box=block.box, anchors=block.anchors)
            here.context = replace(place.context, next_mark=count + 1)
            here.context.marks = place.context.marks
            self.places.append(here)
            if block.kind == "display" and place.targets is not None:
                place.targets.update(self._targets(block))
            if block.box == BOX:
                continue
            if block.kind == "display" and place.section not in ("The problem", "iteration"):
                count = self._read_definitions(block, here, count)

    def _under(self, heading: str, place: Place) -> Place:
        iteration = re.match(r"Iteration (\d+)", heading)
        if iteration and place.section == "Answers":
            return replace(place, context=self._context(int(iteration[1])))
        if iteration:
            return Place(self._context(int(iteration[1])), section="iteration")
        sample = re.fullmatch(r"Sample (\d+)|(?:Forward pass, sample|.*, sample) (\d+)", heading)
        if sample:
            return replace(place, sample=int(sample[1] or sample[2]), layer=None)
        layer = re.match(
            r"(?:Layer|Back to layer|Gradients of layer|Error signals of output layer) (\d+)", heading
        )
        if layer:
            return replace(place, layer=int(layer[1]))
        known = {
            "The problem",
            "Forward pass",
            "Loss",
            "Backward pass",
            "Update",
            "After the update",
            "Loss of the epoch",
            "Answers",
            "Check it yourself",
            *SECTIONS,
        }
        folded = re.fullmatch(r"The (loss|backward pass|update), which is not asked for", heading)
        if folded:
            return replace(place, section=folded[1].capitalize(), sample=None, layer=None)
        if heading in known:
            return replace(place, section=heading, sample=None, layer=None)
        return replace(place, targets=set()) if re.fullmatch(r"\$[^$]*\$", heading) else place

    def _targets(self, block: Block) -> set[str]:
        """What the chains of a display find."""
        try:
            found = [self.chains.parse(chain.target) for chain in read_display(block.source)]
        except TROUBLE:
            return set()
        return {node.name for node in found if isinstance(node, Sym)}

    def _context(self, iteration: int) -> Context:
        """Where formulae of an iteration stand; those in letters have the first marks."""
        marks = {mark: name for name, mark in self.formulae.items()}
        return Context(iteration, marks, formulae=self.formulae)

    def _read_definitions(self, block: Block, place: Place, count: int) -> int:
        """Marks, and the value that each chain writes down."""
        try:
            chains = read_display(block.source)
        except TROUBLE:
            return count
        t = place.context.iteration
        for chain in chains:
            try:
                target = self.chains.parse(chain.target)
                if not isinstance(target, Sym):
                    continue
                if target.name not in self.formulae and any(
                    note[:1] == ("\\text",) and "s i n c e" not in " ".join(note[:8]) and note != THROUGH_Z
                    for note in chain.notes
                ):
                    count += 1
                    place.context.marks[count] = target.name
                results = [tidy(self.chains.parse(texts)) for _, texts in chain.items]
                note_decimals(
                    self.chains.decimals_above,
                    (target.name, t),
                    results,
                    chain.items[-1][1][:1] == ("\\boxed",),
                )
                if self.world.each_step:
                    self._carry(target, self.chains.parse(chain.items[-1][1]), t)
            except TROUBLE:
                continue
        return count

    def _carry(self, target: Sym, end: Node, t: int) -> None:
        """The value that a chain ends in, or those of a whole vector or matrix, are what later lines use."""
        for entry, (value,) in self.chains.entries(target, [end]):
            number = literal(tidy(value))
            key = self.world.definition(entry.name, t)
            if number is not None and key is not None:
                self.world.carried.setdefault(key, number[0])

    # checking

    def check(self, position: int, source: str | None = None) -> Found:
        """One block, or what `source` would be in its place."""
        with mp.workdps(DIGITS):
            return self._check(position, source)

    def _check(self, position: int, source: str | None) -> Found:
        block, place = self.blocks[position], self.places[position]
        source = block.source if source is None else source
        if place.section in SECTIONS and block.kind != "heading":
            return self._check_classes(block, source)
        if block.kind == "table":
            out = self.prose.table(source, place)
            self._check_table_anchors(place, source, out)
            return out
        if block.kind != "display":
            out = self.prose.text(source, place)
            self._check_updated(position, source, out)
            return out
        if place.section == "The problem":
            return self.prose.givens_display(source, place)
        if place.section == "iteration":
            return self.prose.start_display(source, place)
        out = Found()
        if block.box == BOX:
            return self._check_identity(source, out)
        context = replace(place.context)
        try:
            chains = read_display(source)
        except TROUBLE as error:
            out.faults.append(f"{type(error).__name__} {error}")
            return out
        targets = set()
        for number, chain in enumerate(chains, 1):
            context.below = chains[number:]
            found = self.chains.check(chain, context)
            out.faults += found.faults
            out.lines += found.lines
            out.numbers += found.numbers
            targets.add(chain.target)
            if out.faults and self.chains.first_only:
                return out
        if len(targets) != len(chains):
            out.faults.append("a target that comes twice")
        self._check_anchors(place, chains, out)
        return out

    def _check_classes(self, block: Block, source: str) -> Found:
        """What one unit tells apart."""
        out = Found(lines=1, numbers=sum(char.isdigit() for char in source))
        classes = self.prose.classes
        try:
            if classes is None:
                raise Unreadable("nothing is told apart")
            if block.kind == "table":
                out.faults += classes.table(source)
            elif block.kind == "display":
                out.faults += classes.display(source, block.anchors)
            else:
                out.faults += classes.sentence(" ".join(source.split()))
        except TROUBLE as error:
            out.faults.append(f"{type(error).__name__} {error}")
        return out

    def _check_updated(self, position: int, source: str, out: Found) -> None:
        """`The update of w:` stands above the lines that end in the new w."""
        said = re.fullmatch(r"The update of \$([^$]*)\$:", source.strip())
        if said is None or out.faults:
            return
        node = self.chains.parse(read_tokens(said[1]))
        letter, _, rest = getattr(node, "name", "?").partition("[")
        if f"{letter}_new[{rest}" not in self._targets(self.blocks[position + 1]):
            out.faults.append(f"the lines below are not about {said[1]}")

    def _check_identity(self, source: str, out: Found) -> Found:
        """σ′(z) = … at several points, for the activation of a layer, in that layer's letters."""
        out.lines = 1
        out.numbers = sum(char.isdigit() for char in source)
        layers = [
            (*function, self._core("z", number), self._core("a", number))
            for number, layer in enumerate(self.world.spec.layers, start=1)
            for function in layer.all_functions
        ]
        try:
            fault = identity_fault(source, layers)
        except TROUBLE as error:
            fault = f"{type(error).__name__} {error}"
        out.faults += [fault] if fault else []
        return out

    def meaning(self, kind: str, source: str) -> object:
        """What a block's formulae say; equal for two sources that differ in nothing but needless brackets."""
        general = {("z",): "z", ("a",): "a", ("y",): "y"} | self.world.symbols
        try:
            words = (
                [part for formula, part in split_inline(source) if not formula] if kind != "display" else []
            )
            if kind == "display":
                chains = read_display(source)
            else:
                chains = [
                    relation_chain(read_tokens(part)) for formula, part in split_inline(source) if formula
                ]
            parts = [((("=", c.target), *c.items), c.notes) for c in chains]
            return words, [
                ([(r, tidy(whole(x, general))) for r, x in items], [_said(note, general) for note in notes])
                for items, notes in parts
            ]
        except TROUBLE:
            return None

    def report(self) -> Report:
        """The whole page."""
        out = Report()
        for position, block in enumerate(self.blocks):
            out.add(self.check(position), block)
        return out


def _said(note: Texts, symbols: Mapping[Texts, str]) -> object:
    """What a note says, with its formulae read; one that is not words and formulae as it is."""
    try:
        said = [(words, relation_chain(texts)) for words, texts in pieces(note)]
        return [
            (words, [(r, tidy(whole(x, symbols))) for r, x in (("=", c.target), *c.items) if x])
            for words, c in said
        ]
    except TROUBLE:
        return note
