"""`make book-pdf`: the whole book through LaTeX. Installs nothing; says what is missing and how to get it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from nbsolve.book.course import Course
from nbsolve.errors import NbsolveError

__all__ = ["build_book_pdf", "missing"]

PACKAGES = {
    "xelatex": "texlive-xetex",
    "latexmk": "latexmk",
    "makeindex": "texlive-binaries",
    "kpsewhich": "texlive-binaries",
    "article.cls": "texlive-latex-base",
    "fncychap.sty": "texlive-latex-extra",
    "titlesec.sty": "texlive-latex-extra",
    "needspace.sty": "texlive-latex-extra",
    "newunicodechar.sty": "texlive-latex-extra",
    "fvextra.sty": "texlive-latex-extra",
    "ulem.sty": "texlive-plain-generic",
    "fontspec.sty": "texlive-latex-recommended",
    "polyglossia.sty": "texlive-latex-extra",
    "FreeSerif.otf": "fonts-freefont-otf",
}
"""What building needs, and the Debian package that has it: commands, TeX's files, a font."""
_COMMAND = "from jupyter_book.cli.main import main; main()"
_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/Library/Fonts")


def missing() -> list[str]:
    """The names of those `PACKAGES` that are not installed."""
    found = []
    for name in PACKAGES:
        if name.endswith(".otf"):
            here = any(next(Path(folder).expanduser().rglob(name), None) for folder in _FONTS)
            here = here or _known_to_tex(name)
        else:
            here = _known_to_tex(name) if "." in name else shutil.which(name) is not None
        if not here:
            found.append(name)
    return found


def _known_to_tex(name: str) -> bool:
    kpsewhich = shutil.which("kpsewhich")
    if kpsewhich is None:
        return False
    return bool(subprocess.run([kpsewhich, name], capture_output=True, text=True, check=False).stdout.strip())


def build_book_pdf(folder: Path) -> Path:
    """The PDF of a course's book, whose site has been built before. Raises: NbsolveError."""
    course = Course(folder.resolve())
    course.check()
    lacking = missing()
    if lacking:
        packages = " ".join(sorted({PACKAGES[name] for name in lacking}))
        raise NbsolveError(
            f"the book's PDF needs {', '.join(lacking)}, not found here.\n"
            f"    hint: on Debian and Ubuntu: apt install --no-install-recommends {packages}"
        )
    contents = course.book / "_build" / "_toc.yml"
    if not contents.is_file():
        raise NbsolveError("the book's pages are not there yet: `make site` (or `nbsolve build`) first")
    work = course.book / "_build" / "pdf"
    arguments = ["build", str(course.book), "--config", str(course.config), "--toc", str(contents)]
    arguments += ["--path-output", str(work), "--builder", "pdflatex"]
    run = subprocess.run(
        [sys.executable, "-P", "-c", _COMMAND, *arguments],
        cwd=course.folder, env=os.environ | {"PYTHONUTF8": "1", "NO_COLOR": "1"},
        capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    made = sorted((work / "_build" / "latex").glob("*.pdf"), key=lambda path: path.stat().st_mtime)
    books = [path for path in made if not path.name.startswith("drawing-")]
    if run.returncode != 0 or not books:
        lines = [line for line in (run.stdout + run.stderr).splitlines() if line.startswith(("!", "l."))]
        told = "\n".join(lines[:20] or (run.stdout + run.stderr).splitlines()[-20:])
        raise NbsolveError(f"the book's PDF could not be built:\n{told}")
    target = course.book / "_build" / "book.pdf"
    shutil.copyfile(books[-1], target)
    return target


if __name__ == "__main__":
    try:
        print(f"The book is ready: {build_book_pdf(Path('.'))}")
    except NbsolveError as error:
        sys.exit(f"nbsolve: error: {error}")
