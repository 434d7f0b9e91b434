"""What a notebook costs: CPU seconds, those of other processes included, beside the bare work and stock papermill.

python benchmarks/bench_notebook.py                  # this checkout
python benchmarks/bench_notebook.py ../old           # beside another one, by its own .venv, in turn
python benchmarks/bench_notebook.py --memory         # 1,000 notebooks, and how large a process grows
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROBLEM = ROOT / "problems" / "001-a-squared-error.yaml"
ROUNDS = 5
FEW, MANY = 4, 24
KINDS = ("bare", "notebook", "first", "papermill")

# What is measured in a process of its own, with the Python of either checkout.
MEASURE = r'''
import ast, resource, sys
from pathlib import Path


def cpu():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


import nbformat
from nbsolve import load_problem
from nbsolve.notebook import NotebookJob, make_notebooks
from nbsolve.problem.embedding import self_contained_text

what, path, scratch = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
problem = load_problem(path)


def notebooks(count):
    jobs = [NotebookJob(problem, path.parent, scratch / f"{k}.ipynb") for k in range(count)]
    begin = cpu()
    make_notebooks(jobs)
    return cpu() - begin


def sources():
    """The code of the notebook's cells; earlier versions had one template, and the problem as a text."""
    try:
        from nbsolve.notebook.cells import notebook_of
    except ImportError:
        from nbsolve.notebook.execution import template_text

        notebook = nbformat.reads(template_text(), as_version=4)
        first, *cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        return [first, f"problem_text = {self_contained_text(problem)!r}", *cells]
    return [cell.source for cell in notebook_of(problem).cells if cell.cell_type == "code"]


def bare():
    """The cells, and what each shows, in this process."""
    names = {}
    for source in sources():
        *lines, last = ast.parse(source).body
        if not isinstance(last, ast.Expr):
            exec(source, names)
            continue
        exec(compile(ast.Module(lines, []), "cell", "exec"), names)
        shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
        if shown is not None:
            shown._repr_mimebundle_()


def stock():
    """With a kernel for the notebook."""
    try:
        from nbsolve.notebook.execution import execute_notebook
    except ImportError:
        from nbsolve.notebook.execution import execute_template

        text = self_contained_text(problem)
        execute_template(text, problem.title, folder=path.parent, scratch=scratch, in_process=False)
    else:
        execute_notebook(problem, folder=path.parent, scratch=scratch, in_process=False)


if what == "bare":
    for _ in range(3):
        bare()
    begin = cpu()
    for _ in range(5):
        bare()
    print((cpu() - begin) / 5)
elif what == "notebook":
    print((notebooks(MANY) - notebooks(FEW)) / (MANY - FEW))
elif what == "first":
    print(notebooks(1))
elif what == "papermill":
    begin = cpu()
    stock()
    print(cpu() - begin)
'''


def measured(checkout: Path, what: str) -> float:
    """CPU seconds of one notebook."""
    python = sys.executable if checkout == ROOT else str(checkout / ".venv" / "bin" / "python")
    code = MEASURE.replace("MANY", str(MANY)).replace("FEW", str(FEW))
    with tempfile.TemporaryDirectory() as scratch:
        run = subprocess.run(
            [python, "-c", code, what, str(PROBLEM), scratch],
            cwd=checkout,
            capture_output=True,
            text=True,
            check=False,
        )
    if run.returncode != 0:
        raise SystemExit(run.stderr)
    return float(run.stdout)


def compare(checkouts: list[Path]) -> None:
    """Medians of rounds in which everything is measured in turn."""
    found: dict[tuple[Path, str], list[float]] = {}
    for _ in range(ROUNDS):
        for what in KINDS:
            for checkout in checkouts:
                found.setdefault((checkout, what), []).append(measured(checkout, what))
    median = {key: statistics.median(values) for key, values in found.items()}
    said = {
        "bare": "the notebook's cells, warm, in one process",
        "notebook": "a notebook, one of many",
        "first": "a notebook alone, with what it imports",
        "papermill": "stock papermill, a kernel for each notebook",
    }
    print(f"document 001-A, CPU seconds, medians of {ROUNDS}")
    for what in KINDS:
        print(f"{said[what]:<46}" + "".join(f" {median[checkout, what]:7.3f}" for checkout in checkouts))
    for checkout in checkouts:
        ours, bare, stock = (median[checkout, what] for what in ("notebook", "bare", "papermill"))
        name = "this checkout" if checkout == ROOT else checkout.name
        print(
            f"{name}: a notebook is {ours / bare:.2f} × its bare work (goal: 1.3), "
            f"stock papermill {stock / ours:.1f} × a notebook (goal: 12)"
        )


def memory(count: int = 1000) -> None:
    """How large the processes grow while many notebooks are made."""
    code = r"""
import json, resource, sys, tempfile
from pathlib import Path
from nbsolve import load_problem
from nbsolve.notebook import NotebookJob, make_notebooks

path = Path(sys.argv[1])
problem = load_problem(path)
seen = []


def own():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


with tempfile.TemporaryDirectory() as scratch:
    jobs = [NotebookJob(problem, path.parent, Path(scratch) / f"{k % 4}.ipynb") for k in range(COUNT)]
    make_notebooks(jobs[:8])
    seen.append((own(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024))
    make_notebooks(jobs)
    seen.append((own(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024))
print(json.dumps(seen))
"""
    run = subprocess.run(
        [sys.executable, "-c", code.replace("COUNT", str(count)), str(PROBLEM)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    (few, first), (many, last) = json.loads(run.stdout)
    print(
        f"the largest worker, of 8 and {count} notebooks {first:5.0f} {last:5.0f} MB (goal: under 300, flat)"
    )
    print(f"the process that starts them              {few:5.0f} {many:5.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("other", nargs="?", type=Path, help="another checkout, with a .venv")
    parser.add_argument("--memory", action="store_true")
    given = parser.parse_args()
    if given.memory:
        memory()
        return
    compare([ROOT] + ([given.other.resolve()] if given.other else []))


if __name__ == "__main__":
    main()
