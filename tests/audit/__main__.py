"""Every single change of a page, audited: `python -m tests.audit [NAME of a shipped problem, or a file …]`.

Of a shipped network the page of the site, as a browser shows it; of all others the page in Markdown.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import yaml

from nbsolve import load_problem, solve
from nbsolve.checking.audit import ruled
from nbsolve.checking.audit.graphs import GraphAudit
from nbsolve.checking.audit.page import read_markdown
from nbsolve.checking.audit.updates import UpdateAudit
from nbsolve.render.myst import render
from tests.audit import killing_rules
from tests.audit.alter import Alterations
from tests.audit.built import pages
from tests.audit.killing import Kills, kill
from tests.audit.pages import ROOT, markdown, site
from tests.audit.test_mutations import IN_FULL


def kills(path: Path) -> Kills:
    """All changes of a problem's page."""
    text = path.read_text(encoding="utf-8")
    kind = yaml.load(text, Loader=yaml.BaseLoader).get("kind", "network")
    if kind == "network" and path.parent == ROOT / "problems":
        with tempfile.TemporaryDirectory() as folder:
            return kill(site(path, pages([path], Path(folder))[0]), Alterations())
    if kind == "network":
        return kill(markdown(text))
    blocks = read_markdown(render(solve(load_problem(text)).document()))
    if kind == "rule":
        return killing_rules.kill(ruled.RuleAudit(text), blocks)
    return kill({"graph": GraphAudit, "update": UpdateAudit}[kind](text, blocks))


def main(names: list[str]) -> int:
    """The command; exit code 1 where a change passes."""
    passed = 0
    for name in names or IN_FULL:
        shipped = ROOT / "problems" / f"{name}.yaml"
        result = kills(shipped if shipped.exists() else Path(name))
        print(
            f"{name}: {result.found} of {result.made} changes found ({result.rate:.4%}),"
            f" {result.same} more change nothing",
            flush=True,
        )
        print("\n".join(result.passed[:20]))
        passed += len(result.passed)
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
