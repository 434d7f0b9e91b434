"""The sentences of a computation graph's page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from nbsolve.checking.audit.chain_parts import text_of, written
from nbsolve.checking.audit.display import Chain, read_display, relation_chain
from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.graph_page import BOXES, PATHS, GraphPage, Place
from nbsolve.checking.audit.graph_quotients import SECTION
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import literal
from nbsolve.checking.audit.page import split_inline, squeezed
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.slots import (
    QUANTITY,
    SETTINGS,
    Wanted,
    filled_as,
    formula_fault,
    number_of,
    read,
    sign_fault,
)
from nbsolve.checking.audit.training_words import KEPT, beside_faults, training_faults
from nbsolve.checking.audit.tree import Sym
from nbsolve.checking.audit.update_rule import UpdateRule, letters_said, rule_of
from nbsolve.checking.oracle.graph_reading import entries
from nbsolve.checking.oracle.numbers import Number
from nbsolve.checking.oracle.rounding import as_fraction, fault

FIXED = {
    "The equation:": "The problem", "The equations, in the order in which they are computed:": "The problem",
    "From the result backwards: the gradient with respect to a quantity is the gradient with respect to what was"
    " computed from it, times the local derivative between the two.": "Backward pass",
    "Nothing leads from these to what is differentiated:": "Backward pass",
}  # fmt: skip
STEPS = {"descent": "against", "ascent": "along"}
BESIDE = "For comparison, from the same starting point, "
TIES = {
    "max": "max at a tie passes the gradient to its first operand, and none at a tie with a constant",
    "min": "min at a tie passes the gradient to its first operand, and none at a tie with a constant",
    "relu": "the derivative of ReLU at 0 is taken as 0",
    "abs": "the derivative of the absolute value at 0 is taken as 0",
}


class GraphSentences(GraphPage):
    """Checks each sentence by the numbers and letters in it."""

    # ------------------------------------------------------------------ sentences

    def _text(self, source: str, position: int, place: Place, out: Found) -> None:
        out.numbers += len(re.findall(r"\d+", source))
        words = " ".join(source.split())
        if place.box == BOXES[0]:
            self._convention(words, out)
        elif self.paths is not None and place.section == PATHS and not place.box:
            self.paths.sentence(words, out)
        elif squeezed(source) in self._authored():
            return
        elif place.section == SECTION:
            out.faults += self.quotients.sentence(words)
        elif (slots := filled_as(self._texts(), source)) is not None:
            for asked, printed in slots:
                out.faults += self._slot(read(asked), printed)
        elif words in FIXED:
            out.faults += [] if FIXED[words] == place.section else [f"not in {FIXED[words]}"]
        elif words.startswith("Given: "):
            letters = [name for name in self.world.graph.given if "[" not in name]
            self._listed(words.removeprefix("Given: "), letters, self.node["given"], out)
        elif words.startswith("Values read outside an array: "):
            padding = self.node["padding"]
            self._padding(words.removeprefix("Values read outside an array: "), padding, out)
        elif words.startswith("The gradient that comes in: "):
            self._incoming(words.removeprefix("The gradient that comes in: "), out)
        elif words.startswith("This iteration starts from "):
            self._start(
                words.removeprefix("This iteration starts from ").removesuffix("."), place.iteration, out
            )
        elif (wrong := self.steps.faults(words, position, place.section)) is not None:
            out.faults += wrong
        elif words.startswith("Back through ") or ", back through " in words:
            plain, faults = self.steps.through(words, position)
            out.faults += faults
            self._through(plain, out)
        elif " is used by " in words:
            self._reused(words, position, out)
        elif words.startswith(("Gradient ", "Training of ")):
            out.faults += training_faults(words, self.rule, self.node["training"], self._names)
        elif self.paths is not None and words.startswith(BESIDE):
            out.faults += beside_faults(words, rule_of(self.paths.worlds[1].training))
        elif (told := letters_said(words, self._rules(), self._state())) is not None:
            out.faults += told
        elif KEPT.fullmatch(words):
            self._kept(words, out)
        elif words.startswith("**("):
            self.asked.check(words, out, self._names)
            if self.paths is not None and "the same steps with" in words:
                out.faults += [] if f"the same steps with {self.paths.names[1]}," in words else [words]
        elif (said := self.rule.passage(words)) is not None and place.section == "Update":
            out.faults += said
        elif place.section == "Update":
            way = STEPS[self.node["training"].get("direction", "descent")]
            numbers = set(re.findall(r"\d+", words)) - {"0"}  # started at 0
            if "$" in words or numbers or (words.startswith("Each parameter") and f" {way} " not in words):
                out.faults.append(words)
        else:
            out.faults.append(f"nobody knows: {words}")

    def _slot(self, wanted: Wanted, printed: str) -> Iterator[str]:
        """One live number: its value, its digits, the sign before it."""
        first = self.asked.shown({})[0]
        t = first if wanted.at is None else wanted.at or len(self.world.iterations)
        texts = self.world.training.texts

        def name_of(quantity: str) -> str:
            name = SETTINGS.get(quantity, quantity)
            return name if name in texts else next(self.asked.one(quantity))

        def value_of(quantity: str) -> Number:
            name = name_of(quantity)
            return Fraction(texts[name]) if name in texts else self.world.value(name, t, carried=True)

        single = wanted.digits is None and QUANTITY.fullmatch(wanted.formula) is not None
        if single and name_of(wanted.formula) not in texts:
            yield from self._cell(name_of(wanted.formula), number_of(printed), t)
        else:
            yield from formula_fault(wanted, printed, value_of, self.answers)
        if single:
            yield from sign_fault(wanted, printed, value_of(wanted.formula))

    def _authored(self) -> set[str]:
        return {squeezed(str(text)) for text in self._texts() if text}

    def _texts(self) -> list[str]:
        """The author's texts."""
        texts = [self.node.get("statement", ""), *self.node.get("pitfalls", [])]
        texts += [f"Source: {self.node['source']}"] if "source" in self.node else []
        parts = [part for part in self.asked.parts if "text" in part]
        texts += [f"**({part['label']})** {part['text']}{self.asked.marks(part)}" for part in parts]
        return texts

    def _formulae(self, source: str, between: str = ", ") -> list[Chain]:
        parts = split_inline(source)
        if any(part != between for formula, part in parts if not formula):
            raise Unreadable(f"not a list: {source}")
        return [relation_chain(read_tokens(part)) for formula, part in parts if formula]

    def _listed(self, source: str, names: list[str], given: object, out: Found) -> None:
        chains = self._formulae(source)
        found = [self.chains.parse(chain.target) for chain in chains]
        if [node.name if isinstance(node, Sym) else "?" for node in found] != names:
            out.faults.append(f"{source} where {names} are given")
            return
        for name, chain in zip(names, chains, strict=True):
            expected = [("=", written(given[name]))] if isinstance(given, dict) else []
            if [(r, text_of(self.chains.parse(x))) for r, x in chain.items] != expected:
                out.faults.append(f"{name} is given as {expected}")

    def _padding(self, source: str, padding: dict[str, str], out: Found) -> None:
        chains = self._formulae(source)
        expected = []
        for name, number in padding.items():
            letters = "ijk"[: len(self.world.graph.shapes[name])]
            expected.append((read_tokens(self.world.letters.entry(f"{name}[{','.join(letters)}]")), number))
        found = [(c.target, text_of(self.chains.parse(x))) for c in chains for r, x in c.items if r == "="]
        if found != [(target, written(number)) for target, number in expected]:
            out.faults.append(f"{source} where {padding} is given")

    def _incoming(self, source: str, out: Found) -> None:
        flat = _flat(self.node["upstream"])
        seeds = list(self.world.graph.seeds)
        names = [f"∂{self.world.graph.of}/∂{one}" for one in seeds]
        numbers = flat * (len(seeds) if len(flat) == 1 else 1)
        self._listed(source, names, dict(zip(names, numbers, strict=True)), out)

    def _start(self, source: str, t: int, out: Found) -> None:
        chains = self._formulae(source)
        names = [getattr(self.chains.parse(chain.target), "name", "?") for chain in chains]
        if names != self.world.trained:
            out.faults.append(f"{names} where {self.world.trained} are trained")
            return
        for name, chain in zip(names, chains, strict=True):
            ((relation, texts),) = chain.items
            end = literal(self.chains.parse(texts))
            value = self.world.value(name, t, carried=True)
            if end is None:
                out.faults.append(f"{name} starts from no number")
                continue
            exact = as_fraction(value) == end[0]
            printed = ("-" if end[0] < 0 else "") + end[1].text
            wrong = None
            if not exact:
                wrong = fault(
                    printed,
                    value,
                    replace(self.between, significant=None, decimals=end[1].decimals, minimum=0),
                )
                wrong = wrong or "; ".join(self.chains._digits(name, self.chains.parse(texts), value))
            if wrong or (relation == "=") != exact:
                out.faults.append(f"{name} starts {relation} {printed}: {wrong}")

    def _through(self, words: str, out: Found) -> None:
        """`Back through $q = x + y$: an addition …`."""
        (_, _), (_, formula), (_, after) = split_inline(words)
        chain = relation_chain(read_tokens(formula))
        if chain.target not in self.chains.general:
            raise Unreadable(f"no equation: {formula}")
        out.faults += self.chains.equation(chain, ranges=False)
        if re.search(r"\d", after):
            out.faults.append(after)

    def _reused(self, words: str, position: int, out: Found) -> None:
        words, said, rest = words.partition(" From ")
        if said and not rest.endswith(", everything else held fixed."):
            out.faults.append(f"nobody knows: {said}{rest}")
        target = self.chains.parse(read_display(self.blocks[position + 1].source)[0].target)
        below = target.name.partition("/∂")[2].partition("[")[0] if isinstance(target, Sym) else "?"
        stepped = self.steps.used(below)
        if stepped is not None:
            pieces = [part for formula, part in split_inline(words) if formula]
            found, right = [*map(read_tokens, pieces)], [*map(read_tokens, stepped)]
            if found[:1] != right[:1] or sorted(found) != sorted(right):
                out.faults.append(f"{pieces} where {stepped} is right")
            return
        one, *users = [name.removeprefix("whole ") for name in self._names(words)]
        known = [
            user
            for user in self.world.equations
            if any(
                one == read.partition("[")[0] and entry in self.world.leading
                for entry in entries(user, self.world.graph.shapes[user])
                for read in self.world.reading[entry]
            )
        ]
        if sorted(users) != sorted(known) or re.search(
            r"\d", "".join(p for f, p in split_inline(words) if not f)
        ):
            out.faults.append(f"{one} is used by {known}")
        if below != one:
            out.faults.append(f"the lines below are not about {one}")

    def _rules(self) -> list[UpdateRule]:
        """Those that the page states: that of its optimiser, and of the one that it is compared with."""
        return [self.rule, *([] if self.paths is None else [rule_of(self.paths.worlds[1].training)])]

    def _state(self) -> set[str]:
        """What is given of what the optimiser keeps."""
        return {*self.node.get("training", {}).get("state", {})} - {"t"}

    def _kept(self, words: str, out: Found) -> None:
        """How many updates were made before, and what the optimiser has kept from them of single quantities."""
        said = KEPT.fullmatch(words)
        if said is None:
            raise Unreadable(words)
        world = self.world
        if int((said["count"] or said["alone"] or "0").replace("one", "1")) != world.training.before:
            out.faults.append(f"{said['count']} updates, not {world.training.before}")
        kinds = [kind for kind in world.training.kept if kind in self.node["training"].get("state", {})]
        names = [f"{kind}_{one}" for one in world.trained if "[" not in one for kind in kinds]
        if said["kept"] or names:
            given = {name: world.training.given(name, 1) for name in names}
            self._listed(said["kept"] or "", names, given, out)

    def _convention(self, words: str, out: Found) -> None:
        faults = self.rule.convention(words)
        if faults is not None:
            out.faults += faults
            return
        seed = f"∂{self.world.graph.of}/∂{self.world.graph.of}"
        formulae = [part for formula, part in split_inline(words) if formula]
        plain = "".join(part for formula, part in split_inline(words) if not formula)
        rounding = {
            n for d in (self.answers, self.between) for n in (d.decimals, d.significant, d.minimum) if n
        }
        if formulae == ["L"] and self.world.graph.of == "L":
            formulae = []
        elif formulae:
            chain = relation_chain(read_tokens(formulae[0]))
            target = self.chains.parse(chain.target)
            items = [(r, text_of(self.chains.parse(x))) for r, x in chain.items]
            if (
                len(formulae) > 1
                or not isinstance(target, Sym)
                or target.name != seed
                or items != [("=", "1")]
            ):
                out.faults.append(f"{words}: {seed} is 1")
        numbers = [int(number) for number in re.findall(r"\d+", plain)]
        if plain.startswith(("calculated exactly", "every value is rounded")):
            if not set(numbers) <= rounding or self._main_digits() - set(numbers):
                out.faults.append(f"{numbers} digits instead of {rounding}")
            if self._order() is not None and numbers[: len(self._order() or ())] != self._order():
                out.faults.append(f"{numbers} digits in another order than {self._order()}")
        elif plain.startswith("entries of arrays"):
            out.faults += [] if numbers == [1] else [plain]
        elif plain.startswith("L is") or "gradient that comes in" in plain or "gradient 1" in plain:
            out.faults += [] if set(numbers) <= {1} else [plain]
        elif plain in TIES.values():
            out.faults += (
                [] if any(TIES[name] == plain and name in self._formulas() for name in TIES) else [plain]
            )
        elif numbers:
            out.faults.append(plain)

    def _main_digits(self) -> set[int]:
        return (
            {d.decimals or d.significant or 0 for d in (self.between,)}
            if self.world.each_step
            else {d.decimals or d.significant or 0 for d in (self.answers, self.between)}
        )

    def _order(self) -> list[int] | None:
        """The numbers of the sentence about rounding where no least number of digits stands among them."""
        if self.answers.minimum or self.between.minimum:
            return None
        both = [self.between] if self.world.each_step else [self.between, self.answers]
        return [d.decimals or d.significant or 0 for d in both]

    def _formulas(self) -> str:
        return " ".join(map(str, self.node["equations"].values())).lower()


def _flat(node: object) -> list[str]:
    return [leaf for one in node for leaf in _flat(one)] if isinstance(node, list) else [str(node)]
