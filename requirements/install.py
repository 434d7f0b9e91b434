"""Installs the packages of a lock file, and shows how far it is: `python requirements/install.py LOCK`.

pip's own words are kept back, its remarks about how it is configured among them; where it fails, what it complained
about is shown. Needs nothing but Python and pip.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

PIP = (
    *(sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--require-virtualenv"),
    *("--progress-bar", "off", "--require-hashes", "--only-binary=:all:", "-r"),
)
PINNED = re.compile(r"^\S+==", re.MULTILINE)
HANDLED = re.compile(r"(Collecting|Processing|Requirement already satisfied: ?|Ignoring) ?\S")
NO_WHEEL = re.compile(r"no matching distribution|could not find a version", re.IGNORECASE)


class Progress:
    """One line that counts up on a terminal; elsewhere a line at each quarter."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.lively = sys.stdout.isatty()

    def one_more(self) -> None:
        """A package was found, fetched, or was there."""
        self.done = min(self.done + 1, self.total)
        quarter = self.done * 4 // self.total > (self.done - 1) * 4 // self.total
        if self.lively:
            print(f"\r  {self.done} of {self.total} packages fetched", end="", flush=True)
        elif quarter:
            print(f"  {self.done} of {self.total} packages fetched", flush=True)

    def unpacking(self) -> None:
        """All are here; what is left takes as long again."""
        print(
            f"{chr(13) if self.lively else ''}  {self.total} packages fetched; unpacking them …", flush=True
        )


def install(lock: Path) -> int:
    """Run pip; its exit code."""
    progress = Progress(len(PINNED.findall(lock.read_text(encoding="utf-8"))))
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        with subprocess.Popen([*PIP, str(lock)], stdout=subprocess.PIPE, stderr=errors, text=True) as pip:
            assert pip.stdout is not None
            for line in pip.stdout:
                if HANDLED.match(line):
                    progress.one_more()
                elif line.startswith("Installing collected packages"):
                    progress.unpacking()
        if pip.returncode:
            errors.seek(0)
            complaint = "".join(line for line in errors if not line.startswith("WARNING"))
            print(f"\npip could not install {lock}:\n{complaint}", file=sys.stderr)
            if NO_WHEEL.search(complaint):
                version = ".".join(map(str, sys.version_info[:2]))
                print(
                    f"Not every locked package is there for Python {version} on this machine. If another Python"
                    " is installed, 3.11 to 3.14, name it: rm -r .venv; make site PYTHON=python3.13",
                    file=sys.stderr,
                )
        return pip.returncode


if __name__ == "__main__":
    sys.exit(install(Path(sys.argv[1])))
