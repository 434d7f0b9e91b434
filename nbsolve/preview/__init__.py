"""One page beside the editor: shown at once, shown again when its problem is saved, its errors in it."""

from __future__ import annotations

from nbsolve.preview.page import error_page, page_of
from nbsolve.preview.server import PreviewServer
from nbsolve.preview.watching import Sources, changes

__all__ = ["PreviewServer", "Sources", "changes", "error_page", "page_of"]
