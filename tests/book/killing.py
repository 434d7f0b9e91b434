"""Builds killed with -9 at random moments: the site is whole each time, and the next build finishes it.

python -m tests.book.killing 100 kills a hundred builds of a small course and says what it found.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nbsolve.book import init_course
from nbsolve.book.turn import own_turn
from tests.book.problems import FLAT, TRAINED
from tests.book.walking import faults

_VARIANTS = ({"flat.yaml": FLAT}, {"week1/trained.yaml": TRAINED})
_SITES = (["first", "flat"], ["first", "week1/trained"])
KEPT = {
    *(".lock", "_toc.yml", "handouts", "handouts.json", "html", "made.json", "notebooks", "site.json"),
    *("served.json", "sphinx", "style"),
}
"""All that a build leaves in `_build`."""


class Killing:
    """A course of two variants, each built after the other and killed on the way."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.course, self.random, self.variant, self.longest = folder / "course", random.Random(seed), 0, 0.0
        init_course(self.course)
        with (self.course / "_config.yml").open("a", encoding="utf-8") as config:
            config.write("handouts: true\n")
        self.site = self.course / "book" / "_build" / "html"

    def change(self) -> None:
        """The other variant: one problem is withdrawn, another comes."""
        for name in _VARIANTS[self.variant]:
            (self.course / "problems" / name).unlink(missing_ok=True)
        self.variant = 1 - self.variant
        for name, text in _VARIANTS[self.variant].items():
            path = self.course / "problems" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def finish(self) -> list[str]:
        """Build to the end; returns what is wrong with the site or left beside it."""
        begin = time.monotonic()
        run = self._start()
        _, errors = run.communicate()
        self.longest = max(self.longest, time.monotonic() - begin)
        if run.returncode != 0:
            return [f"the build failed: {errors.decode()}"]
        left = {path.name for path in self.site.parent.iterdir()} - KEPT
        return faults(self.site, _SITES[self.variant], handouts=True) + [
            f"{name} is left" for name in sorted(left)
        ]

    def kill(self, part: float | None = None) -> list[str]:
        """Start a build and kill it after a part of the time that it takes; returns what is wrong then.

        Sometimes only the build itself is killed, and what it started runs on to its end; sometimes all of it.
        """
        run = self._start()
        time.sleep((self.random.random() if part is None else part) * self.longest)
        if self.random.random() < 0.5:
            os.kill(run.pid, signal.SIGKILL)
        else:
            os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        with own_turn(self.site.parent):  # until whatever was left running has ended
            if not self.site.exists():
                return [] if not (self.site.parent / "site.json").exists() else ["there is no site"]
            found = [faults(self.site, problems, handouts=True) for problems in _SITES]
        return [] if not all(found) else min(found, key=len)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "nbsolve", "build"],
            cwd=self.course,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )


def main(times: int, seed: int = 0) -> int:
    """Kill so many builds; returns how often something was wrong."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        killing = Killing(Path(folder), seed)
        killing.change()
        for count in range(times):
            if count == 0:
                killing.longest = 3.0  # the first build of all is killed too
            found = killing.kill()
            if count % 10 == 0:
                found += killing.finish()
            killing.change()
            for fault in found:
                print(f"after {count + 1}: {fault}", flush=True)
            wrong += bool(found)
        wrong += bool(killing.finish())
    print(f"{times} builds killed, something wrong {wrong} times")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)))
