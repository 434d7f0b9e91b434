"""The check at the end of a page: difference quotients, recomputed from the reference's forward pass."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache, cached_property

from nbsolve.checking.audit.chain_parts import text_of
from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import literal
from nbsolve.checking.audit.names import indices
from nbsolve.checking.audit.parser import parse
from nbsolve.checking.audit.tree import Sym
from nbsolve.checking.audit.words import Place, Words
from nbsolve.checking.oracle.numbers import Number, Real, size
from nbsolve.checking.oracle.passes import Parameters, batch_loss
from nbsolve.checking.oracle.rounding import Digits, as_fraction, fault, magnitude

ALL = re.compile(r"all ([\d,]+) at once")
LEAST = re.compile(r"(?:<|&lt;) \$1\\cdot ?10\^\{(-?\d+)\}\$")
KINK = ["Parameter", "From the left", "From the right", "By convention"]
CLOSE = Fraction(1, 10**6)


class Quotients(Words):
    """Checks tables of difference quotients, and the sentences above them."""

    step: int | None = None
    """The exponent of h that the page says; its tables are recomputed with it."""

    @cached_property
    def _sound_rows(self) -> set[tuple[tuple[str, ...], int, bool]]:
        """Rows that were found right: a page is read again for each of its changes."""
        return set()

    @property
    def _digits(self) -> Digits:
        return Digits(significant=max(8, (self.chains.answers.significant or 0) + 2))

    def quotients(self, head: list[str], rows: list[list[str]], place: Place, out: Found) -> None:
        """Gradient, perhaps unrounded, quotient, how far apart; or the two sides of a kink and the convention."""
        t = place.context.iteration
        kink = head == KINK
        wanted = ["Parameter", "Gradient", *(["Unrounded"] if self.world.each_step else [])]
        if not kink and head != [*wanted, "Central difference", "They differ by"]:
            raise Unreadable(f"a table of {head}")
        if len({row[0] for row in rows}) != len(rows):
            out.faults.append("a parameter that comes twice")
        for row in rows:
            out.lines += 1
            if (found := (tuple(row), t, kink)) in self._sound_rows:
                out.numbers += len(row) - 1
                continue
            before = len(out.faults)
            every = ALL.fullmatch(row[0])
            name = None if every else self._letter(row[0])
            if every and int(every[1].replace(",", "")) != len(self._parameters_of_all()):
                out.faults.append(row[0])
            if kink:
                self._sides(row, name or "", t, out)
            else:
                self._smooth(row, name, t, out)
            if len(out.faults) == before:
                self._sound_rows.add(found)

    def _smooth(self, row: list[str], name: str | None, t: int, out: Found) -> None:
        names = tuple([name] if name else self._parameters_of_all())
        gradient = sum((self._true(n, t) for n in names), Fraction(0))
        if name:
            self._value(row[1].strip("$"), f"∂L/∂{name}", t, out)
        else:
            self._number(row[1], gradient, self.chains.answers, out)
        if self.world.each_step:
            self._number(row[2], gradient, self._digits, out)
        ahead, behind = (self._moved(names, t, sign) for sign in (1, -1))
        central = (ahead - behind) / (2 * Fraction(10) ** self._h)
        self._number(row[-2], central, self._digits, out)
        gap = size(gradient - central)
        if gap > CLOSE * max(size(gradient), Fraction(1, 1000)):
            out.faults.append(f"{row[0]}: the gradient is {float(gradient)}, the quotient {float(central)}")
        least = LEAST.fullmatch(row[-1])
        if least:
            limit = as_fraction(size(gradient)) / 10**20
            if as_fraction(gap) >= limit or int(least[1]) != magnitude(limit) + 1:
                out.faults.append(f"{row[0]}: {row[-1]}, but {float(gap)}")
        else:
            self._number(row[-1], gap, Digits(significant=1), out)

    def _sides(self, row: list[str], name: str, t: int, out: Found) -> None:
        self._value(row[3].strip("$"), f"∂L/∂{name}", t, out)
        found = []
        for cell, sign in zip(row[1:3], (-1, 1), strict=True):
            try:
                near, far = (
                    (self._moved((name,), t, sign, more) - self._true_loss(t))
                    / (sign * Fraction(10) ** (self._h - more))
                    for more in (6, 0)
                )
            except ValueError:  # a logarithm
                if cell != "not defined":
                    out.faults.append(f"{name}: {cell}")
                continue
            found.append(near)
            if (size(near) > 1000 * size(far)) != (cell == "a jump"):
                out.faults.append(f"{name}: {cell}, and nearer {float(near)}")
            elif cell != "a jump":
                self._number(cell, far, self._digits, out)
        if len(found) == 2 and found[0] == found[1]:
            out.faults.append(f"{name}: both sides agree")

    def _number(self, cell: str, value: Number, digits: Digits, out: Found) -> None:
        out.numbers += 1
        node = self.number(cell.strip("$"))
        printed = literal(node)
        if printed is None:
            raise Unreadable(cell)
        if wrong := fault(text_of(node), value, digits):
            out.faults.append(wrong)

    # ------------------------------------------------------------------ sentences

    def quotient(self, place: Place, out: Found, step: str, *losses: str) -> None:
        """What is done, and how large h is."""
        if int(step) != self._h:
            out.faults.append(f"h is 10^{self._h}, not 10^{step}")
        self.loss_letters(place, out, *losses)

    def loss_letters(self, place: Place, out: Found, *losses: str) -> None:
        """The loss has its own letter."""
        for letter in losses:
            node = parse(letter, self.world.symbols)
            if not isinstance(node, Sym) or node.name != "L":
                out.faults.append(f"{letter} is not the loss")

    def count_all(self, place: Place, out: Found, count: str) -> None:
        """The sentence says of how many parameters these are the first."""
        if int(count.replace(",", "")) != len(self._parameters_of_all()):
            out.faults.append(f"{count} parameters")

    # ------------------------------------------------------------------ the reference

    @property
    def _h(self) -> int:
        if self.step is None:
            raise Unreadable("a quotient without an h")
        return self.step

    def _parameters_of_all(self) -> list[str]:
        names = []
        for number, layer in enumerate(self.spec.layers, 1):
            for j, row in enumerate(layer.weights, 1):
                columns = range(1, len(row) + 1)
                names += [f"W[{number}][{j}][{i}]" for i in columns if (j, i) not in layer.missing]
            if layer.bias is not None:
                letter = "theta" if layer.threshold else "b"
                units = 1 if layer.shared else layer.units
                names += [f"{letter}[{number}][{j}]" for j in range(1, units + 1)]
        return names

    def _true(self, name: str, t: int) -> Number:
        return self.world.true[f"dL/d{name}", t, None]

    def _true_loss(self, t: int) -> Number:
        return batch_loss(self.spec, self._start(t), self.spec.batch_of(t))

    def _start(self, t: int) -> Parameters:
        true = self.world.true
        return Parameters(
            [
                [
                    [true.get((f"W[{n}][{j}][{i}]", t, None), Fraction(0)) for i in range(1, len(row) + 1)]
                    for j, row in enumerate(layer.weights, 1)
                ]
                for n, layer in enumerate(self.spec.layers, 1)
            ],
            [
                None
                if layer.bias is None
                else [
                    true[f"{'theta' if layer.threshold else 'b'}[{n}][{j}]", t, None]
                    for j in range(1, layer.units + 1)
                ]
                for n, layer in enumerate(self.spec.layers, 1)
            ],
        )

    @cache  # noqa: B019
    def _moved(self, names: tuple[str, ...], t: int, sign: int, more: int = 0) -> Number:
        """The loss with these parameters moved by ±h, or by 10^more less."""
        p, h = self._start(t), sign * Fraction(10) ** (self._h - more)
        for name in names:
            _, at = indices(name)
            layer = self.spec.layers[at[0] - 1]
            if name[0] == "W":
                p.weights[at[0] - 1][at[1] - 1][at[2] - 1] += h
                continue
            biases = p.biases[at[0] - 1]
            assert biases is not None
            for unit in range(layer.units) if layer.shared else [at[1] - 1]:
                biases[unit] += h
        return batch_loss(self.spec, p, self.spec.batch_of(t))


__all__ = ["Quotients", "Real"]
