"""Every single change of what is seen on a page, audited: `python -m tests.audit [NAME of a problem …]`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.audit.alter import Alterations
from tests.audit.audit import kill
from tests.audit.built import pages
from tests.audit.pages import ROOT, site
from tests.audit.test_mutations import IN_FULL


def main(names: list[str]) -> int:
    """The command; exit code 1 where a change passes."""
    passed = 0
    for name in names or IN_FULL:
        path = ROOT / "problems" / f"{name}.yaml"
        with tempfile.TemporaryDirectory() as folder:
            audit = site(path, pages([path], Path(folder))[0])
        result = kill(audit, Alterations())
        print(
            f"{name}: {result.found} of {result.made} changes found ({result.rate:.4%}),"
            f" {result.same} more change nothing"
        )
        print("\n".join(result.passed[:20]))
        passed += len(result.passed)
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
