"""A run: all variants made, written as they come, then the key of all and the manifest."""

from __future__ import annotations

import io
import json
import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from nbsolve import __version__
from nbsolve.errors import NbsolveError
from nbsolve.jobs import mapped
from nbsolve.variants.keys import COLUMNS, as_csv
from nbsolve.variants.making import Made, Plan, fingerprint_of, made
from nbsolve.variants.recipient import Recipient
from nbsolve.variants.target import MANIFEST, WHAT, Target

__all__ = ["Run"]

Tracked = Callable[[Iterable[tuple[int, bytes]], int], Iterable[tuple[int, bytes]]]
Line = dict[str, Any]


class Run:
    """Variants of one problem for some recipients. Raises: ProblemError, NoVariant, NbsolveError."""

    def __init__(
        self, plan: Plan, recipients: Sequence[Recipient], out: Path, booklets: bool = False
    ) -> None:
        plan.family()  # faults of the file are reported before anything begins
        self._plan = plan
        self._recipients = list(recipients)
        self._booklets = booklets
        self.target = Target(out, fingerprint_of(plan, self._recipients, booklets))

    def run(
        self,
        jobs: int = 1,
        resume: bool = False,
        tracked: Tracked = lambda results, total: results,
        scheduler: str | None = None,
    ) -> Counter[str]:
        """Make all that is not there, in so many processes or on a cluster; how many draws each gate rejected."""
        self.target.begin(resume)
        done = self.target.done()
        left = [one for one in self._recipients if one.id not in done]
        plan = self._plan if scheduler is None else self._plan.enclosed()
        work = partial(made, pickle.dumps(plan))
        try:
            results = mapped(
                work, map(pickle.dumps, left), jobs=jobs, scheduler=scheduler, total=len(left) or 1
            )
            for position, result in tracked(results, len(left)):
                self._keep(left[position], pickle.loads(result))
        except NbsolveError:
            self.target.give_up()
            raise
        return self._close()

    def _keep(self, who: Recipient, result: Made) -> None:
        line = {"id": who.id, "name": who.name, "rejected": dict(result.rejected), "answers": result.rows}
        self.target.finish_one(who.folder, result.files, line)

    # ------------------------------------------------------------------ the end

    def _close(self) -> Counter[str]:
        """The key of all, the booklets, the manifest; then everything in its place."""
        rejected: Counter[str] = Counter()
        files: dict[str, str] = {}
        with (
            _Hashed(self.target.folder / "keys.json") as together,
            _Hashed(self.target.folder / "keys.csv") as table,
        ):
            head = {"version": 1, "problem": self._plan.name, "seed": self._plan.seed}
            together.write(json.dumps(head)[:-1] + ', "variants": [\n')
            table.write(",".join(COLUMNS) + "\n")
            separator = ""
            for who, line in self._done():
                rejected.update(line["rejected"])
                own = {"id": who.id, "name": who.name, "answers": line["answers"]}
                together.write(separator + json.dumps(own, ensure_ascii=False))
                table.write(as_csv(who, line["answers"], header=False))
                separator = ",\n"
            together.write("\n]}\n")
        files |= {"keys.json": together.digest, "keys.csv": table.digest}
        if self._booklets:
            from nbsolve.variants.booklets import booklets

            files |= booklets(self.target.folder, self._recipients, self._plan.make)
        with _Hashed(self.target.folder / MANIFEST) as manifest:
            self._manifest(manifest, rejected, files)
        self.target.publish()
        return rejected

    def _done(self) -> Iterator[tuple[Recipient, Line]]:
        """What the journal says of each recipient, in their order, one at a time."""
        at = self.target.offsets()
        for who in self._recipients:
            yield who, self.target.line(at[who.id])

    def _manifest(self, stream: _Hashed, rejected: Counter[str], files: dict[str, str]) -> None:
        plan = self._plan
        head = {
            "what": WHAT,
            "nbsolve": __version__,
            "problem": {"name": plan.name, "sha256": sha256(plan.text.encode("utf-8")).hexdigest()},
            "seed": plan.seed,
            "make": list(plan.make),
            "rejected": dict(sorted(rejected.items())),
            "files": dict(sorted(files.items())),
        }
        stream.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "variants": [\n')
        separator = ""
        for who, line in self._done():
            own = {"id": who.id, "name": who.name, "rejected": line["rejected"], "files": line["files"]}
            stream.write(separator + json.dumps(own, ensure_ascii=False))
            separator = ",\n"
        stream.write("\n]}\n")


class _Hashed:
    """A file of text that is written bit by bit, and its hash."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hash = sha256()
        self._stream: io.BufferedWriter | None = None

    def __enter__(self) -> _Hashed:
        self._stream = self._path.open("wb")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._stream is not None
        self._stream.close()

    def write(self, text: str) -> None:
        """Add to the file."""
        assert self._stream is not None
        data = text.encode("utf-8")
        self._hash.update(data)
        self._stream.write(data)

    @property
    def digest(self) -> str:
        """The hash of what was written."""
        return self._hash.hexdigest()
