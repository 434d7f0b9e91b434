"""A finished picture."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbsolve.drawing.scene import Scene

if TYPE_CHECKING:
    from nbsolve.drawing.charts.chart import Plot

__all__ = ["Drawing"]


@dataclass(frozen=True)
class Drawing:
    """A finished picture: its `svg`, its `title`, the words that stand for it (`alt`), and what it was made from.

    Jupyter shows the SVG (LaTeX the PDF); where there are no pictures, the words. A picture that was painted on
    somebody else's axes (`elsewhere`) is not shown a second time.
    """

    svg: str
    title: str
    alt: str
    source: Scene | Plot
    elsewhere: bool = False

    @property
    def scene(self) -> Scene:
        """The placed shapes and labels."""
        return self.source if isinstance(self.source, Scene) else self.source.scene

    def save(self, path: str | Path) -> Path:
        """Write the picture as SVG, PDF or PNG, by the file's suffix; returns the file's path.

        Raises: NbsolveError for another suffix, and where the file cannot be written (it then stays as it was).
        """
        from nbsolve.drawing.saving import save

        return save(self.svg, self.source, Path(path))

    def paint(self, ax: Any) -> Any:
        """Paint the picture on matplotlib axes, among other plots; returns the axes."""
        from nbsolve.drawing.charts.plots import paint

        paint(self.source, ax)
        return ax

    def _repr_svg_(self) -> str | None:
        return None if self.elsewhere else self.svg

    @property
    def words(self) -> str:
        """Title and description, for where there is no picture."""
        return self.alt if self.alt.startswith(self.title) else f"{self.title}. {self.alt}"

    def _as_html(self) -> str:
        """The picture with its words: nbconvert gives an SVG none, and Jupyter would take an SVG out of HTML."""
        data = base64.b64encode(self.svg.encode()).decode("ascii")
        return (
            f'<img alt="{escape(self.words)}" src="data:image/svg+xml;base64,{data}" style="max-width:100%">'
        )

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        from nbsolve.render.typst.picture import picture_pdf

        bundle = {"text/plain": self.words}
        if not self.elsewhere:
            # LaTeX knows no SVG: notebooks that become LaTeX find a PDF beside it
            pdf = base64.b64encode(picture_pdf(self.svg, self.words)).decode("ascii")
            bundle |= {"text/html": self._as_html(), "image/svg+xml": self.svg, "application/pdf": pdf}
        wanted = bundle.keys() if include is None else set(include)
        return {kind: text for kind, text in bundle.items() if kind in wanted and kind not in (exclude or ())}
