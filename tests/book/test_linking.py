"""What Sphinx remembers is linked into the folder where it works: writing there leaves the original alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nbsolve.book.linking import link_or_copy

WRITE = """
import sys
from pathlib import Path
from nbsolve.book.linking import own_when_written
own_when_written(Path(sys.argv[1]))
with open(sys.argv[2], sys.argv[3]) as stream:
    stream.write("new")
"""


@pytest.mark.parametrize(("mode", "expected"), [("w", "new"), ("a", "old contentnew"), ("r+", "new content")])
def test_a_linked_file_gets_a_content_of_its_own_when_it_is_written(
    tmp_path: Path, mode: str, expected: str
) -> None:
    kept, fresh = tmp_path / "kept", tmp_path / "fresh"
    kept.write_text("old content")
    fresh.mkdir()
    link_or_copy(kept, fresh / "page")
    link_or_copy(kept, fresh / "other")
    # in a process of its own: what listens to files that are opened cannot be taken away again
    subprocess.run([sys.executable, "-c", WRITE, fresh, fresh / "page", mode], check=True)
    assert kept.read_text() == "old content"
    assert (fresh / "page").read_text() == expected
    assert os.path.samefile(kept, fresh / "other")
    assert sorted(path.name for path in fresh.iterdir()) == ["other", "page"]
