"""How long handouts take: one solution, a hundred in one process, memory; beside xelatex where there is one."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nbsolve import load_problem, solve
from nbsolve.handout import Handout, Sheet, key, typeset
from nbsolve.notebook import make_notebook

PROBLEMS = Path(__file__).parent.parent / "problems"
FIRST = PROBLEMS / "001-a-squared-error.yaml"
COUNT = 100


def sheet(path: Path, number: int, kind: str) -> Sheet:
    """One handout from its file, with a title of its own."""
    one = Handout(solve(load_problem(path, overrides=[f"title=Variant {number}"])))
    if kind == "key":
        return key(one)
    return one.question() if kind == "question" else one.solution()


def measure_one() -> None:
    """From the file, and from the solved problem again."""
    typeset(sheet(PROBLEMS / "002-two-sigmoid-layers.yaml", 0, "solution"))
    start = time.perf_counter()
    typeset(sheet(FIRST, 1, "solution"))
    print(f"solution of {FIRST.stem} from its file, first time:  {time.perf_counter() - start:.3f} s")
    one = Handout(solve(load_problem(FIRST)))
    for round_ in ("first", "warm"):
        start = time.perf_counter()
        written = one.solution()
        between = time.perf_counter()
        typeset(written)
        end = time.perf_counter()
        print(
            f"  of the solved problem, {round_}: {end - start:.3f} s"
            f" ({between - start:.3f} composing and drawing, {end - between:.3f} typesetting)"
        )


def measure_many() -> None:
    """A hundred different handouts; Typst works in threads of its own while the next ones are solved."""
    paths = [path for path in sorted(PROBLEMS.glob("*.yaml")) if not path.stem.startswith("derivation")]
    kinds = ("question", "solution", "key")
    jobs = [(paths[n // 3 % len(paths)], n, kinds[n % 3]) for n in range(COUNT)]
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(typeset, sheet(*job)) for job in jobs]
        size = sum(len(one.result()) for one in done)
    print(f"{COUNT} handouts in one process: {time.perf_counter() - start:.1f} s, {size / 1e6:.1f} MB")
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def measure_latex() -> None:
    """The same notebook by nbconvert: our exporter, and its own way through xelatex."""
    with tempfile.TemporaryDirectory() as folder:
        notebook = make_notebook(FIRST, Path(folder) / "first.ipynb")
        import pypandoc

        path = Path(pypandoc.get_pandoc_path()).parent
        for kind in ("nbsolve-pdf", "pdf"):
            if kind == "pdf" and shutil.which("xelatex") is None:
                print("jupyter nbconvert --to pdf: no xelatex here")
                continue
            start = time.perf_counter()
            run = subprocess.run(
                [sys.executable, "-m", "nbconvert", "--to", kind, str(notebook)],
                capture_output=True, text=True, check=False,
                env={"PATH": f"{path}:/usr/local/bin:/usr/bin:/bin", "HOME": folder},
            )  # fmt: skip
            state = "" if run.returncode == 0 else " (failed)"
            print(f"jupyter nbconvert --to {kind}: {time.perf_counter() - start:.1f} s{state}")


if __name__ == "__main__":
    measure_one()
    measure_many()
    measure_latex()
