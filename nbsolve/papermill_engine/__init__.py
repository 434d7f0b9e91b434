"""The engine for papermill whose kernels are forked from a warm process: `papermill --engine nbsolve …`.

The kernel is ipykernel's, and nbclient speaks with it as with any other: only the way in which its process comes
to be differs. In a process that was forked for one notebook, as the site's build does it, `here=FOLDER` makes that
process the kernel. Papermill loads this module while it is loaded itself, so nothing is imported here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import nbformat

__all__ = ["WarmEngine"]


class WarmEngine:
    """Papermill's own engine, with kernels that are forked where that is possible; where not, it says why."""

    @classmethod
    def execute_notebook(cls, nb: nbformat.NotebookNode, kernel_name: str, **options: Any) -> Any:
        """Run a notebook as papermill's own engine does; `here`: in this process, its files in that folder."""
        here = options.pop("here", None)
        if here is not None:
            from nbsolve.papermill_engine.here import HereEngine

            return HereEngine.execute_notebook(nb, kernel_name, scratch=here, **options)
        from papermill.engines import NBClientEngine
        from papermill.log import logger

        from nbsolve.papermill_engine.fitting import why_not

        reason = why_not(kernel_name)
        if reason is not None:
            logger.warning("engine nbsolve: %s; papermill's own engine runs the notebook", reason)
        elif "kernel_manager_class" not in options:
            from nbsolve.papermill_engine.manager import WarmKernelManager

            options["kernel_manager_class"] = WarmKernelManager
        return NBClientEngine.execute_notebook(nb, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, nb: nbformat.NotebookNode, name: str | None = None) -> Any:
        """Find the name of the kernel as papermill's own engine does."""
        from papermill.engines import NBClientEngine

        return NBClientEngine.nb_kernel_name(nb, name)

    @classmethod
    def nb_language(cls, nb: nbformat.NotebookNode, language: str | None = None) -> Any:
        """Find the language of the notebook as papermill's own engine does."""
        from papermill.engines import NBClientEngine

        return NBClientEngine.nb_language(nb, language)
