"""What nbsolve adds to the site while Sphinx builds it: style, version, offline mathematics, downloads."""

from __future__ import annotations

import hashlib
import shutil
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from nbsolve import __version__
from nbsolve.book.drawing_directive import add_directives

# Of MathJax's 24 MB, what pages with LaTeX input and HTML output can ever ask for.
_MATHJAX = ("tex-chtml-full.js", "output/chtml/fonts", "a11y", "sre", "ui")


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx for `nbsolve.book.sphinx_extension` in the list of extensions."""
    app.connect("config-inited", _configure)
    app.connect("build-finished", _offer_notebooks)
    app.connect("build-finished", _copy_mathjax)
    add_directives(app)
    # with another style sheet or script every page is written anew; else Sphinx would keep the old ones
    app.add_config_value("nbsolve_style", _style(), "html", str)
    app.add_css_file("nbsolve.css")
    app.add_js_file("nbsolve.js")
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


def _style() -> str:
    """A hash of what stands in the folder of style sheets and scripts."""
    digest = hashlib.sha256()
    for file in sorted(files("nbsolve").joinpath("templates", "static").iterdir(), key=lambda one: one.name):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _configure(app: Sphinx, config: Config) -> None:
    config.html_static_path.append(str(files("nbsolve") / "templates" / "static"))
    config.mathjax_path = "mathjax/tex-chtml-full.js"
    if not config.mathjax3_config:
        # each line of a solution begins where the last one began
        config.mathjax3_config = {"chtml": {"displayAlign": "left"}}
    config.html_theme_options.setdefault("show_toc_level", 2)  # iterations, and what is in them
    foot = f"<p class='nbsolve-version'>Worked out by nbsolve {__version__}.</p>"
    config.html_theme_options["extra_footer"] = foot + str(config.html_theme_options.get("extra_footer", ""))


def _offer_notebooks(app: Sphinx, error: Exception | None) -> None:
    """The page's download button gives the notebook that runs, not the site's copy of it."""
    if error is None:
        runnable = Path(app.srcdir) / "_build" / "notebooks"
        for source in (Path(app.outdir) / "_sources" / "problems").glob("*.ipynb"):
            if (runnable / source.name).is_file():
                shutil.copyfile(runnable / source.name, source)


def _copy_mathjax(app: Sphinx, error: Exception | None) -> None:
    """The copy that sphinx-mathjax-offline carries; loose files in `_static` would be added to every page."""
    spec = find_spec("sphinx-mathjax-offline")
    target = Path(app.outdir) / "_static" / "mathjax"
    if error is not None or spec is None or spec.origin is None or target.exists():
        return
    source = Path(spec.origin).parent / "static" / "mathjax"
    for name in _MATHJAX:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name)
        else:
            shutil.copyfile(source / name, target / name)
