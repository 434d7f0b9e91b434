"""Importing this imports all that Sphinx's process needs: what the process of `warm_sphinx.py` does once."""

from nbsolve.book.sphinx_run import import_all

import_all()
