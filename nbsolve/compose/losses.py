"""What is said of the loss: its formula, how outputs and samples are added up, logarithms, the penalty."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.arithmetic import ONE
from nbsolve.compose.functions import loss_name
from nbsolve.compose.sentences import set_in
from nbsolve.document import Inline, Markdown, Math, Text
from nbsolve.expr import (
    Cases,
    Expr,
    Function,
    Product,
    Quantity,
    Variable,
    kinds,
    literal,
    literals,
    substitute,
    with_variables,
)
from nbsolve.notation import Names
from nbsolve.objective import Objective, penalty_term
from nbsolve.phrases import PhraseId, phrase, phrase_of
from nbsolve.problem.functions import loss_of
from nbsolve.problem.model import LossTerm, Problem
from nbsolve.solving.schedule import batches
from nbsolve.solving.solution import Solution
from nbsolve.symbol import LOSS, STRENGTH, Index, Role, Symbol


def one_sample(problem: Problem, names: Names) -> Iterator[Text]:
    """The mean over the samples, where there is one and books write the sum all the same."""
    entropy = all(loss_of(term).logarithmic and term.over_samples == "mean" for term in problem.losses)
    if len(problem.samples) == 1 and entropy:
        loss, count = names.latex(LOSS), names.latex(Symbol(Role.SAMPLE_COUNT))
        term = names.name(LOSS).with_sup("[s]").latex()
        formula = rf"{loss} = \frac{{1}}{{{count}}}\sum_{{s=1}}^{{{count}}} {term}"
        yield (Markdown(phrase("conventions.one_sample", formula=f"${formula}$", count=f"${count} = 1$")),)


def losses(solution: Solution, names: Names, kink: bool = True) -> Iterator[Text]:
    """The loss, term by term, the base of its logarithms and its penalty; `kink`: what the derivative is at one."""
    problem = solution.problem
    for term in problem.losses:
        yield loss_words(term, problem, names, kink)
    if problem.weighted:
        yield (phrase("conventions.sample_weights"),)
    if len(problem.losses) > 1:
        yield (phrase("conventions.several_losses"),)
    if any(loss_of(term).logarithmic for term in problem.losses):
        bases = {term.log_base.text for term in problem.losses if term.log_base is not None}
        if bases:
            yield (phrase("conventions.log_base", base=", ".join(sorted(bases))),)
        else:
            yield (phrase("conventions.log_natural"),)
        if _zero_times_log(solution):
            yield (phrase("conventions.zero_times_log"),)
    if problem.regulariser is not None:
        scale = literal(problem.regulariser.scale)
        squares = Function("sum", (penalty_term(problem.regulariser, Variable("w")),))
        strength = Quantity(STRENGTH)
        factors = (
            (strength, squares) if problem.regulariser.scale.value == ONE else (scale, strength, squares)
        )
        said: list[Inline] = [phrase_of("penalties.", problem.regulariser.name) + " ", Math(Product(factors))]
        if problem.regulariser.over_samples == "mean" and any(len(batch) > 1 for batch in batches(problem)):
            said.append(phrase("conventions.penalty_over_samples"))
        yield tuple(said)


def _zero_times_log(solution: Solution) -> bool:
    """Whether a prediction is exactly the 0 or 1 that it should be, so that 0 · ln 0 occurs."""
    return any(
        Objective(solution.problem, iteration.labels).meeting(iteration.values).met
        for iteration in solution.iterations
    )


def loss_words(term: LossTerm, problem: Problem, names: Names, kink: bool = True) -> Text:
    """One term of the loss: its formula, its factors, how outputs and samples are added up."""
    layer = term.layer or len(problem.network.layers)
    record, outputs = loss_of(term), problem.network.layer(layer).units
    if term.unit is not None:
        output = Symbol.activation(len(problem.network.layers), term.unit)
        said = {"loss": names.latex(LOSS), "output": names.latex(output)}
        return (Markdown(phrase("conventions.loss_is_output", **said)),)
    parameters = literals(term.parameters)
    definition = with_variables(record.definition, parameters)
    if term.log_base is not None:
        base = literal(term.log_base)
        definition = substitute(
            definition,
            lambda node: (
                Function("log", (base, *node.operands))
                if isinstance(node, Function) and node.name == "ln"
                else None
            ),
        )
    first = False
    if record.entries:
        definition = with_variables(definition, all_outputs(problem, term))
    elif record.separable and term.formula is None:
        definition, first = _in_letters(definition, problem, names, term)
    key: PhraseId = "conventions.loss" if term.layer is None else "conventions.loss_of_layer"
    item: list[Inline] = [phrase(key, name=loss_name(term), layer=str(layer))]
    if term.written != term.name:
        item.append(f" ({term.written})")
    item.append(" ")
    if record.separable and outputs > 1:
        item.append(phrase("conventions.loss_of_output") + " ")
    scaled = term.scale.value != ONE and Cases not in kinds(definition)
    item.append(Math(Product((literal(term.scale), definition)) if scaled else definition))
    if first:
        item.append(" " + phrase("conventions.loss_of_first"))
    if term.scale.value != ONE and not scaled:
        item += [" ", *set_in("conventions.loss_scale", scale=Math(literal(term.scale)))]
    if record.separable and outputs > 1:
        item.append(", " + phrase_of("conventions.outputs_", term.over_outputs))
    if len(problem.samples) > 1:
        item.append(", " + phrase_of("conventions.samples_", term.over_samples))
    if term.weight.value != ONE:
        item += [", ", *set_in("conventions.loss_weight", weight=Math(literal(term.weight)))]
    if kink and record.kink is not None:
        item.append("; " + phrase_of("conventions.kink_", record.kink))
    return tuple(piece for piece in item if piece != "")


def all_outputs(problem: Problem, term: LossTerm) -> dict[str, Expr]:
    """a_1, y_1, a_2, … of a loss of all outputs as the quantities that they are."""
    layer = term.layer or len(problem.network.layers)
    units = problem.network.layer(layer).units
    found: dict[str, Expr] = {}
    for k in range(1, units + 1):
        found[f"a_{k}"] = Quantity(Symbol.activation(layer, k))
        found[f"y_{k}"] = Quantity(Symbol.target(k, term.layer))
    return found


def _in_letters(definition: Expr, problem: Problem, names: Names, term: LossTerm) -> tuple[Expr, bool]:
    """The loss of one output in the page's letters, and whether it is that of the first one.

    With k for any output where the names differ by their indices alone.
    """
    layer = term.layer or len(problem.network.layers)
    units = problem.network.layer(layer).units
    general = all(map(names.general.follows_pattern, (Role.ACTIVATION, Role.TARGET)))
    k = 1 if units == 1 or not general else Index("k")
    a, y = Symbol.activation(layer, k), Symbol.target(k, term.layer)
    return with_variables(definition, {"a": Quantity(a), "y": Quantity(y)}), units > 1 and k == 1
