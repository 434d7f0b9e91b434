"""A finished picture."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from nbsolve.drawing.scene import Scene

__all__ = ["Drawing"]


@dataclass(frozen=True)
class Drawing:
    """A finished picture: its `svg`, the words that stand for it (`alt`), and the scene it was written from.

    Jupyter shows the SVG; where there are no pictures, the words.
    """

    svg: str
    title: str
    alt: str
    scene: Scene

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        bundle = {"image/svg+xml": self.svg, "text/plain": f"{self.title}. {self.alt}"}
        wanted = bundle.keys() if include is None else set(include)
        return {kind: text for kind, text in bundle.items() if kind in wanted and kind not in (exclude or ())}
