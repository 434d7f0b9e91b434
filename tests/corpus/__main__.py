"""What nbsolve says, frozen: says which outputs are not those of `frozen.txt`.

python -m tests.corpus                  compares; exit code 1 where something differs
python -m tests.corpus freeze           writes frozen.txt anew
python -m tests.corpus against COMMIT   a commit's outputs beside those of this tree: the first difference
python -m tests.corpus write FOLDER     the outputs of this tree as files

A number at the end takes that many of the cases: python -m tests.corpus against main 40
"""

from __future__ import annotations

import difflib
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

from tests.corpus.cases import Case, cases
from tests.corpus.frozen import FROZEN, different
from tests.corpus.writing import lines, write

_ROOT = Path(__file__).parents[2]
_SHOWN = 20
"""The lines of a difference that are shown."""


def main(arguments: list[str]) -> int:
    """Do what the arguments say; the exit code."""
    several = arguments and arguments[-1].isdigit()
    count = int(arguments.pop()) if several else None
    chosen = list(islice(cases(), count))
    match arguments:
        case []:
            found = different(lines(chosen))
            print("\n".join(found) or f"{len(chosen)} problems are as they were.")
            return 1 if found else 0
        case ["freeze"]:
            FROZEN.write_text("\n".join(lines(chosen)) + "\n", encoding="utf-8")
            return 0
        case ["write", folder]:
            write(chosen, Path(folder))
            return 0
        case ["against", commit]:
            return _against(commit, chosen)
    print(__doc__)
    return 2


def _against(commit: str, chosen: list[Case]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        tree, before, after = (Path(folder) / name for name in ("tree", "before", "after"))
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", tree, commit], cwd=_ROOT, check=True)
        try:
            # The folder that Python is started in comes before what is installed: the commit's own nbsolve runs.
            command = [sys.executable, "-m", "tests.corpus", "write", str(before), str(len(chosen))]
            subprocess.run(command, cwd=tree, check=True)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", tree], cwd=_ROOT, check=True)
        write(chosen, after)
        return _first_difference(before, after)


def _first_difference(before: Path, after: Path) -> int:
    names = sorted({path.relative_to(root) for root in (before, after) for path in root.rglob("*.txt")})
    texts = [[(root / name).read_text("utf-8") if (root / name).is_file() else "" for name in names]
             for root in (before, after)]  # fmt: skip
    others = [name for name, old, new in zip(names, *texts, strict=True) if old != new]
    print(f"{len(others)} of {len(names)} outputs differ.")
    if not others:
        return 0
    old, new = (texts[n][names.index(others[0])].splitlines() for n in range(2))
    for line in islice(difflib.unified_diff(old, new, "before", f"after: {others[0]}", lineterm=""), _SHOWN):
        print(line[:400])
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
