"""The statement of a problem: its author's words or words made from the data, the data, the parts."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.asking.listing import belongs_to_sample
from nbsolve.compose.authored import asked_when, authored, parts
from nbsolve.compose.connections import connections
from nbsolve.compose.functions import given_activations, layer_name
from nbsolve.compose.given_values import values_given
from nbsolve.compose.givens import jacobian_vectors, kept, parameters, samples
from nbsolve.compose.layout import LIMIT
from nbsolve.compose.losses import loss_words
from nbsolve.compose.optimiser_words import optimiser_stated, rate_words, rule_letters
from nbsolve.compose.sentences import enumerated, with_commas
from nbsolve.document import (
    Block,
    Heading,
    Inline,
    Math,
    Paragraph,
    Text,
)
from nbsolve.expr import Atom, Quantity, literal
from nbsolve.live import Live
from nbsolve.notation import Names
from nbsolve.phrases import PhraseId, listed, phrase, phrase_of
from nbsolve.problem import wiring
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.jacobian_vectors import PRODUCTS
from nbsolve.problem.model import Part, Problem
from nbsolve.problem.parts import CLASS_WORDS
from nbsolve.solving.schedule import batch_size, shown_iterations
from nbsolve.solving.solution import Solution
from nbsolve.symbol import STRENGTH, Symbol


def statement(solution: Solution, names: Names, live: Live, attached: bool = False) -> Iterator[Block]:
    """What is given and what is asked; `attached`: what is too large to print comes with it as a file."""
    problem = solution.problem
    yield Heading(2, (phrase("sections.statement"),))
    words = live.fill(problem.statement, "statement") if problem.statement else None
    yield Paragraph((authored(problem, words, 3),) if words else (_network(problem),))
    yield from map(Paragraph, connections(problem.network))
    yield Paragraph((phrase("statement.weights"),))
    yield from parameters(solution, attached)
    yield from samples(solution, attached)
    yield from map(Paragraph, values_given(problem))
    yield from jacobian_vectors(problem)
    yield from kept(solution, attached)
    if problem.weighted:
        weights = [str(sample.weight) for sample in problem.samples]
        key: PhraseId = "statement.sample_weights" if len(weights) > 1 else "statement.sample_weight"
        yield Paragraph((phrase(key, listed=", ".join(weights)),))
    if problem.features:
        yield Paragraph((phrase("statement.features", listed=_listed(problem.features)),))
    if problem.classes:
        yield Paragraph((phrase("statement.classes", listed=_listed(problem.classes)),))
    constants = with_commas(_constants(problem))
    training = problem.training
    # a question must say which rule is meant
    if training is not None and not optimiser_of(training.optimiser).straight:
        yield from optimiser_stated((*constants, *([", "] if constants else [])), training.optimiser)
    elif constants:
        yield Paragraph(tuple(constants))
    if training is not None:
        yield from map(Paragraph, rule_letters(training))
    yield from (Paragraph(text) for text in given_activations(problem))
    own_losses = (term for term in problem.losses if term.formula is not None)
    yield from (Paragraph(loss_words(term, problem, names, kink=False)) for term in own_losses)
    yield from parts(problem, live.fill, lambda part: _asked(part, problem, names))


def _network(problem: Problem) -> str:
    inputs = problem.network.inputs
    layers = []
    for index, layer in enumerate(problem.network.layers, start=1):
        kind = "output" if index in wiring.ends(problem.network) else "hidden"
        one = "_each" if layer.activation.units else "_one" if layer.units == 1 else ""
        name = layer_name(layer)
        layers.append(phrase_of("statement.layer_", f"{kind}{one}", count=str(layer.units), activation=name))
    words = (
        phrase("statement.input_one") if inputs == 1 else phrase("statement.input_many", count=str(inputs))
    )
    return phrase("statement.network", listed=listed([words, *layers]))


def _listed(names: tuple[str, ...]) -> str:
    """`1 cat, 2 dog`, in the order of the outputs."""
    return ", ".join(f"{number} {name}" for number, name in enumerate(names, start=1))


def _constants(problem: Problem) -> Iterator[Text]:
    training = problem.training
    if training is not None:
        yield from rate_words(training)
        if training.iterations > 1:
            yield (phrase("statement.iterations", count=str(training.iterations)),)
    if problem.regulariser is not None:
        strength = literal(problem.regulariser.strength)
        strength_words = phrase("statement.strength" if training is None else "statement.strength_too")
        yield (strength_words + " ", Math(Quantity(STRENGTH), "=", strength))


def _asked(part: Part, problem: Problem, names: Names) -> Iterator[Inline]:
    asks = [*_asks(part, names, batch_size(problem) > 1)]
    long = any(isinstance(ask[0], str) and ask[0].count(" ") > 1 for ask in asks[:-1])
    yield from enumerated(asks, phrase("statement.and_words") if long else None)
    of_classes = {*part.ask} <= {*CLASS_WORDS}
    count = 1 if problem.training is None else problem.training.iterations
    if when := asked_when(part, () if of_classes else shown_iterations(problem), count):
        yield when


def _asks(part: Part, names: Names, batch: bool) -> Iterator[list[Inline]]:
    """What a part asks, one by one; after several quantities of each sample it is said once that they are."""
    of_each: list[bool] = []
    said: list[list[Inline]] = []
    for ask in part.ask:
        try:
            words = phrase_of("statement.ask_", ask)
            product = PRODUCTS.get(ask)
            said.append([words] if product is None else [f"{words} ", Math(Quantity(Symbol(product.vector)))])
            of_each.append(False)
        except KeyError:
            atom = names.resolve(ask)
            found = [*_quantities(atom, names)]
            said += found
            of_each += [batch and belongs_to_sample(atom)] * len(found)
    for place, one in enumerate(said):
        ends = of_each[place] and not any(of_each[place + 1 : place + 2])
        yield [*one, " " + phrase("statement.each_sample")] if ends else one


def _quantities(atom: Atom, names: Names) -> Iterator[list[Inline]]:
    """A quantity by its name; a vector or matrix by its entries, a large one by its first and last."""
    entries = list(names.entries(atom))
    if len(entries) <= LIMIT:
        for entry in entries:
            yield [Math(Quantity(entry))]
        return
    first, last = Math(Quantity(entries[0])), Math(Quantity(entries[-1]))
    all_of = phrase("statement.all_entries") + " "
    yield [all_of, Math(Quantity(atom)), ", ", first, f" {phrase('statement.to')} ", last]
