"""The cells of a problem's notebook: one for each stage, as a person would go through it, and none besides."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat

from nbsolve.markdown.myst import line
from nbsolve.notebook.nodes import code_cell, markdown_cell, new_notebook
from nbsolve.notebook.parameters import assignments, literal, text_literal
from nbsolve.notebook.shown import shown_on_page
from nbsolve.phrases import phrase
from nbsolve.problem.embedding import self_contained_text
from nbsolve.problem.model import AnyProblem, DerivationProblem, Problem
from nbsolve.problem.parameters import taken_out
from nbsolve.solving.schedule import has_several
from nbsolve.worked.kinds import page_of

__all__ = ["NOT_ON_PAGE", "notebook_of"]

NOT_ON_PAGE = "not-on-page"
"""Tag of a cell that speaks to the person who has the notebook open."""


def notebook_of(problem: AnyProblem) -> nbformat.NotebookNode:
    """The notebook that works the problem, not yet run; it carries the problem and needs no file beside it."""
    cells = [
        markdown_cell(f"# {line(problem.title, language=problem.language)}"),
        *_problem(problem),
        *(code_cell(source) for source in _sources(problem)),
    ]
    for cell in cells:
        cell.metadata.setdefault("tags", [])  # papermill wants to find them
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return new_notebook(cells, metadata)


def _problem(problem: AnyProblem) -> Iterator[nbformat.NotebookNode]:
    """What can be changed, and the problem itself: its numbers as parameters, the rest as YAML."""
    text, values = taken_out(self_contained_text(problem), lambda node: "=" not in literal(node))
    yield markdown_cell(_guide(problem, tuple(values)), tags=[NOT_ON_PAGE])
    if values:
        derived = isinstance(problem, DerivationProblem)
        words = phrase("notebook.parameters_derivation" if derived else "notebook.parameters")
        source = f"# {words}\n{assignments(values)}"
        yield code_cell(source, tags=["parameters"])
    imports = ["from nbsolve import load_problem, solve", ""]
    if isinstance(problem, DerivationProblem):
        imports.insert(0, "from IPython.display import display\n")
    taken = [f'    "{name}": {name},' for name in values]
    trust = ["trust=True"] if problem.trust else []
    if taken:
        named = ["parameters = {", *taken, "}"]
        trust.insert(0, "parameters=parameters")
    else:
        named = []
    loaded = ", ".join(["problem_text", *trust])
    yield code_cell(
        "\n".join(
            [
                *imports,
                f"problem_text = {text_literal(text)}",
                *named,
                f"problem = load_problem({loaded})",
                "solution = solve(problem)",
            ]
        )
    )


def _guide(problem: AnyProblem, names: tuple[str, ...]) -> str:
    said = [
        phrase("notebook.guide_derivation" if isinstance(problem, DerivationProblem) else "notebook.guide")
    ]
    if not isinstance(problem, Problem):
        said += filter(None, [page_of(problem).guide()])
    elif problem.symbolic:
        said.append(phrase("notebook.symbolic"))
    elif has_several(problem):
        said.append(phrase("notebook.iterations"))
    if "learning_rate" in names:
        said.append(phrase("notebook.papermill"))
    return " ".join([*said, phrase("notebook.install")])


def _sources(problem: AnyProblem) -> Iterator[str]:
    """The calls as code; those about topics are one cell, which follows where the list of topics is changed."""
    looped = False
    for method, arguments in shown_on_page(problem):
        if "id" not in arguments or not isinstance(problem, DerivationProblem):
            yield f"solution.{method}({', '.join(_argument(*each) for each in arguments.items())})"
        elif not looped:
            looped = True
            yield (
                "for topic in problem.topics:\n"
                "    display(solution.derivation(topic.id), solution.draw(topic.id))"
            )


def _argument(name: str, value: str | int) -> str:
    if name in ("show", "id"):  # the first argument of `draw`
        return f'"{value}"'
    return f"{name}={value}"
