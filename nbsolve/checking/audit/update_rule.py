"""The rule of an optimiser as a page states it: its equations, its settings, its schedule, its clipping.

Equations hold for any parameter w with gradient g, whatever the numbers are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from random import Random

from nbsolve.checking.audit.chain_parts import text_of, written
from nbsolve.checking.audit.display import Chain, Texts, relation_chain
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.found import same
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import tidy
from nbsolve.checking.audit.optimising import CALLED_OPTIMISERS, SETTINGS, STATES, found_by
from nbsolve.checking.audit.page import split_inline
from nbsolve.checking.audit.parser import read_tokens, whole
from nbsolve.checking.audit.tree import Node, Sym, children
from nbsolve.checking.oracle import optimisers, rates
from nbsolve.checking.oracle.numbers import Number
from nbsolve.checking.oracle.optimisers import marked
from nbsolve.checking.oracle.training import Training

NUMBERED = {"step": ["0"]} | {
    name: ["1"] for name in ("exponential", "inverse", "cosine", "linear", "warmup")
}
"""The numbers in the sentence of a schedule: `the first update, t = 1, has the whole of it`."""
CLIPPED = {"norm": "gradients are clipped by the norm ", "value": "each gradient is clipped by "}
CLIPS = {
    "norm": "First, the gradients are clipped by their norm ",
    "value": "First, each gradient is clipped to ",
}
CLIPPING = {
    ("convention", "norm"): ["G", "c = LIMIT", "G"],
    ("convention", "value"): ["-c", "c", "c = LIMIT"],
    ("passage", "norm"): ["G", "c", r"\frac{c}{G}"],
    ("passage", "value"): ["-c", "c"],
}
"""The formulae of the sentences about clipping, in their order."""
LETTERS = re.compile(
    r"Here \$(?P<g>[^$]*)\$ is the gradient with respect to the parameter \$(?P<w>[^$]*)\$"
    r"(?:, \$(?P<t>[^$]*)\$ the number of the update)?"
    r"(?:, \$(?P<G>[^$]*)\$ the norm of the gradients of all parameters)?\."
    r"(?: The optimiser keeps (?P<kept>.*?) from one update to the next(?P<start>, starting at 0[^.]*)?\.)?"
)
COUNTING = {"adam", "adam_epsilon_inside", "adamw", "adamax", "amsgrad", "nadam", "nadam_simplified"}
"""The optimisers whose rules have the number of the update in them."""
SAID = r"started at 0\b|the sign of 0 is 0|the updates from 1\b|it is 1 in the paper"
"""What has a number in the sentences about optimisers."""


@dataclass(frozen=True)
class UpdateRule:
    """`texts` are the optimiser's settings as given; a `penalised` one calls its decay λ′, `ascent` goes up.

    `own_rates`: each parameter has its own learning rate; `rate` is the learning rate's letter.
    """

    optimiser: str
    texts: Mapping[str, str]
    schedule: rates.Schedule
    clip: rates.Clip
    penalised: bool = False
    ascent: bool = False
    own_rates: bool = False
    rate: str = r"\eta"

    @property
    def called(self) -> str:
        """What pages call the optimiser."""
        return CALLED_OPTIMISERS.get(self.optimiser, "gradient descent")

    @cached_property
    def letters(self) -> dict[Texts, str]:
        """The letters of the rule for any parameter."""
        found = {("w",): "w", ("g",): "g", read_tokens(r"w^{\text{new}}"): "w_new", ("t",): "t"}
        found[read_tokens(self.rate)] = "learning_rate"
        for kind in found_by(self.optimiser, self.clip):
            found[read_tokens(STATES[kind])] = kind
            found[read_tokens(STATES[kind] + r"^{\text{new}}")] = f"{kind}_new"
        for name, letter in SETTINGS.items():
            if name in self.texts:
                found[read_tokens(letter + (r"^{\prime}" if self.penalised and name == "decay" else ""))] = (
                    name
                )
        if self.clip:
            found |= {("G",): "norm", ("c",): "clip"}
        if self.schedule.name:
            found |= {read_tokens(self.rate + "_0"): "start", ("k",): "k"}
            for name, latex in rates.LETTERS[self.schedule.name].items():
                found[read_tokens(latex)] = name
        return found

    # ------------------------------------------------------------------ equations

    def equations(self, chains: Sequence[Chain]) -> Iterator[str]:
        """What is wrong of the equations and settings, which are all there, in order."""
        seen = []
        for chain in chains:
            name, node = self._read(chain)
            seen.append(name)
            if name in ("clip", *self.texts):
                given = self.clip.text if name == "clip" else self.texts[name]
                if text_of(node) != written(given):
                    yield f"{name} is {given}"
            elif name == "clipped":
                yield from self._clipping(node)
            else:
                yield from self._equation(name, node)
        wanted = [f"{one}{marked(one)}" for one in found_by(self.optimiser, self.clip)] + ["w_new"]
        after = sorted([*(one for one in SETTINGS if one in self.texts), *(["clip"] if self.clip else [])])
        if seen[: len(wanted)] != wanted or sorted(seen[len(wanted) :]) != after:
            yield f"the rule has {seen}, not {wanted} and {after}"

    def _read(self, chain: Chain) -> tuple[str, Node]:
        """What an equation finds, and its formula."""
        ((relation, texts),) = chain.items
        target = whole(chain.target, self.letters)
        if relation != "=" or not isinstance(target, Sym):
            raise Unreadable(f"no equation of a rule: {' '.join(chain.target)} {relation}")
        return target.name, tidy(whole(texts, self.letters))

    def _equation(self, name: str, node: Node) -> Iterator[str]:
        for known, results in self._points():
            values = {**known, **results, "clipped": known["g"]}
            if not same(Evaluator(values.__getitem__)(node), values[name]):
                yield f"{name} is not the rule of {self.optimiser}"
                return
        if self.clip and _mentions(node, "g"):
            yield f"{name} takes a gradient that is not clipped"

    def _points(self) -> Iterator[tuple[dict[str, Number], dict[str, Number]]]:
        """Values of what a rule starts from, and of what it finds, for some numbers that are nobody's."""
        rng = Random(11)

        def any_number() -> Fraction:
            return Fraction(rng.randrange(1, 999), 1000)

        for _ in range(3):
            known: dict[str, Number] = {name: any_number() for name in self.texts}
            t = rng.randrange(2, 5)
            known |= {"w": any_number(), "g": any_number() - 2, "t": Fraction(t)}
            kept = {kind: any_number() for kind in optimisers.KEPT[self.optimiser]}
            new, found = optimisers.update(self.optimiser, known, known["w"], known["g"], kept, t)
            results = {f"{kind}{marked(kind)}": value for kind, value in found.items()}
            yield known | dict(kept), results | {"w_new": 2 * known["w"] - new if self.ascent else new}

    def _clipping(self, node: Node) -> Iterator[str]:
        for g in (Fraction(-7, 3), Fraction(-1, 5), Fraction(2, 7), Fraction(9, 4)):
            for limit, norm in ((1, 3), (Fraction(4, 3), 1), (2, 2)):
                values: dict[str, Number] = {"g": g, "clip": Fraction(limit), "norm": Fraction(norm)}
                found = Evaluator(values.__getitem__)(node)
                if not same(found, rates.clipped(self.clip.how, values["clip"], g, values["norm"])):
                    yield f"gradients are clipped by {self.clip.how}"
                    return

    # ------------------------------------------------------------------ the schedule

    def formula_of_rate(self, chain: Chain) -> Iterator[str]:
        """What is wrong of the formula of the learning rate, which holds for any numbers."""
        name, node = self._read(chain)
        if name != "learning_rate":
            raise Unreadable("a schedule of what is no learning rate")
        for kind in range(12):
            rng = Random(kind)
            values: dict[str, Number] = {
                one: Fraction(rng.randrange(50, 950), 1000) for one in self.schedule.texts
            }
            values |= {"every": Fraction(rng.randrange(1, 4)), "updates": Fraction(rng.randrange(2, 12))}
            start, made = Fraction(rng.randrange(50, 950), 1000), rng.randrange(2, 9)
            right = rates.rate(self.schedule.name, values, start, made)
            values |= {
                "start": start,
                "t": Fraction(made),
                "k": Fraction((made - 1) // int(float(values["every"]))),
            }
            if not same(Evaluator(values.__getitem__)(node), right):
                yield f"the learning rate is no {self.schedule.name}"
                return

    def said_of_rate(self, chains: Sequence[Chain]) -> Iterator[str]:
        """`η = η₀ γ^k`, `η₀ = 0.1`, …; `η = 0.1`; or the rates that are listed."""
        if self.schedule.listed:
            found = [text_of(tidy(whole(chain.target, {}))) for chain in chains]
            wanted = [written(text) for text in self.schedule.listed]
            if found != wanted or any(chain.items for chain in chains):
                yield f"learning rates {found}, not {wanted}"
            return
        given = {
            "start" if self.schedule else "learning_rate": self.texts["learning_rate"],
            **self.schedule.texts,
        }
        if self.schedule:
            yield from self.formula_of_rate(chains[0])
            chains = chains[1:]
        said = [(name, text_of(node)) for name, node in map(self._read, chains)]
        if said != [(name, written(text)) for name, text in given.items()]:
            yield f"{said} where {given} is given"

    def rates_in(self, said: str) -> Iterator[str]:
        """What is wrong of `$η = …$ (t is the number of the update), $η₀ = 0.1$`."""
        parts = split_inline(said)
        plain = "".join(part for formula, part in parts if not formula)
        if re.search(r"\d", plain):
            yield f"a number in: {plain}"
        yield from self.said_of_rate([relation_chain(read_tokens(x)) for formula, x in parts if formula])

    # ------------------------------------------------------------------ sentences

    def passage(self, words: str) -> Iterator[str] | None:
        """What is wrong of the sentence before the update about clipping; None of any other sentence."""
        for how, start in CLIPS.items():
            if words.startswith(start):
                return self.clipping("passage", how, words)
        return None

    def convention(self, words: str) -> Iterator[str] | None:
        """What is wrong of a sentence about the update among the conventions; None of any other sentence."""
        parts = split_inline(words)
        formulae = [relation_chain(read_tokens(part)) for formula, part in parts if formula]
        plain = "".join(part for formula, part in parts if not formula)
        own = "gradient ascent" if self.ascent and self.bare else self.called
        if plain.startswith(f"{own} with learning rate "):
            return self._convention_of_rule(formulae, plain)
        if plain == "each parameter has its own learning rate":
            return iter([] if self.own_rates else [plain])
        if plain == "each update has its own learning rate, in the order in which they are listed":
            return iter([] if self.schedule.listed else [plain])
        if plain.startswith("the learning rate ") and len(formulae) == 1:
            return self._convention_of_schedule(formulae[0], plain)
        for how, start in CLIPPED.items():
            if plain.startswith(start):
                return self.clipping("convention", how, words)
        return None

    def _convention_of_rule(self, formulae: Sequence[Chain], plain: str) -> Iterator[str]:
        """`Adam with learning rate 0.1; …: m^new = …`; the bare rule of gradient descent is not stated."""
        node = tidy(whole(formulae[0].target, self.letters))
        if formulae[0].items or (
            node != Sym("learning_rate")
            if self.changing
            else text_of(node) != written(self.texts["learning_rate"])
        ):
            yield f"the learning rate in: {plain[:60]}"
        if re.search(r"\d", re.sub(SAID, "", plain)):
            yield f"a number in: {plain}"
        counted = [chain for chain in formulae[1:] if chain.target == ("t",) and not chain.items]
        if len(counted) != (self.optimiser in COUNTING):
            yield f"what counts the updates in: {plain[:60]}"
        if equations := [chain for chain in formulae[1:] if chain not in counted]:
            yield from self.equations(equations)

    @property
    def bare(self) -> bool:
        """Whether only the learning rate is said: every step is against the gradient as it is."""
        return self.optimiser == "sgd" and not self.clip

    @property
    def changing(self) -> bool:
        """Whether η stands for more than one number."""
        return self.own_rates or bool(self.schedule)

    def _convention_of_schedule(self, formula: Chain, plain: str) -> Iterator[str]:
        if re.findall(r"\d+", plain) != NUMBERED.get(self.schedule.name):
            yield f"a number in: {plain}"
        yield from self.formula_of_rate(formula)

    def clipping(self, place: str, how: str, words: str) -> Iterator[str]:
        """What is wrong of a sentence about clipping, a `convention` or a `passage`: its formulae, a number."""
        parts = split_inline(words)
        found = [read_tokens(part) for formula, part in parts if formula]
        wanted = [read_tokens(one.replace("LIMIT", self.clip.text)) for one in CLIPPING[place, how]]
        if how != self.clip.how or found != wanted:
            yield f"clipped by {self.clip}: {words}"
        if re.search(r"\d", "".join(part for formula, part in parts if not formula)):
            yield f"a number in: {words}"


def _mentions(node: Node, name: str) -> bool:
    return node == Sym(name) or any(_mentions(part, name) for part in children(node))


def letters_said(words: str, rules: Sequence[UpdateRule], state: Collection[str]) -> Iterator[str] | None:
    """What is wrong of `Here g is the gradient …, t the number of the update. …`; None of any other sentence.

    `rules`: those that the page states; `state`: what the problem gives at the start of what is kept.
    """
    found = LETTERS.fullmatch(words)
    return None if found is None else _letters_faults(found, rules, state)


def _letters_faults(
    found: re.Match[str], rules: Sequence[UpdateRule], state: Collection[str]
) -> Iterator[str]:
    letters = {texts: name for rule in rules for texts, name in rule.letters.items()}
    told = {name: whole(read_tokens(found[name]), letters) for name in "gwtG" if found[name]}
    wanted = {"g": "g", "w": "w"}
    wanted |= {"t": "t"} if any(rule.optimiser in COUNTING for rule in rules) else {}
    wanted |= {"G": "norm"} if any(rule.clip.how == "norm" for rule in rules) else {}
    if told != {name: Sym(meaning) for name, meaning in wanted.items()}:
        yield f"letters: {told}, not {wanted}"
    kept = list(dict.fromkeys(one for rule in rules for one in optimisers.KEPT[rule.optimiser]))
    said = [one.strip("$") for one in re.split(", | and ", found["kept"] or "") if one]
    if [whole(read_tokens(one), letters) for one in said] != [Sym(one) for one in kept]:
        yield f"kept are {kept}, not {said}"
    start = ", starting at 0 where nothing else is given" if state else ", starting at 0"
    if kept and found["start"] != (None if {*kept} <= {*state} else start):
        yield f"kept{found['start']}, and given are {state}"


def rule_of(training: Training) -> UpdateRule:
    """The rule of updates or of a graph."""
    return UpdateRule(
        training.optimiser, training.texts, training.schedule, training.clip, ascent=training.ascent
    )
