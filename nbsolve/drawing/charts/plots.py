"""Pictures through matplotlib, for those who ask for it: on axes of theirs; as SVG with real text, PDF or PNG.

matplotlib is imported by the functions that need it: drawings do without.
"""

from __future__ import annotations

import io
import re
import zlib
from functools import lru_cache
from html import escape
from typing import Any

from nbsolve.drawing.charts.chart import Plot
from nbsolve.drawing.ink import GROUND
from nbsolve.drawing.metrics import FAMILY
from nbsolve.drawing.scene import Scene

__all__ = ["paint", "rendered", "svg_of"]

PIXELS_PER_INCH = 96.0
_DOTS_PER_INCH = 192.0
_SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "nbsolve",
    "pdf.fonttype": 3,
    "figure.dpi": PIXELS_PER_INCH,
}
_LOOKS = frozenset(
    {
        "axes",
        "figure",
        "font",
        "grid",
        "hatch",
        "legend",
        "lines",
        "markers",
        "mathtext",
        "patch",
        "path",
        "pdf",
    }
    | {"savefig", "svg", "text", "xtick", "ytick"}
)
"""Groups of matplotlib's settings that a reader's own style must not change in a finished picture."""
_IDS = re.compile(r'(\bid="|href="#|url\(#)')
_METADATA: dict[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


def paint(source: Scene | Plot, ax: Any) -> None:
    """Paint on somebody's axes."""
    if isinstance(source, Plot):
        from nbsolve.drawing.charts.axes import paint_plot

        paint_plot(source, ax)
    else:
        from nbsolve.drawing.on_axes import paint_scene

        paint_scene(source, ax)


def rendered(source: Scene | Plot, suffix: str) -> bytes:
    """The bytes of a file: `svg`, `pdf` or `png`. The same source always gives the same bytes."""
    import matplotlib
    from matplotlib.figure import Figure

    from nbsolve.drawing.on_axes import paint_scene

    scene = source.scene if isinstance(source, Plot) else source
    with matplotlib.rc_context(_settings()):
        size = (scene.width / PIXELS_PER_INCH, scene.height / PIXELS_PER_INCH)
        figure = Figure(figsize=size, facecolor=GROUND)
        paint_scene(scene, figure.add_axes((0.0, 0.0, 1.0, 1.0)))
        file = io.BytesIO()
        options: dict[str, Any] = {"pil_kwargs": {"compress_level": 4}} if suffix == "png" else {}
        figure.savefig(file, format=suffix, dpi=_DOTS_PER_INCH, metadata=_METADATA[suffix], **options)
    return file.getvalue()


@lru_cache(maxsize=1)
def _settings() -> dict[Any, Any]:
    import matplotlib

    plain = {
        key: value for key, value in matplotlib.rcParamsDefault.items() if key.partition(".")[0] in _LOOKS
    }
    return {**plain, **_SETTINGS}


def svg_of(source: Scene | Plot, title: str, alt: str) -> str:
    """matplotlib's SVG, made fit to stand among others in a page: own ids, own style, title and description."""
    text = rendered(source, "svg").decode()
    text = text[text.index("<svg") :]
    body = text[text.index(">") + 1 :]
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    tag = f"nb{zlib.crc32((title + alt + body).encode()):08x}"
    body = _IDS.sub(rf"\g<1>{tag}-", body)
    body = body.replace('<style type="text/css">*{', f'<style type="text/css">#{tag} *{{')
    width, height = f"{source.width:g}", f"{source.height:g}"
    points = 72 / PIXELS_PER_INCH
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" id="{tag}" '
        f'viewBox="0 0 {source.width * points:g} {source.height * points:g}" width="{width}" height="{height}" '
        f'style="max-width:100%;height:auto" role="img" '
        f'aria-labelledby="{tag}-t" aria-describedby="{tag}-d">\n'
        f'<title id="{tag}-t">{escape(title)}</title>\n<desc id="{tag}-d">{escape(alt)}</desc>'
        + re.sub(r"'DejaVu Sans'(?:, [^;\"]*)?", FAMILY, body)
    )
