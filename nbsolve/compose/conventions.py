"""The conventions a solution uses, each said: layout, biases, functions, loss, updates, rounding."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from nbsolve.catalogue import COMBINATIONS, is_named
from nbsolve.compose.amount import by_matrices, is_long
from nbsolve.compose.connections import layers_in_words
from nbsolve.compose.functions import activation_name, argument
from nbsolve.compose.layout import LIMIT
from nbsolve.compose.losses import loss_words, losses, one_sample
from nbsolve.compose.optimiser_words import changes, clip_words, optimiser_text, schedule_words
from nbsolve.compose.sentences import Slot, set_in, with_commas
from nbsolve.document import Inline, Markdown, Math, Text
from nbsolve.expr import (
    Applied,
    Expr,
    Function,
    Hadamard,
    Matrix,
    MatrixProduct,
    Negation,
    Quantity,
    Quotient,
    Sum,
    Variable,
    literal,
    literals,
    walk,
    with_variables,
)
from nbsolve.given import Given
from nbsolve.notation import Names
from nbsolve.phrases import PhraseId, phrase, phrase_of
from nbsolve.problem import wiring
from nbsolve.problem.functions import activation_of
from nbsolve.problem.model import Bias, Choice, Digits, Layout, Problem, Rounding
from nbsolve.solving.solution import Solution
from nbsolve.symbol import LOSS, Partial, Role, Symbol
from nbsolve.symbolic.index_letters import index_variables

MOST_NAMES = 12
"""More held parameters than this are counted, not named."""


def conventions(solution: Solution, names: Names) -> Iterator[Text]:
    """One item a convention; none is silent, none is said that does not matter here."""
    problem = solution.problem
    yield from _replayed(solution)
    yield _layout(problem, names)
    yield from _biases(problem)
    yield from _held(solution)
    yield from _activations(problem, names)
    for kind in dict.fromkeys(layer.kind for layer in problem.network.layers if problem.differentiated):
        if kind in COMBINATIONS and COMBINATIONS[kind].distinguishes:
            yield (Markdown(phrase_of("combinations.", kind, "convention")),)
    if problem.losses:
        yield from losses(solution, names)
        yield from one_sample(problem, names)
    if problem.given_values:
        yield (phrase("conventions.given_values"),)
    if problem.given_gradient:
        yield _given_gradient(problem, names)
    if problem.differentiated:
        yield from _signs(solution)
        yield _delta(solution)
        yield from _training(problem)
    if any(isinstance(entry, Given) for entry in problem.entries):
        yield _rounding(problem, names)
    widest = max(problem.network.inputs, *(layer.units for layer in problem.network.layers))
    if is_long(solution):
        yield (Markdown(phrase("conventions.long")),)
    if by_matrices(solution) and widest > LIMIT:
        yield (Markdown(phrase("conventions.truncated")),)


def _replayed(solution: Solution) -> Iterator[Text]:
    """What the solution was worked out again with: values put in for others, rules applied wrongly."""
    for iteration, values in solution.replay.values.items():
        for atom, given in values.items():
            words = phrase("changes.replaced", iteration=str(iteration))
            yield (f"{words} ", Math(Quantity(atom), "=", literal(given)))
    for name, told in solution.replay.rules.items():
        yield (phrase_of("changes.", name, told="" if told is None else phrase_of("activations.", told)),)


def _given_gradient(problem: Problem, names: Names) -> Text:
    """That the gradient with respect to the outputs is given; in a batch, of which loss."""
    key: PhraseId = "conventions.upstream_batch" if len(problem.samples) > 1 else "conventions.upstream"
    return (Markdown(phrase(key, loss=names.latex(LOSS))),)


def _signs(solution: Solution) -> Iterator[Text]:
    """Signs that need a word where they occur: ⊙, ℓ′, 1[k = j]."""
    problem = solution.problem
    matrices = by_matrices(solution) or problem.detail == "both"
    written = [
        node
        for iteration in solution.iterations[:1]
        for step in iteration.backward
        for form in step.forms
        for node in walk(form.expression)
    ]
    in_letters = problem.symbolic or problem.letters
    if (in_letters and matrices) or any(isinstance(node, Hadamard) for node in written if matrices):
        yield (Markdown(phrase("conventions.entry_by_entry")),)
    if matrices and any(isinstance(node, Applied) and node.name == "loss" for node in written):
        yield (Markdown(phrase("conventions.loss_slope")),)
    if in_letters and any(solution.layer(end).joint for end in wiring.ends(problem.network)):
        _, own, following = (index.name for index in index_variables(problem, 3))
        yield (Markdown(phrase("conventions.indicator", own=own, next=following)),)


def unsaid(solution: Solution, names: Names) -> Iterator[Text]:
    """What a question needs and its statement leaves to the conventions, also below words of its author."""
    problem = solution.problem
    yield from _held(solution)
    seen = []
    for choice in problem.network.activations:
        if choice in seen or not choice.parameters or choice.formula is not None:
            continue
        seen.append(choice)
        record, z = activation_of(choice), Variable("z")
        if record.vector:
            yield _of_all_units(choice)
            continue
        parameters = literals(choice.parameters)
        definition = with_variables(record.definition, parameters)
        function = Applied(record.function, definition, (("z", z),))
        yield (activation_name(choice) + ": ", Math(function, "=", definition))
    terms = [term for term in problem.losses if term.formula is not None]
    own = [loss_words(term, problem, names, kink=False) for term in terms]  # the statement has them
    if problem.losses:
        yield from (said for said in losses(solution, names, kink=False) if said not in own)
    if problem.differentiated and len(problem.samples) > 1:
        yield from islice(_training(problem), 1)
    if any(isinstance(entry, Given) for entry in problem.entries) and problem.rounding != Rounding():
        yield _rounding(problem, names)


def _layout(problem: Problem, names: Names) -> Text:
    core, units = names.letter(Role.PRE_ACTIVATION).core, problem.network.layers[0].units
    own = [Symbol.pre_activation(1, j) for j in range(1, units + 1)]
    first = None if units > LIMIT or {names.name(symbol).core for symbol in own} == {core} else 1
    roles = (Role.INPUT, Role.WEIGHT, Role.BIAS, Role.THRESHOLD)
    x, w, b, theta = (Quantity(Symbol(role, None if role is Role.INPUT else first)) for role in roles)
    z: Expr = Quantity(Symbol.pre_activation())
    if first is not None:  # units of different letters: those of the first layer
        columns = problem.network.layout == "W x + b"
        entries: tuple[Expr, ...] = tuple(map(Quantity, own))
        z = Matrix(tuple((entry,) for entry in entries) if columns else (entries,))
    product: Expr = MatrixProduct((w, x)) if problem.network.layout == "W x + b" else MatrixProduct((x, w))
    biases = [layer.bias for layer in problem.network.layers]
    formula: Expr = product
    if any(bias.added for bias in biases):
        formula = Sum((product, b))
    elif any(bias.subtracted for bias in biases):
        formula = Sum((product, Negation((theta,))))
    units_first = problem.network.layout == "W x + b"
    words = phrase("conventions.layout_units" if units_first else "conventions.layout_inputs")
    return (Math(z, "=", formula), ": " + words)


def _biases(problem: Problem) -> Iterator[Text]:
    kinds = [_bias_words(layer.bias, problem.network.layout) for layer in problem.network.layers]
    if len(set(kinds)) == 1:
        yield (kinds[0],)
        return
    for what in dict.fromkeys(kinds):
        layers = [index for index, kind in enumerate(kinds, start=1) if kind == what]
        yield (phrase("conventions.bias_of_layers", layers=layers_in_words(layers), what=what),)


def _bias_words(bias: Bias, layout: Layout) -> str:
    """How the constants of a layer enter."""
    if bias.folded is None:
        return phrase_of("conventions.bias_", bias.kind)
    rows = "row" if layout == "x W + b" else "column"
    return phrase_of("conventions.bias_folded_", f"{bias.folded.column}_{rows}", input=bias.folded.written)


def _held(solution: Solution) -> Iterator[Text]:
    """The parameters that are not trained, by name where they are few."""
    held = [member for layer in solution.layers for member in layer.held]
    if not held or not solution.problem.differentiated:
        return
    many: Slot = phrase("conventions.held_many", count=str(len(held)))
    names = with_commas(Math(Quantity(symbol)) for symbol in held)
    yield set_in("conventions.held", names=many if len(held) > MOST_NAMES else names)


def _of_all_units(choice: Choice) -> Text:
    """What a function of all units of a layer at once does, with its parameters."""
    given = {name: value.text for name, value in choice.parameters.items()}
    return (phrase_of("conventions.joint_", choice.name, **given),)


def _activations(problem: Problem, names: Names) -> Iterator[Text]:
    z = argument(problem, names)
    seen = []
    for choice in problem.network.activations:
        if choice in seen or choice.name == "linear":
            continue
        seen.append(choice)
        record = activation_of(choice)
        if record.vector:
            yield _of_all_units(choice)
            continue
        parameters = literals(choice.parameters)
        definition = with_variables(record.definition, parameters)
        function = Applied(record.function, definition, (("z", z),))
        spelled = _tanh(z) if record.function == "tanh" else with_variables(definition, {"z": z})
        item: list[Inline] = [phrase("conventions.activation", name=activation_name(choice)) + " "]
        item.append(Math(function, "=", spelled))
        if choice.formula is None:
            for node in filter(is_named, walk(spelled)):
                item += [f", {phrase('passages.where')} ", Math(node, "=", node.expanded)]
        if problem.differentiated and choice.formula is not None:  # the others stand where they are used
            slope = with_variables(record.derivative, parameters)
            if record.from_output is not None:
                slope = with_variables(record.from_output, {**parameters, "a": function})
            primed = Applied(record.function, slope, (("z", z),), primes=1)
            item += [
                ", " + phrase("conventions.slope") + " ",
                Math(primed, "=", with_variables(slope, {"z": z})),
            ]
        if record.kink is not None:
            item.append("; " + phrase_of("conventions.kink_", record.kink))
        yield tuple(item)


def _tanh(z: Expr) -> Expr:
    up, down = Function("exp", (z,)), Function("exp", (Negation((z,)),))
    return Quotient((Sum((up, Negation((down,)))), Sum((up, down))))


def _delta(solution: Solution) -> Text:
    problem = solution.problem
    delta = Quantity(Symbol.delta(1, 1))
    gradient: Expr = Quantity(Partial(LOSS, Symbol.pre_activation(1, 1)))
    minus = problem.notation.delta == "-dL/dz"
    words = phrase("conventions.delta_minus" if minus else "conventions.delta_plus") + " "
    # a solution in symbols has the letter δ in its matrix form alone
    letter = bool(solution.iterations) or problem.detail in ("matrix", "both") or by_matrices(solution)
    if not minus and (problem.explain != "delta" or not letter):
        return (words, Math(gradient))
    return (words, Math(delta, "=", Negation((gradient,)) if minus else gradient))


def _training(problem: Problem) -> Iterator[Text]:
    training = problem.training
    if training is None:
        if len(problem.samples) > 1:
            yield (phrase("conventions.one_batch"),)
        return
    if len(problem.samples) > 1:
        if training.batch == "all" or training.batch >= len(problem.samples):
            yield (phrase("conventions.batch_all"),)
        elif training.batch == 1:
            yield (phrase("conventions.batch_one"),)
        else:
            yield (phrase("conventions.batch_many", count=str(training.batch)),)
    yield optimiser_text(training.optimiser, "convention", changes(training))
    yield from schedule_words(training)
    yield from clip_words(training.optimiser)
    asked = {ask for part in problem.parts for ask in part.ask}
    if asked & {"epoch_loss", "L_epoch"} or training.epochs:
        mean = problem.losses[0].over_samples == "mean"
        how = phrase("conventions.epoch_mean" if mean else "conventions.epoch_sum")
        yield (phrase("conventions.epoch", how=how),)


def _rounding(problem: Problem, names: Names) -> Text:
    words = rounding_words(problem.rounding, problem.training is not None)
    finer = list(_finer(problem, names)) if problem.rounding.apply == "each_step" else []
    if not finer:
        return (words,)
    return (words, *set_in("conventions.finer", parts=with_commas(finer)))


def _finer(problem: Problem, names: Names) -> Iterator[Inline]:
    """Parts of activation functions, which have lines of their own and are not rounded there."""
    z, seen = argument(problem, names), set[str]()
    for choice in problem.network.activations:
        record = activation_of(choice)
        if record.vector and choice.name not in seen:
            seen.add(choice.name)
            yield phrase("conventions.finer_softmax", activation=activation_name(choice))
        for node in walk(with_variables(record.definition, {"z": z})):
            if is_named(node) and node.name not in seen and node.name != record.function:
                seen.add(node.name)
                yield Math(node)


def rounding_words(rounding: Rounding, trained: bool) -> str:
    """When and to how many digits numbers are rounded; `trained`: there are new parameters."""
    words = phrase(
        "conventions.at_end" if rounding.apply == "at_end" else "conventions.each_step",
        intermediates=_digits(rounding.intermediates),
        answers=_digits(rounding.answers),
    )
    if rounding.logarithms == "kept" and rounding.apply == "at_end":
        words = phrase("conventions.logarithms_kept", rounding=words)
    moved = trained and rounding.apply == "at_end"
    if moved and rounding.answers.significant is not None:
        return phrase("conventions.moved", rounding=words)
    return words


def _digits(digits: Digits) -> str:
    if digits.significant is not None:
        return phrase("conventions.significant", count=str(digits.significant))
    words = phrase("conventions.decimals", count=str(digits.decimals))
    if digits.minimum_significant:
        words += phrase("conventions.minimum_significant", count=str(digits.minimum_significant))
    return words
