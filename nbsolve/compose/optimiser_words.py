"""What a page says about an optimiser: the words of its own record, and its rule as formulae."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.compose.sentences import enumerated, set_between, set_in, with_commas
from nbsolve.document import Block, Derivation, Inline, Line, Math, Paragraph, Text
from nbsolve.equations.updating import opposite
from nbsolve.expr import Expr, Negation, Quantity, Quotient, Sum, Variable, literal, walk, with_variables
from nbsolve.phrases import PhraseId, phrase, phrase_of
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import Choice, GraphTraining, Training
from nbsolve.solving.rates import RATE, rate_formula, rates_given
from nbsolve.solving.update import NORM, UPDATES, setting
from nbsolve.symbol import LEARNING_RATE, Symbol

__all__ = [
    "changes",
    "clip_passages",
    "clip_words",
    "kept_words",
    "optimiser_stated",
    "optimiser_text",
    "optimiser_words",
    "rate_words",
    "rule_letters",
    "schedule_words",
]


def kept_words(updates: int) -> str:
    """What stands before the state that an optimiser starts with, after so many updates."""
    if updates == 1:
        return phrase("statement.kept_after_one")
    return phrase("statement.kept_after" if updates else "statement.kept", count=str(updates))


def optimiser_words(optimiser: Choice, key: str, **slots: str) -> str:
    """The phrase `optimisers.NAME.key`, with the values of the optimiser's parameters in it."""
    own = {name: given.text for name, given in optimiser.parameters.items()}
    return phrase_of("optimisers.", optimiser.name, key, **{"rate": own["learning_rate"], **own, **slots})


def optimiser_text(optimiser: Choice, key: str, changing: bool = False) -> Text:
    """The phrase `optimisers.NAME.key` with the learning rate as a formula; `changing`: as its letter, since it is
    not the same in every update.
    """
    rate = Quantity(RATE) if changing else literal(optimiser.parameters["learning_rate"])
    words = optimiser_words(optimiser, key, rate="\0rate\0", count="\0count\0")
    return set_between(words, {"rate": Math(rate), "count": Math(Quantity(UPDATES))})


def optimiser_stated(
    before: Text, optimiser: Choice, after: str = "", upwards: bool = False
) -> Iterator[Block]:
    """An optimiser at the end of a sentence: what it is called, and its rule as equations where a question must say
    which rule is meant; `after` ends a sentence without equations. `upwards`: the rule is that of ascent, with the
    opposite of the optimiser's change.
    """
    named, ruled, _ = optimiser_words(optimiser, "given", settings="\0", rule="\1").partition("\1")
    name, _, end = named.partition("\0")
    if not ruled:
        yield Paragraph((*before, f"{name}{after}"))
        return
    yield Paragraph((*before, name, *_settings(optimiser), end.rstrip()))
    yield Derivation(tuple(_rule(optimiser, upwards)))


def _settings(optimiser: Choice) -> Iterator[Inline]:
    """The settings that have letters in the rule, ` with β₁ = 0.9 and β₂ = 0.999`."""
    letters = optimiser_of(optimiser).letters
    equations = [Math(Quantity(setting(name)), "=", literal(optimiser.parameters[name])) for name in letters]
    if equations:
        yield phrase("rule_letters.settings") + " "
        yield from enumerated([[equation] for equation in equations])


def rule_letters(training: Training | GraphTraining) -> Iterator[Text]:
    """What g, w, t and G are in the rules that are stated, and what is kept from one update to the next."""
    stated = [training.optimiser]
    if isinstance(training, GraphTraining) and training.compare_with is not None:
        stated.append(training.compare_with)
    stated = [one for one in stated if "\0" in optimiser_words(one, "given", settings="", rule="\0")]
    records = [record for record in map(optimiser_of, stated) if not record.straight]
    if not records:
        return
    formulae = [f for one in records for f in (one.change, *(equation.formula for equation in one.equations))]
    pieces = [*set_in("rule_letters.gradient", gradient=Math(Variable("g")), parameter=Math(Variable("w")))]
    if any(node == Variable("t") for formula in formulae for node in walk(formula)):
        pieces += set_in("rule_letters.number", number=Math(Quantity(UPDATES)))
    if any(one.clip == "norm" for one in stated):
        pieces += set_in("rule_letters.norm", norm=Math(Quantity(NORM)))
    kept = list(dict.fromkeys(equation.name for one in records for equation in one.kept))
    if not kept:
        yield (*pieces, ".")
        return
    listed = enumerated([[Math(Quantity(Symbol.weight().state(name)))] for name in kept])
    start: PhraseId = "rule_letters.kept_none"  # from nothing: all that is kept, or what is not given
    if not training.state:
        start = "rule_letters.kept_all"
    elif {*kept} - {*training.state}:
        start = "rule_letters.kept_some"
    yield (*pieces, ". ", *set_in(start, kept=listed), ".")


def rate_words(training: Training | GraphTraining) -> Iterator[Text]:
    """The learning rate, or the rates in their order, or the schedule that gives them."""
    words, rate = phrase("statement.learning_rate") + " ", training.optimiser.parameters["learning_rate"]
    if isinstance(training, Training) and training.own_rates:
        return
    if training.rates:
        rates = with_commas(Math(literal(one)) for one in training.rates)
        yield (phrase("statement.learning_rates") + " ", *rates)
    elif training.schedule is None:
        yield (words, Math(Quantity(RATE), "=", literal(rate)))
    else:
        name = training.schedule.name
        yield (
            words,
            Math(Quantity(RATE), "=", rate_formula(name)),
            f" ({phrase_of('schedules.', name, 'given')})",
        )
        for symbol, given in rates_given(training, 1):
            if symbol.stem != "k":
                yield (Math(Quantity(symbol), "=", literal(given)),)


def changes(training: Training | GraphTraining) -> bool:
    """Whether the learning rate is not the same in every update."""
    own = isinstance(training, Training) and bool(training.own_rates)
    return own or training.schedule is not None or bool(training.rates)


def schedule_words(training: Training | GraphTraining) -> Iterator[Text]:
    """How the learning rate changes, where it does."""
    if training.schedule is not None:
        name = training.schedule.name
        formula = Math(Quantity(RATE), "=", rate_formula(name))
        yield (phrase_of("schedules.", name, "convention") + ": ", formula)
    elif training.rates:
        yield (phrase("conventions.rates"),)
    elif changes(training):
        yield (phrase("conventions.own_rates"),)


def clip_words(optimiser: Choice) -> Iterator[Text]:
    """The convention by which gradients are clipped before an update, where they are."""
    if optimiser.clip:
        yield _clip_set_in(
            "conventions.clip_norm" if optimiser.clip == "norm" else "conventions.clip_value", optimiser
        )


def clip_passages(optimiser: Choice) -> Iterator[Text]:
    """What is done to gradients before the update that follows, where they are clipped."""
    if optimiser.clip:
        yield _clip_set_in(
            "passages.clip_norm" if optimiser.clip == "norm" else "passages.clip_value", optimiser
        )


def _clip_set_in(key: PhraseId, optimiser: Choice) -> Text:
    norm, limit = Quantity(NORM), Quantity(setting("clip"))
    formulae = {
        "norm": Math(norm),
        "limit": Math(limit),
        "low": Math(Negation((limit,))),
        "share": Math(Quotient((limit, norm))),
        "size": Math(limit, "=", literal(optimiser.parameters["clip"])),
    }
    return set_in(key, **formulae)


def _rule(optimiser: Choice, upwards: bool) -> Iterator[Line]:
    """The optimiser's equations for any parameter w with gradient g."""
    record, any_one = optimiser_of(optimiser), Symbol.weight()
    w: Expr = Variable("w")
    slots: dict[str, Expr] = {
        name: Quantity(setting(name)) if name in record.letters else literal(given)
        for name, given in optimiser.parameters.items()
    }
    slots |= {
        "learning_rate": Quantity(LEARNING_RATE),
        "gradient": Variable("g"),
        "parameter": w,
        "t": Quantity(UPDATES),
        "norm": Quantity(NORM),
    }
    for equation in record.equations:
        old = Quantity(any_one.state(equation.name))
        slots[equation.name] = slots[f"old_{equation.name}"] = old
    for equation in record.equations:
        new = Quantity(any_one.state(equation.name, equation.kept))
        yield Line((("=", with_variables(equation.formula, slots)),), new)
        slots[equation.name] = new
    new_w = Quantity(any_one.state("parameter", new=True))
    change = with_variables(record.change, slots)
    yield Line((("=", Sum((w, opposite(change) if upwards else change))),), new_w)
