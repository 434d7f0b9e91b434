"""How papermill writes a problem into a notebook: as YAML that a person can read and change."""

from __future__ import annotations

import ast

from papermill.translators import PythonTranslator, papermill_translators

# papermill looks for a translator by the kernel's name before it looks by language, so that this name picks
# the one below and leaves papermill's own Python translator as it is.
KERNEL_NAME = "nbsolve"

_COMMENT = "The problem. Change a number, then run all cells: the solution below is worked out again."


class ReadableTranslator(PythonTranslator):  # type: ignore[misc]
    """Writes text of several lines as one block between triple quotes, not one line of backslashes."""

    @classmethod
    def translate_str(cls, val: str) -> str:
        """A Python literal for `val`: triple quotes where it has line breaks and they can hold it exactly."""
        if "\n" in val:
            for prefix in ("r",) if "\\" in val else ("",):
                for quotes in ('"""', "'''"):
                    literal = f"{prefix}{quotes}{val}{quotes}"
                    if _reads_as(literal, val):
                        return literal
        return repr(val)

    @classmethod
    def codify(cls, parameters: dict[str, object], comment: str = _COMMENT) -> str:
        """The source of the parameters cell: a comment, then one assignment a parameter."""
        lines = [f"{cls.assign(name, cls.translate(value))}" for name, value in parameters.items()]
        return "\n".join([cls.comment(_COMMENT), *lines])


def register_translator() -> None:
    """Make papermill write parameters for `KERNEL_NAME` with `ReadableTranslator`."""
    papermill_translators.register(KERNEL_NAME, ReadableTranslator)


def _reads_as(literal: str, value: str) -> bool:
    try:
        return bool(ast.literal_eval(literal) == value)
    except (SyntaxError, ValueError):
        return False
