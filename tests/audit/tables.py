"""Tables and the data: samples, parameters, answers, weights and biases as they are given."""

from __future__ import annotations

import re

from tests.audit.chains import Found, text_of, written
from tests.audit.display import Chain, read_display
from tests.audit.evaluate import Unknown
from tests.audit.latex import Unreadable
from tests.audit.lay import tidy
from tests.audit.page import cells
from tests.audit.tree import Matrix
from tests.audit.words import ANSWERS, Place, Words, asks_of, whole
from tests.audit.world import indices


class Tables(Words):
    """Checks tables, and the display that states the weights."""

    def table(self, source: str, place: Place) -> Found:
        """Samples, parameters or answers."""
        out = Found(digits=sum(c.isdigit() for c in source))
        try:
            rows = cells(source)
            head = rows[0]
            if head[0] == "No.":
                self._samples(head, rows[1:], out)
            elif head[0] == "Parameter":
                self._parameters(head, rows[1:], place, out)
            elif head[0] == "Part":
                self._answers(head, rows[1:], out)
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
                if text_of(self.number(cell.strip("$"))) != written(given):
                    out.faults.append(f"{name} of sample {s} is {given}, printed {cell}")

    def _parameters(self, head: list[str], rows: list[list[str]], place: Place, out: Found) -> None:
        t = place.context.iteration
        if len({row[0] for row in rows}) != len(rows):
            out.faults.append("a parameter that comes twice")
        for row in rows:
            out.lines += 1
            name = self._letter(row[0])
            letter, _, rest = name.partition("[")
            wanted = {
                "Before": name, "Gradient": f"∂L/∂{name}", "Change": f"{letter}_change[{rest}",
                "After": f"{letter}_new[{rest}",
            }  # fmt: skip
            for title, cell in zip(head[1:], row[1:], strict=True):
                self._value(cell.strip("$"), wanted[title], t, out)

    def _answers(self, head: list[str], rows: list[list[str]], out: Found) -> None:
        if len({(row[0].partition(" (")[0], *row[1:-1]) for row in rows}) != len(rows):
            out.faults.append("an answer that comes twice")
        for row in rows:
            out.lines += 1
            cell = dict(zip(head, row, strict=True))
            label = cell["Part"]
            label, _, marks = label.partition(" (")
            if label not in self.parts and not (label == "a" and not self.parts):
                out.faults.append(f"no part {label}")
            given = self.parts.get(label, {}).get("marks")
            if marks and marks.split()[0] != str(given):
                out.faults.append(f"part {label}: {marks}")
            t = int(cell.get("Iteration") or min(self.spec.show))
            if t not in self.spec.show or (len(self.spec.show) > 1 and "Iteration" not in head):
                out.faults.append(f"iteration {t}")
            sample = cell.get("Sample", "")
            name = self._letter(cell["Quantity"])
            if sample.isdigit():
                if "@" in name and name.rpartition("@")[2] != sample:
                    out.faults.append(f"{name} in a row of sample {sample}")
                if int(sample) - 1 not in self.spec.batch_of(t):
                    out.faults.append(f"sample {sample} in iteration {t}")
            elif sample not in ("", "–", "—"):
                out.faults.append(f"sample {sample}")
            self._check_part(label, name, t, out)
            self._value(cell["Value"].strip("$"), name, t, out)

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

    def givens_display(self, source: str, place: Place) -> Found:
        """`W = letters = numbers`, element by element as in the file."""
        out = Found(digits=sum(c.isdigit() for c in source))
        columns = str(self.node["network"].get("layout", "W x + b")) == "x W + b"
        seen: set[str] = set()
        try:
            for chain in read_display(source):
                out.lines += 1
                if len(chain.items) == 1:
                    found = self.chains.check(Chain(chain.target, chain.items, chain.notes), place.context)
                    out.faults += found.faults
                    seen.add(str(getattr(whole(chain.target, self.world.symbols), "name", "")))
                    continue
                seen |= self._matrix(chain, columns, out)
        except (Unreadable, Unknown, ValueError, KeyError, IndexError) as error:
            out.faults.append(f"{type(error).__name__} {error}")
        wanted = {
            name for (name, t, _) in self.world.givens
            for at in [indices(name)[1]] if t == 1
            and not (name[0] == "b" and at[1] > 1 and self.spec.layers[at[0] - 1].shared)
        }  # fmt: skip
        if seen != wanted:
            out.faults.append(f"data: {sorted(seen ^ wanted)} missing or too many")
        return out

    def _matrix(self, chain: Chain, columns: bool, out: Found) -> set[str]:
        letters, numbers = (whole(texts, self.world.symbols) for _, texts in chain.items)
        if (
            not isinstance(letters, Matrix)
            or not isinstance(numbers, Matrix)
            or [r for r, _ in chain.items] != ["=", "="]
        ):
            raise Unreadable(f"{' '.join(chain.target)} is no matrix")
        if [len(r) for r in letters.rows] != [len(r) for r in numbers.rows]:
            raise Unreadable("matrices of different shapes")
        names: set[str] = set()
        first = letters.rows[0][0]
        layer = indices(getattr(first, "name", ""))[1][0]
        if chain.target[-5:] != ("^", "{", "(", str(layer), ")", "}")[-5:]:
            out.faults.append(f"{''.join(chain.target)} holds layer {layer}")
        for r, (row, values) in enumerate(zip(letters.rows, numbers.rows, strict=True), 1):
            for c, (cell, value) in enumerate(zip(row, values, strict=True), 1):
                name = getattr(cell, "name", "?")
                letter, at = indices(name)
                place = (c, r) if columns else (r, c)
                right = [layer, *place] if letter == "W" else [layer, max(r, c)]
                if at != right or (letter != "W" and min(r, c) != 1):
                    out.faults.append(f"{name} stands in row {r}, column {c}")
                out.numbers += 1
                if text_of(tidy(value)) != written(self.world.givens[name, 1, None]):
                    out.faults.append(
                        f"{name} is {self.world.givens[name, 1, None]}, printed {text_of(tidy(value))}"
                    )
                names.add(name)
        return names
