"""Tables and the data: samples, parameters, answers, weights and biases as they are given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nbsolve.checking.audit.chain_parts import printed_as, text_of
from nbsolve.checking.audit.evaluate import Unknown
from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.given_displays import GivenDisplays
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import literal
from nbsolve.checking.audit.optimising import STATES, found_by
from nbsolve.checking.audit.page import cells, unescaped
from nbsolve.checking.audit.words import ANSWERS, Place, asks_of
from nbsolve.checking.oracle.optimisers import marked
from nbsolve.checking.oracle.rounding import as_fraction, fault

NEW = r"^{\text{new}}"


class Tables(GivenDisplays):
    """Checks tables, and the display that states the weights."""

    def table(self, source: str, place: Place) -> Found:
        """Samples, parameters or answers."""
        out = Found(digits=sum(c.isdigit() for c in source))
        try:
            rows = cells(source)
            head = rows[0]
            if head[0] == "No.":
                self._samples(head, rows[1:], out)
            elif head[0] == "Parameter" and ("Central difference" in head or "By convention" in head):
                self.quotients(head, rows[1:], place, out)
            elif head[0] == "Parameter":
                self._parameters(head, rows[1:], place, out)
            elif head[0].startswith("Part "):
                self._answers(head, rows[1:], out)
            elif head[0] == "Epoch":
                self._epochs(head, rows[1:], out)
            else:
                raise Unreadable(f"a table of {head}")
        except (Unreadable, Unknown, ValueError, KeyError, IndexError, StopIteration) as error:
            out.faults.append(f"{type(error).__name__} {error} in a table")
        return out

    def _samples(self, head: list[str], rows: list[list[str]], out: Found) -> None:
        names = [self._letter(cell) for cell in head[1:]]
        if len(rows) != len(self.spec.inputs) or len(names) != len(set(names)):
            out.faults.append("not all samples")
        for s, row in enumerate(rows, 1):
            out.lines += 1
            if row[0] != str(s) or len(row) != len(head):
                out.faults.append(f"sample {row[0]}")
            for name, cell in zip(names, row[1:], strict=True):
                out.numbers += 1
                given = self.world.givens[name.partition("@")[0], None, s]
                if not printed_as(self.number(cell.strip("$")), given):
                    out.faults.append(f"{name} of sample {s} is {given}, printed {cell}")

    def _parameters(self, head: list[str], rows: list[list[str]], place: Place, out: Found) -> None:
        t = place.context.iteration
        if len({row[0] for row in rows}) != len(rows):
            out.faults.append("a parameter that comes twice")
        kinds = found_by(self.spec.optimiser, self.spec.clip)
        for row in rows:
            out.lines += 1
            name = self._letter(row[0])
            letter, _, rest = name.partition("[")
            wanted = {
                f"${STATES[kind]}{NEW if marked(kind) else ''}$": f"{kind}_{letter}{marked(kind)}[{rest}"
                for kind in kinds
            }
            wanted |= {
                "Before": name, "Gradient": f"∂L/∂{name}", "Change": f"{letter}_change[{rest}",
                "After": f"{letter}_new[{rest}",
            }  # fmt: skip
            for title, cell in zip(head[1:], row[1:], strict=True):
                self._value(cell.strip("$"), wanted[title], t, out)

    def _epochs(self, head: list[str], rows: list[list[str]], out: Found) -> None:
        """Number, iterations and loss of every epoch; of one that is not written out the loss is not carried."""
        if head[1] != "Iterations" or self._letter(head[2]) != "L_epoch":
            out.faults.append(f"a table of {head}")
        length = self.spec.batches_per_epoch
        if len(rows) != self.spec.iterations // length:
            out.faults.append(f"{len(rows)} epochs")
        for n, row in enumerate(rows, 1):
            out.lines += 1
            first, last = (n - 1) * length + 1, n * length
            if row[:2] != [str(n), str(last) if length == 1 else f"{first}–{last}"]:
                out.faults.append(f"epoch {n}: {row[:2]}")
            true = self.world.true["L_epoch", last, None]
            node = self.number(row[2].strip("$"))
            printed = literal(node)
            out.numbers += 1
            if printed is None:
                out.faults.append(f"epoch {n}: {row[2]}")
            elif self.world.each_step:
                if abs(float(printed[0]) - float(as_fraction(true))) > 0.05 * abs(float(as_fraction(true))):
                    out.faults.append(f"epoch {n}: {row[2]}")
            elif wrong := fault(text_of(node), true, self.chains.answers):
                out.faults.append(f"epoch {n}: {wrong}")

    def _answers(self, head: list[str], rows: list[list[str]], out: Found) -> None:
        """One part: a row for each quantity with its cases side by side, or a row for each of many cases."""
        label, _, marks = unescaped(head[0]).removeprefix("Part ").partition(" (")
        if label not in self.parts and not (label == "a" and not self.parts):
            out.faults.append(f"no part {label}")
        given = self.parts.get(label, {}).get("marks")
        if marks and marks != (f"{given} mark)" if str(given) == "1" else f"{given} marks)"):
            out.faults.append(f"part {label}: {marks}")
        across = not head[1].startswith("$")
        if across and rows and not rows[0][0].startswith("$"):
            self._classes(head, rows, self.parts.get(label, {}), out)
            return
        seen: set[tuple[str, str]] = set()
        for row in rows:
            out.lines += 1
            if len(row) != len(head):
                raise Unreadable(f"a row of {len(row)} cells under {len(head)}")
            for title, cell in zip(head[1:], row[1:], strict=True):
                letter, case = (row[0], title) if across else (title, row[0])
                if (letter, case) in seen:
                    out.faults.append(f"{letter} comes twice in {case}")
                seen.add((letter, case))
                if cell:
                    self._answer(label, self._letter(letter), case, cell, out)
                elif not self._letter(letter).startswith(("L_epoch", "L -")):
                    out.faults.append(f"no {letter} in {case}")

    def _classes(self, head: list[str], rows: list[list[str]], part: Mapping[str, Any], out: Found) -> None:
        """Answers about what one unit tells apart, in the order in which they are asked for."""
        if self.classes is None or head[1:] != ["Value"]:
            raise Unreadable(f"a table of {head}")
        out.lines += len(rows)
        if [row[0] for row in rows] != self.classes.wanted(asks_of(part)):
            out.faults.append(f"{[row[0] for row in rows]}: not as asked for")
        for words, cell in rows:
            out.numbers += 1
            out.faults += self.classes.answer(words, cell)

    def _answer(self, label: str, name: str, case: str, cell: str, out: Found) -> None:
        """A value under `Value`, `Iteration 2`, `Sample 3` or `Iteration 2: sample 3`."""
        read = re.fullmatch(r"Value|(?:Iteration (\d+))?(?:: |^)?(?:[Ss]ample (\d+))?", case)
        if read is None:
            raise Unreadable(f"a column of {case}")
        t = int(read[1] or min(self.spec.show))
        several = self.spec.iterations > 1
        if t not in self.spec.show or several != (read[1] is not None):
            out.faults.append(f"{case} of {self.spec.show}")
        if read[2]:
            if int(read[2]) - 1 not in self.spec.batch_of(t):
                out.faults.append(f"sample {read[2]} in iteration {t}")
            if len(self.spec.batch_of(t)) > 1:
                name = self._of_sample(name, read[2])
        self._check_part(label, name, t, out)
        self._value(cell.strip("$"), name, t, out)

    def _of_sample(self, name: str, sample: str) -> str:
        """A quantity as that of one sample: each of its letters that has a sample gets this one."""
        if name.startswith("∂"):
            top, _, bottom = name[1:].partition("/∂")
            return f"∂{self._of_sample(top, sample)}/∂{self._of_sample(bottom, sample)}"
        if "@" in name:
            return name
        if name.startswith("L_sample"):
            name = name.replace("L_sample", "L")
            return f"{name}@{sample}"
        own = re.match(r"(x|y|z|a|e|delta|L_out|z_new|a_new|Jv|uJ)(\[|$)", name)
        return f"{name}@{sample}" if own else name

    def _check_part(self, label: str, name: str, t: int, out: Found) -> None:
        """Whether a part asks for this answer, in this iteration."""
        part = self.parts.get(label)
        if part is None:
            return
        asks = asks_of(part)
        known = any(re.match(ANSWERS[ask], name) for ask in asks if ask in ANSWERS)
        if not known and not any(self._names(name, ask) for ask in asks):
            out.faults.append(f"part {label} does not ask for {name}")
        if self._at(part) not in (None, t):
            out.faults.append(f"part {label} asks for iteration {self._at(part)}")
