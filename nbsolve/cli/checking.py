"""`nbsolve check` and `nbsolve list`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nbsolve.cli import completion
from nbsolve.cli.output import printable
from nbsolve.cli.workers import Jobs, Scheduler, processes, with_a_bar
from nbsolve.errors import Fault, NbsolveError, ProblemError

if TYPE_CHECKING:
    from nbsolve.notation import Names
    from nbsolve.problem.model import AnyProblem, Problem


def register(application: typer.Typer) -> None:
    """Add the commands to the application."""
    application.command(
        epilog=("Examples:\n\n  nbsolve check problems/first.yaml\n\n  nbsolve check problems/*.yaml\n\n")
    )(check)
    application.command(
        "list", epilog="Examples:\n\n  nbsolve list\n\n  nbsolve list ~/courses/networks\n\n"
    )(list_problems)


def check(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Problem files; - reads standard input.",
            show_default=False,
            autocompletion=completion.problem_files,
        ),
    ],
    variants: Annotated[
        int | None,
        typer.Option(
            "--variants",
            min=1,
            max=1_000_000,
            help="Make and verify so many variants too.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The seed of the variants.")] = 0,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
) -> None:
    """Check problem files: every error of every file; exit code 1 if there is one.

    Each problem is worked out as well, so that a prediction outside a loss's domain is found, and an answer
    that its rounding prints as 0 though it is not 0. With --variants each variant is solved and
    verified: every step, every gradient against difference quotients of the loss and (with the extra `check`)
    against automatic differentiation; and its page is read back, every line recomputed.
    """
    from nbsolve.cli.failures import show_faults

    wrong = 0
    for file in files:
        faults, warnings = _checked(file)
        show_faults(faults)
        if faults:
            wrong += 1
            continue
        typer.echo(f"{printable(file)}: good")
        for warning in warnings:
            typer.echo(f"    note: {warning}")
        if variants is not None:
            wrong += not _verified(file, variants, seed, jobs, scheduler)
    if wrong:
        raise typer.Exit(1)


def _verified(file: str, count: int, seed: int, jobs: int | None, scheduler: str | None) -> bool:
    """Whether all variants agree with what verifies them; says what was found."""
    from nbsolve.cli.variants import plan_of
    from nbsolve.variants.checking import Report, check

    report = Report()
    for one in with_a_bar(check(plan_of(file, seed), count, processes(jobs, count), scheduler), count):
        report.add(one)
    for line in report.lines():
        typer.echo(line)
    return not report.failed


def _checked(file: str) -> tuple[tuple[Fault, ...], tuple[str, ...]]:
    from nbsolve.asking.answers import Answer
    from nbsolve.asking.lost_digits import lost_digits, lost_to_nothing
    from nbsolve.cli.problems import about, solved
    from nbsolve.problem.model import GraphProblem, RuleProblem, UpdateProblem
    from nbsolve.worked.network import WorkedSolution

    notes: tuple[str, ...] = ()
    try:
        worked = solved(file)
        with about(file, worked.problem):
            texts = worked.texts()
            if isinstance(worked, WorkedSolution):
                notes = (
                    *lost_digits(worked.entries(), worked.solution),
                    *_unused_training(worked.problem, worked.names),
                )
            else:
                answers = [entry for entry in worked.entries() if isinstance(entry, Answer)]
                if isinstance(worked.problem, GraphProblem | UpdateProblem | RuleProblem):
                    notes = (*lost_to_nothing(answers, worked.problem.rounding),)
    except ProblemError as error:
        return error.faults, ()
    except NbsolveError as error:
        return (Fault(str(error), file),), ()
    return (), (*worked.problem.warnings, *notes, *_refused_by_handouts(worked.problem, texts))


def _unused_training(problem: Problem, names: Names) -> Iterator[str]:
    """Training of one iteration for nothing: no part asks for a change, a new value, or what comes of it."""
    from nbsolve.problem.parts import CLASS_WORDS, TRAINING_WORDS, WORDS
    from nbsolve.symbol import Partial, Role

    if problem.training is None or problem.training.iterations > 1:
        return  # whatever is asked has a value in each iteration
    for ask in (ask for part in problem.parts for ask in part.ask):
        if ask in (*TRAINING_WORDS, *CLASS_WORDS):
            return
        if ask not in WORDS:
            atom = names.resolve(ask)
            symbols = (atom.of, atom.wrt) if isinstance(atom, Partial) else (atom,)
            after = (Role.LOSS_DECREASE, Role.EPOCH_LOSS)
            if any(symbol.new or symbol.change or symbol.role in after for symbol in symbols):
                return
    yield (
        "training: no part asks for what it does, but the solution works the update out: "
        "ask for updated_parameters, or leave training out"
    )


def _refused_by_handouts(problem: AnyProblem, texts: Mapping[str, str]) -> Iterator[str]:
    """Texts that a handout cannot show with the fonts of this machine, while pages can."""
    for field, text in {"title": problem.title, "source": problem.source, **texts}.items():
        if text is None or text.isascii():
            continue
        # imported here: only letters beyond ASCII can lack a font
        from nbsolve.handout.texts import why_not

        if (reason := why_not(text)) is not None:
            yield f"{field}: no handout can be made: {reason}"


def list_problems(
    course: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of the course.", show_default="here")
    ] = Path("."),
) -> None:
    """List the problems of a course: file, title, network, and what is asked."""
    from nbsolve.book.course import Course
    from nbsolve.markdown.plain import plain
    from nbsolve.problem import load_problem

    rows: list[tuple[str, str, str, str]] = []
    faults: list[Fault] = []
    for path in Course(course).problem_files():
        try:
            problem = load_problem(path, trust=True)  # what is listed is plain text
        except ProblemError as error:
            faults.extend(error.faults)
            continue
        rows.append((printable(str(path)), plain(problem.title), _network(problem), _asked(problem)))
    if rows:
        _show_table(("file", "title", "network", "asked"), rows)
    if faults:
        raise ProblemError(faults)


def _show_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table that fits the terminal; elsewhere one line a row, columns separated by tabs."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        for row in rows:
            typer.echo("\t".join(row))
        return
    table = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    console.print(table)


def _network(problem: AnyProblem) -> str:
    """The shape and the activations; of a derivation, what is derived."""
    from nbsolve.problem.model import Problem, RuleProblem

    if isinstance(problem, RuleProblem):
        return f"{problem.network.inputs}-{problem.network.layers[0].units} {problem.rule.name}"
    if not isinstance(problem, Problem):
        return problem.kind
    widths = [problem.network.inputs, *(layer.units for layer in problem.network.layers)]
    activations = dict.fromkeys(choice.name for choice in problem.network.activations)
    return f"{'-'.join(map(str, widths))} {', '.join(activations)}"


def _asked(problem: AnyProblem) -> str:
    return ", ".join(dict.fromkeys(ask for part in problem.parts for ask in part.ask))
