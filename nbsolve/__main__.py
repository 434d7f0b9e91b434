"""`python -m nbsolve` is the same as `nbsolve`."""

from __future__ import annotations

from nbsolve.cli import main

if __name__ == "__main__":
    main()
