"""The worlds of derivations: which letters a derivation of a function or a loss has, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from random import Random

from tests.algebra import functions, joint, scalars
from tests.algebra.alphabet import Letters, Meaning, Whole
from tests.algebra.calling import Own
from tests.algebra.evaluating import Evaluator
from tests.algebra.formulas import formula
from tests.algebra.model import Model, Place, Rule
from tests.algebra.names import letter_of
from tests.algebra.page import Display, Tokens, read
from tests.algebra.points import World, between
from tests.algebra.scalars import Scalar
from tests.algebra.tree import Letter, Node

VECTORS = joint.LETTERS | {"z": "z", "a": "a", "y": "y", "p": "p", r"\varepsilon": "step", r"\ell": "share"}
NUMBERS = {
    "z": "z",
    "h": "h",
    "x": "x",
    "a": "a",
    "y": "y",
    r"\alpha": "alpha",
    r"\delta": "delta",
    "n": "n",
    "T": "T",
}
PROBABILITIES = {"binary_cross_entropy", "categorical_cross_entropy", "label_smoothing"}


@dataclass(frozen=True)
class Topic:
    """A function or a loss, and what a loss is taken through; a user's own has a formula."""

    name: str
    through: str | None = None
    formula: str | None = None
    parameters: tuple[str, ...] = ()
    loss: bool = False


def parameters(evaluator: Evaluator, _: Node) -> Mapping[str, Scalar]:
    """The parameter of an activation is the letter α of the page."""
    alpha = evaluator.model(("alpha",))
    return {"slope": alpha, "alpha": alpha}


def world(topic: Topic, pages: Sequence[Display], length: int = 3) -> World:
    """The world of one derivation; vectors have `length` entries."""
    texts = [
        token.text for page in pages for chain in page.chains for item in chain.items for token in item.tokens
    ]
    style = _style(texts)
    places = range(1, length + 1)
    table: dict[Letter, Meaning] = {}
    if style != "vector" or topic.name in functions.ACTIVATIONS:
        table |= {Letter(core): (stem,) for core, stem in NUMBERS.items()}
    table |= {Letter(core, str(i)): (stem, i) for core, stem in VECTORS.items() for i in places}
    for core in ("a", "y", "z"):
        table[Letter(rf"\mathbf{{{core}}}")] = Whole(tuple((((core, i)),) for i in places))
    table[Letter(r"\boldsymbol{\varepsilon}")] = Whole(tuple((("step", i),) for i in places))
    table |= {Letter("T"): ("T",), Letter("L"): ("L",), Letter("n"): ("n",), Letter(r"\delta"): ("delta",)}
    for name in topic.parameters:
        table[letter_of(name)] = ("parameter", name)
    for core in ("b", "g", "m", "s", "u"):
        table[Letter(core)] = (core,)
    own, own_rules = _own(topic)
    if own_rules:
        table[Letter(r"\ell")] = ("L",)
    if topic.name.startswith("cosine"):
        table |= {Letter("C"): ("C",), Letter("x"): ("x",)}
    rules = _rules(topic, style, length) | joint.rules(topic.name, length) | own_rules

    def draw(random: Random, kind: str) -> dict[Place, Fraction]:
        free: dict[Place, Fraction] = {
            ("parameter", name): between(random, "0.2", "2") for name in topic.parameters
        }
        free |= _draw(topic, random, length, one_hot=r"\mathbb" in texts and "L" in texts)
        return {place: value for place, value in free.items() if place not in rules}

    known = set(rules) | set(draw(Random(0), "any"))
    table = {
        letter: meaning for letter, meaning in table.items() if isinstance(meaning, Whole) or meaning in known
    }
    return _with_definitions(pages, table, rules, draw, own)


def _own(topic: Topic) -> tuple[Own, dict[Place, Rule]]:
    """A user's own activation as a function, or own loss as a rule."""
    if topic.formula is None:
        return {}, {}
    written = formula(topic.formula)

    def given(model: Model) -> dict[str, Scalar]:
        return {name: model(("parameter", name)) for name in topic.parameters}

    def loss(model: Model) -> Scalar:
        return written({"a": model(("a",)), "y": model(("y",)), **given(model)})

    if topic.loss:
        return {}, {("L",): loss}
    return {topic.name: lambda model: lambda z: written({"z": z, **given(model)})}, {}


def _style(texts: Sequence[str]) -> str:
    """Whether a loss is of one output, a sum over outputs or a mean: by the letters that the page uses."""
    entries = any(a in ("a", "y", "p") and b == "_" for a, b in pairwise(texts))
    if not entries:
        return "scalar"
    return "mean" if r"\frac{1}{n}" in "".join(texts) else "vector"


def _draw(topic: Topic, random: Random, length: int, *, one_hot: bool) -> dict[Place, Fraction]:
    inside = topic.name in PROBABILITIES
    low, high = ("0.05", "0.95") if inside else ("-1.5", "1.5")
    out: dict[Place, Fraction] = {("n",): Fraction(length)}
    if "softmax_with_temperature" in (topic.name, topic.through):
        out[("T",)] = between(random, "0.5", "3")
    if "softmax_with_base" in (topic.name, topic.through):
        out[("b",)] = between(random, "1.5", "4")
    out[("z",)] = between(random, "0.05", "3") * random.choice((1, -1, 1, -1, 0))
    out[("alpha",)] = between(random, "0.1", "2")
    out[("delta",)] = between(random, "0.2", "0.9")
    out[("a",)], out[("y",)] = between(random, low, high), between(random, low, high)
    out[("h",)] = between(random, "0.1", "0.9") * random.choice((1, -1))
    out[("x",)] = between(random, "-0.5", "0.5")
    for i in range(1, length + 1):
        out[("z", i)], out[("step", i)] = between(random, "-2", "2"), between(random, "-0.4", "0.4")
        out[("a", i)], out[("y", i)] = between(random, low, high), between(random, low, high)
    if topic.through is None and random.randrange(6) == 0:
        _onto_kink(out, topic, length)
    out |= joint.draw(topic.name, random)
    label = random.randint(1, length)
    if one_hot:
        out |= {("y", i): Fraction(int(i == label)) for i in range(1, length + 1)}
        out[("label",)] = Fraction(label)
    if topic.name == "categorical_hinge":
        out |= joint.rival(out, length)
    return out


def _onto_kink(out: dict[Place, Fraction], topic: Topic, length: int) -> None:
    """A prediction that is right, or a margin of exactly 1."""
    out[("a",)] = out[("y",)]
    out[("a", 1)] = out[("y", 1)]
    if topic.name == "hinge":
        rest = Fraction(1, 2 if length < 4 else 4)
        for i in range(1, length + 1):
            out[("y", i)], out[("a", i)] = Fraction(1), rest if i < 3 or length == 4 else Fraction(1, 4)
        if length == 3:
            out[("a", 2)] = Fraction(1, 4)


def _rules(topic: Topic, style: str, length: int) -> dict[Place, Rule]:
    places = range(1, length + 1)
    rules: dict[Place, Rule] = {}

    def vector(model: Model, stem: str) -> list[Scalar]:
        return [model((stem, i)) for i in places]

    warm = "softmax_with_temperature" in (topic.name, topic.through)
    raised = "softmax_with_base" in (topic.name, topic.through)
    logarithm = "log_softmax" in (topic.name, topic.through)

    def exponents(model: Model) -> list[Scalar]:
        if raised:
            return [z * scalars.ln(model(("b",))) for z in vector(model, "z")]
        return [z / model(("T",)) for z in vector(model, "z")] if warm else vector(model, "z")

    for i in places:
        rules[("p", i)] = lambda model, i=i: functions.softmax(exponents(model))[i - 1]  # type: ignore[misc]
        if logarithm:
            rules[("a", i)] = lambda model, i=i: functions.log_softmax(vector(model, "z"))[i - 1]  # type: ignore[misc]
    if topic.through == "sigmoid":
        rules[("a",)] = lambda model: functions.sigmoid(model(("z",)))
    prediction = "p" if topic.through in ("softmax", "softmax_with_temperature", "softmax_with_base") else "a"
    rules[("C",)] = lambda model: functions.cosine(vector(model, "a"), vector(model, "y"))
    each, whole = functions.EACH.get(topic.name), functions.WHOLE.get(topic.name)
    if whole is not None:
        rules[("L",)] = lambda model: whole(vector(model, "a"), vector(model, "y"))
    if each is None:
        return rules
    for i in places:
        rules[("share", i)] = lambda model, i=i: each(  # type: ignore[misc]
            model((prediction, i)), model(("y", i)), {"delta": model(("delta",))}
        )
    if style == "scalar":
        rules[("L",)] = lambda model: each(model(("a",)), model(("y",)), {"delta": model(("delta",))})
        return rules

    def total(model: Model) -> Scalar:
        shares = vector(model, "share")
        whole_loss = sum(shares[1:], shares[0])
        return whole_loss / length if style == "mean" else whole_loss

    rules[("L",)] = total
    return rules


# letters that the page defines itself (u = …)


def _with_definitions(
    pages: Sequence[Display],
    table: dict[Letter, Meaning],
    rules: dict[Place, Rule],
    draw: Callable[[Random, str], Mapping[Place, Fraction]],
    own: Own,
) -> World:
    made = World(Letters(table, functions=frozenset(own)), rules, draw, parameters, own, 1, {})
    for display in pages:
        for chain in display.chains:
            left = chain.items[0].tokens
            if len(left) == 1 and left[0].text.isalpha() and Letter(left[0].text) not in table:
                place: Place = ("defined", left[0].text)
                table[Letter(left[0].text)] = place
                rules[place] = _defined(made, chain.items[1].tokens)
    return made


def _defined(made: World, tokens: Tokens) -> Rule:
    def rule(model: Model) -> Scalar:
        point = made.point(0)
        evaluator = Evaluator(model, made.alphabet, point.number_of, made.parameters, made.own)
        return evaluator.scalar(read(tokens, made.alphabet))

    return rule
