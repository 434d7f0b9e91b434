"""The command: `nbsolve`, and `python -m nbsolve`."""

from __future__ import annotations

from nbsolve import interruptions

# Before anything else is loaded: from the first moment on Ctrl-C leaves no traceback.
interruptions.end_the_process()

from nbsolve.cli import main  # noqa: E402

__all__ = ["main"]

if __name__ == "__main__":
    main()
