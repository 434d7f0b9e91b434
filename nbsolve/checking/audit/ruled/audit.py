"""Reads a page about a rule back: every line, cell and sentence against the second interpreter of its YAML.

The letters are those of the default notation, which is said here once more: w₁, b, z, ŷ, y, e; with a number for
each unit where there are several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from nbsolve.checking.audit.display import read_display, relation_chain
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.page import Block, cells, read_markdown, split_inline
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.ruled.numbers import Context, Wrong, claim, exactly
from nbsolve.checking.audit.ruled.sentences import Sentences
from nbsolve.checking.oracle.rules import read


class RuleAudit(Sentences):
    """The audit of one page."""

    def faults(self, markdown: str) -> list[str]:
        """What is wrong on a page: block by block, in order."""
        return [words for _, words in self.judged(read_markdown(markdown))]

    def judged(self, blocks: list[Block]) -> Iterator[tuple[int, str]]:
        """The position of each faulty block, and what is wrong with it."""
        at = Context()
        self.worked = iter(self._worked())
        for place, block in enumerate(blocks):
            try:
                self.block(block, at)
            except (
                Wrong,
                Unreadable,
                KeyError,
                ValueError,
                IndexError,
                ZeroDivisionError,
                StopIteration,
            ) as error:
                yield place, f"{type(error).__name__} {error} in {block.source[:120]!r}"
        if at.parts != len([*self._labels()]):
            yield len(blocks), "answers left out"

    def block(self, block: Block, at: Context) -> None:
        """Check one block, or go into its section."""
        if block.kind == "heading":
            self._heading(block.source, at)
        elif at.section in ("The problem", "Common mistakes"):
            if block.kind == "table":
                self._table(block.source, at)
            elif block.source.startswith(("Initial values", "Learning rate")):
                self._givens(block.source)
        elif block.kind == "display":
            chains = read_display(block.source)
            if at.section.startswith("Conventions"):
                signal = [] if self.problem.name == "hebb" or self.problem.by_target else ["e@1"]
                names = ["z@1", "a@1", *signal, *(f"d{name}" for name in self._learnt(1))]
                claim([self._name(chain.target) for chain in chains] == names, "the formulae of the rule")
            if at.section == "The end of training" or (self.problem.batch and at.epoch and not at.sample):
                # a display for each unit; of a batch first its changes, then its new parameters
                kinds = ("",) if at.section == "The end of training" else ("d", "new ")
                unit, kind = at.displays // len(kinds) + 1, kinds[at.displays % len(kinds)]
                at.displays += 1
                wanted = [kind + name for name in self._learnt(unit)]
                claim([self._name(chain.target) for chain in chains] == wanted, "the parameters, in order")
            for chain in chains:
                self._chain(chain, at)
        elif block.kind == "table":
            self._table(block.source, at)
            at.sample = at.displays = 0  # what stands below is said of the whole epoch
        else:
            self._sentence(" ".join(block.source.split()), at)

    def _heading(self, words: str, at: Context) -> None:
        if match := re.fullmatch(r"Epoch (\d+), sample (\d+)", words):
            at.epoch, at.sample, at.unit = int(match[1]), int(match[2]), 1
            claim(
                (at.epoch, at.sample) == next(self.worked, None) and at.section == f"Epoch {at.epoch}", words
            )
        elif match := re.fullmatch(r"Unit (\d+)", words):
            claim(int(match[1]) == at.units + 1 <= self.problem.units, words)
            at.unit, at.units, at.sample, at.lines = int(match[1]), int(match[1]), 0, 0
        elif match := re.fullmatch(r"Epoch (\d+)", words):
            claim(at.epoch < int(match[1]) <= self.run.epochs, words)
            at.section, at.epoch = words, int(match[1])
            at.sample, at.unit, at.units, at.lines = 0, 1, 0, 0
        else:
            at.section, at.epoch, at.sample, at.unit, at.units, at.lines = words, 0, 0, 1, 0, 0
            at.displays = 0

    def _givens(self, source: str) -> None:
        values = {
            f"w{i}@{u}": v for u, row in enumerate(self.problem.weights, 1) for i, v in enumerate(row, 1)
        }
        values |= {f"b@{u}": v for u, v in enumerate(self.problem.constants, 1) if v is not None}
        values["eta"] = self.problem.rate
        names = ["eta"] if source.startswith("Learning") else []
        for u in range(1, self.problem.units + 1) if not names else ():
            names += [name for name in values if name.endswith(f"@{u}")]
        for is_formula, part in split_inline(source):
            if is_formula:
                chain = relation_chain(read_tokens(part))
                ((_, right),) = chain.items
                name = self._name(chain.target)
                claim(name == names.pop(0) and exactly(self._read(right)) == values[name], part)
        claim(not names, "values left out")

    def _table(self, source: str, at: Context) -> None:
        head, *rows = cells(source)
        if head[0].startswith("Part "):
            labels = [*self._labels()]
            claim(head[0] == f"Part {labels[at.parts]}", "which part")
            at.parts += 1
            if len(head) > 2:
                rows = [self._in_one_cell(head, row) for row in rows]
            self._answers(rows, related=len(head) == 2)
            return
        claim(head[0] == "No." and len(rows) == len(self.problem.inputs), "a row for each sample")
        right = head[-1] == "right?"
        names = [self._name(read_tokens(cell.strip("$"))) for cell in head[1 : len(head) - right]]
        claim(names in self._columns(at, right), "columns")
        for place, row in enumerate(rows, 1):
            claim(row[0] == str(place) and len(row) == len(head), "the number of a sample")
            values = self.values(Context("", at.epoch, place))
            hits = True
            for u in range(1, self.problem.units + 1):
                if right:
                    values |= dict(zip((f"z@{u}", f"a@{u}"), self._final(place, u), strict=True))
                    hits = hits and values[f"a@{u}"] == values[f"y@{u}"]
            for name, cell in zip(names, row[1:], strict=False):
                node = self._read(read_tokens(cell.strip("$")))
                self._printed(node, values[name], None, self.intermediates)
                if name[0] in "xy":
                    claim(exactly(node) == values[name], "what is given is not rounded")
            if right:
                claim(row[-1] == ("yes" if hits else "no"), "right or not")

    def _columns(self, at: Context, right: bool) -> list[list[str]]:
        """The columns that a table may have here, in order."""
        width, units = len(self.problem.inputs[0]), range(1, self.problem.units + 1)
        inputs = [f"x{i}" for i in range(1, width + 1)]
        if right:
            return [[*inputs, *(f"{c}@{u}" for u in units for c in "yza")]]
        if at.section == "The problem":
            return [[*inputs, *(f"y@{u}" for u in units)]]
        u = at.unit
        signal = [] if self.problem.name == "hebb" or self.problem.by_target else [f"e@{u}"]
        parameters = [f"w{i}@{u}" for i in range(1, width + 1)]
        if self.problem.constants[u - 1] is not None and not self.problem.held:
            parameters.append(f"b@{u}")
        seen = [*inputs, f"y@{u}", f"z@{u}", f"a@{u}", *signal]
        moved = [f"d{name}" for name in parameters]
        moved += [] if self.problem.batch else [f"new {name}" for name in parameters]
        # wide ones in tables of their own
        both = (seen, moved)
        runs = [one[i:j] for one in both for i in range(len(one)) for j in range(i + 1, len(one) + 1)]
        return [[*seen, *moved], *runs]

    def _in_one_cell(self, head: list[str], row: list[str]) -> list[str]:
        """The cells of parameters that stand side by side, as they are where they stand in one cell."""
        claim(len(row) == len(head), "a cell for each parameter")
        return [
            row[0],
            ", ".join(
                f"{name[:-1]} = {cell[1:]}" for name, cell in zip(head, row, strict=True) if name != head[0]
            ),
        ]

    def _answers(self, rows: list[list[str]], related: bool) -> None:
        """Every row of one part's answers; changes are `related` where = or ≈ stands before their numbers."""
        changes, samples = iter(self._changes()), iter(range(1, len(self.problem.inputs) + 1))
        predicted = [f"a@{u}" for u in range(1, self.problem.units + 1)]
        separated = iter(range(1, self.problem.units + 1))
        bounded = iter(range(1, self.problem.units + 1))
        finals = [name for u in range(1, self.problem.units + 1) for name in self._learnt(u)]
        for words, cell in rows:
            if match := re.fullmatch(r"Epoch (\d+)(?:, sample (\d+))?", words):
                epoch, sample, parameters = next(changes)
                claim((int(match[1]), match[2]) == (epoch, sample), "which change")
                found = [
                    relation_chain(read_tokens(part)) for is_formula, part in split_inline(cell) if is_formula
                ]
                claim([self._name(one.target) for one in found] == [*parameters], "every parameter")
                for chain in found:
                    ((relation, right),) = chain.items
                    value = parameters[self._name(chain.target)]
                    self._printed(self._read(right), value, relation if related else None, self.intermediates)
            elif words == "Epochs":
                claim(cell == str(self.run.epochs), "epochs")
            elif words == "Mistakes":
                claim(cell == str(self._mistakes()), "mistakes")
            elif words == "Accuracy":
                hits = Fraction(self._hits(), len(self.problem.inputs))
                claim(exactly(self._read(read_tokens(cell.strip("$")))) == hits, "accuracy")
                claim(
                    cell == rf"$\frac{{{self._hits()}}}{{{len(self.problem.inputs)}}}$", "accuracy as counted"
                )
            elif match := re.fullmatch(r"Sample (\d+)", words):
                claim(int(match[1]) == next(samples, None), words)
                said = [
                    relation_chain(read_tokens(part)).target
                    for is_formula, part in split_inline(cell)
                    if is_formula
                ]
                claim([self._name(one) for one in said] == predicted, "a prediction of each unit")
                for is_formula, part in split_inline(cell):
                    if is_formula:
                        chain = relation_chain(read_tokens(part))
                        unit = int(self._name(chain.target).split("@")[1])
                        ((relation, right),) = chain.items
                        claim(
                            relation == "="
                            and exactly(self._read(right)) == self._final(int(match[1]), unit)[1],
                            "prediction",
                        )
            elif match := re.fullmatch(r"Decision boundary(?: of unit (\d+))?", words):
                claim(int(match[1] or 1) == next(bounded, None), words)
                if cell != "none":
                    self._boundary(
                        relation_chain(read_tokens(cell.strip("$"))),
                        Context(unit=int(match[1] or 1), lines=1),
                    )
                else:
                    claim(not any(self.line_of(int(match[1] or 1))[0]), "there is a boundary")
            elif match := re.fullmatch(r"Separable(?: of unit (\d+))?", words):
                claim(int(match[1] or 1) == next(separated, None), words)
                self._separable(int(match[1] or 1), cell == "yes")
                claim(cell in ("yes", "no"), cell)
            else:
                name = self._name(read_tokens(words.strip("$")))
                claim(name == finals.pop(0), "another parameter")
                self._printed(
                    self._read(read_tokens(cell.strip("$"))), self.values(Context())[name], None, self.answers
                )
        claim(
            not any(True for _ in changes) or not any(re.match("Epoch \\d", row[0]) for row in rows),
            "changes left out",
        )

    def _labels(self) -> Iterator[str]:
        """What the answers call the parts, with their marks."""
        for part in read(self.yaml)["parts"]:
            marks = part.get("marks")
            unit = "mark" if marks == "1" else "marks"
            yield part["label"] + ("" if marks is None else f" ({marks} {unit})")
