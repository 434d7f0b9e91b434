"""Live numbers in authors' texts: read off the file by rules of its own, and recomputed."""

from __future__ import annotations

import re
from fractions import Fraction

from nbsolve.checking.audit.evaluate import Unknown
from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.page import squeezed
from nbsolve.checking.audit.words import Words
from nbsolve.checking.oracle import own
from nbsolve.checking.oracle.numbers import Number, Real
from nbsolve.checking.oracle.rounding import Digits, as_fraction, fault, read_printed

_SLOT = re.compile(r"\{\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})+)\}\}")
_NUMBER = r"(\$?(?:=|\\approx)?[-−]?[\d.]+(?:\\cdot10\^\{-?\d+\})?\$?)"
_NAME = r"(?:\\[a-z]+ ?)?[A-Za-z]+[0-9]*[a-z]*(?:_\{[^{}]*\}|_\w+|\^\{\(\d\)\}|\[[\d:]+\])*(?: new)?"
_QUANTITY = re.compile(rf"d{_NAME}/d{_NAME}|{_NAME}")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(r"text|mathit|mathrm|\W|_")


class LiveWords(Words):
    """Authors' texts with places for numbers."""

    def live_slots(self, line: str) -> list[tuple[str, str]] | None:
        """What each place of an author's text asks for and what stands there; None for any other text."""
        for text in self.authored:
            pieces = _SLOT.split(text)
            if len(pieces) > 1:
                fixed = [re.escape(squeezed(_LINK.sub(r"\1", piece))) for piece in pieces[::2]]
                found = re.fullmatch(_NUMBER.join(fixed), squeezed(_LINK.sub(r"\1", line)))
                if found:
                    return [*zip(pieces[1::2], found.groups(), strict=True)]
        return None

    def check_slot(self, asked: str, printed: str, out: Found) -> None:
        """One number: its value, its digits, and the sign that stands before it."""
        out.numbers += 1
        asked = " ".join(asked.split())
        wanted = re.search(r" ?: (\d+) (decimals|significant)$", asked)
        formula = asked[: wanted.start()] if wanted else asked
        at = re.search(r" at (\d+)$", formula)
        t = int(at[1]) if at else min(self.spec.show)
        formula = formula[: at.start()] if at else formula
        signed = formula.startswith("=")
        formula, text = formula.removeprefix("="), printed.strip("$")
        relation = re.match(r"=|\\approx", text)
        text = text[relation.end() :] if relation else text
        if (relation is not None) != signed:
            out.faults.append(f"{asked}: {printed}")
        try:
            if wanted is None and _QUANTITY.fullmatch(formula.strip()):
                self._value(text, self.called(formula.strip()), t, out)
            else:
                digits = Digits(**{wanted[2]: int(wanted[1])}) if wanted else self.chains.answers
                wrong = fault(text, self._worth(formula, t), digits)
                out.faults += [f"{asked}: {wrong}"] if wrong else []
            exact = self._worth(formula, t) == read_printed(text)[0]
        except (Unknown, KeyError):
            # what a page with rounded steps does not write down is rounded on a way of its own
            if not self.world.each_step:
                raise
            value, truth = read_printed(text)[0], as_fraction(self._worth(formula, t, carried=False))
            exact = False
            if abs(value - truth) > abs(truth) / 100:
                out.faults.append(f"{asked}: printed {printed}, right is about {float(truth):.4g}")
        if signed and relation is not None:
            right = "=" if exact else "\\approx"
            if relation[0] != right and not (self.world.each_step and relation[0] == "\\approx"):
                out.faults.append(f"{asked}: {relation[0]}")

    def _worth(self, formula: str, t: int, *, carried: bool = True) -> Number:
        """The formula's value, quantities of other iterations in it."""
        point: dict[str, Number] = {}

        def put(match: re.Match[str], at: int) -> str:
            text = match[0]
            if text in own.FUNCTIONS or re.fullmatch(r"q\d+", text):
                return text
            value = self.world.value(self.called(text), at, carried=carried)
            assert isinstance(value, (Fraction, Real))
            point[f"q{len(point)}"] = value
            return f"q{len(point) - 1}"

        placed = re.sub(
            r"\(([^()]*(?:\(\d\)[^()]*)?) at (\d+)\)",
            lambda m: _QUANTITY.sub(lambda q: put(q, int(m[2])), m[1]),
            formula,
        )
        return own.value(_QUANTITY.sub(lambda q: put(q, t), placed), point)

    def called(self, text: str) -> str:
        """The name in the audit of what an author calls `dJ/db_2`, `W[1][2][2]` or `w5 new`."""
        if re.fullmatch(rf"d{_NAME}/d{_NAME}", text):
            top, bottom = (self.called(side[1:]) for side in text.split("/"))
            return f"∂{top}/∂{bottom}"
        bare = text.removesuffix(" new").removesuffix("_new")
        name = self._canonical(bare)
        if bare == text:
            return name
        letter = re.match("[A-Za-z]+", name)
        assert letter is not None
        return name.replace(letter[0], f"{letter[0]}_new", 1)

    def _canonical(self, text: str) -> str:
        if text == "L" or "[" in text:
            return text
        wanted = _MARKUP.sub("", text)
        found = {n for texts, n in self.world.symbols.items() if _MARKUP.sub("", "".join(texts)) == wanted}
        if len(found) != 1:
            raise Unreadable(f"{text} means {sorted(found)}")
        return found.pop()
