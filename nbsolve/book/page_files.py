"""What a page loads beside itself: of what Jupyter Book's extensions add to every page, that which it uses."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

_THEBE = re.compile(
    r'\s*<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName = .*?</script>', re.DOTALL
)
# The theme's script would complain of a mode that is empty, and a dark page would first be painted light.
_MODE = """{ const root = document.documentElement.dataset;
root.mode ||= "auto";
if (!["light", "dark"].includes(root.theme))
  root.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"; }"""


@dataclass(frozen=True, slots=True)
class _Part:
    """An extension's files, how the scripts begin that it writes into the page, and when a page uses it."""

    files: tuple[str, ...]
    scripts: tuple[str, ...]
    used: Callable[[str, Config], object]


_PARTS = (
    _Part(
        ("sphinx-thebe.css", "sphinx-thebe.js"),
        ("const THEBE_JS_URL",),
        lambda body, config: _runs_code(body, config),
    ),
    _Part(
        ("togglebutton.css", "togglebutton.js"),
        ("let toggleHint", "let toggleOpenOnPrint", "var togglebuttonSelector"),
        lambda body, config: (
            config.togglebutton_selector != ".toggle, .admonition.dropdown"
            or re.search(r'class="[^"]*\b(?:toggle|dropdown)\b', body)
        ),
    ),
    _Part(
        ("copybutton.css", "copybutton.js", "clipboard.min.js"),
        (),
        lambda body, config: config.copybutton_selector != "div.highlight pre" or "<pre" in body,
    ),
    _Part(("design-tabs.js",), (), lambda body, _: "sd-tab-" in body),
)


def setup(app: Sphinx) -> None:
    """Connect, after the extensions whose files these are."""
    app.add_js_file(None, body=_MODE, priority=1)
    app.connect("html-page-context", _load_what_is_used, priority=950)


def _load_what_is_used(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    body = context.get("body") or ""
    unused = [part for part in _PARTS if not part.used(body, app.config)]
    files = {name for part in unused for name in part.files}
    starts = tuple(start for part in unused for start in part.scripts)
    if not isinstance(context.get("theme_switcher"), dict):  # which is all that asks for the page's name
        starts = (*starts, "DOCUMENTATION_OPTIONS.pagename")
    context["css_files"] = [one for one in context["css_files"] if _name(one) not in files]
    said: set[str] = set()
    scripts = []
    for script in context["script_files"]:
        text = getattr(script, "attributes", {}).get("body")
        if text is not None and (text in said or text.startswith(starts)):
            continue
        if text is not None:
            said.add(text)
        if _name(script) not in files:
            scripts.append(script)
    context["script_files"] = scripts
    if not _runs_code(body, app.config):
        context["body"] = _THEBE.sub("", body)


def _name(file: object) -> str:
    return posixpath.basename(str(getattr(file, "filename", file)))


def _runs_code(body: str, config: Config) -> bool:
    """Whether readers can run the code of a page where they read it."""
    buttons = config.html_theme_options.get("launch_buttons") or {}
    return bool(buttons.get("thebe")) or "thebe-launch-button" in body
