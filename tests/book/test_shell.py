"""The shell that runs a notebook's cells is made without a warning."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_no_setting_of_the_shell_is_deprecated(tmp_path: Path) -> None:
    program = (
        "import warnings\n"
        "from nbsolve.papermill_engine.here import fresh_kernel\n"
        "with warnings.catch_warnings():\n"
        "    warnings.simplefilter('error')\n"
        f"    fresh_kernel({str(tmp_path)!r})\n"
    )
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (made.returncode, made.stderr) == (0, "")
