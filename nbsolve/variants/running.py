"""A run: all variants made, written as they come, then the key of all and the manifest."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from nbsolve import __version__
from nbsolve.errors import NbsolveError
from nbsolve.jobs import mapped
from nbsolve.variants.keys import COLUMNS, as_csv
from nbsolve.variants.making import Made, Plan, fingerprint_of, made
from nbsolve.variants.recipient import Recipient
from nbsolve.variants.target import MANIFEST, WHAT, Folder, Target

__all__ = ["Run"]

Tracked = Callable[[Iterable[tuple[int, bytes]], int], Iterable[tuple[int, bytes]]]
Line = dict[str, Any]


class Run:
    """Variants of one problem for some recipients. Raises: ProblemError, NoVariant, NbsolveError."""

    def __init__(
        self, plan: Plan, recipients: Sequence[Recipient], out: str | Path, booklets: bool = False
    ) -> None:
        plan.family()  # faults of the file are reported before anything begins
        self._plan = plan
        self._recipients = list(recipients)
        self._booklets = booklets
        self.target = _target(out, fingerprint_of(plan, self._recipients, booklets))

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
        self.target.close()
        rejected: Counter[str] = Counter()
        files: dict[str, str] = {}
        with (
            _Hashed(self.target.opened("keys.json")) as together,
            _Hashed(self.target.opened("keys.csv")) as table,
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

            files |= booklets(self.target, self._recipients, self._plan.make)
        with _Hashed(self.target.opened(MANIFEST)) as manifest:
            self._manifest(manifest, rejected, files)
        self.target.publish()
        return rejected

    def _done(self) -> Iterator[tuple[Recipient, Line]]:
        """What the journal says of each recipient, in their order, one at a time."""
        yield from zip(self._recipients, self.target.lines([who.id for who in self._recipients]), strict=True)

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


def _target(out: str | Path, fingerprint: str) -> Target:
    """A folder of this machine, or what fsspec makes of an address."""
    address = str(out)
    if "://" not in address:
        return Folder(Path(out), fingerprint)
    if address.startswith("file://"):
        return Folder(Path(unquote(urlsplit(address).path)), fingerprint)
    # imported here: the extra `cluster` may not be installed
    from nbsolve.variants.stored import Stored

    return Stored(address, fingerprint)


class _Hashed:
    """A file of text that is written bit by bit, and its hash."""

    def __init__(self, opened: AbstractContextManager[BinaryIO]) -> None:
        self._opened = opened
        self._hash = sha256()
        self._stream: BinaryIO | None = None

    def __enter__(self) -> _Hashed:
        self._stream = self._opened.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._opened.__exit__(*raised)

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
