"""The downloads of a problem's page: one line under its title, and the same in the menu at the top."""

from __future__ import annotations

from html import escape
from typing import Any

from sphinx.application import Sphinx

from nbsolve.book.course import TABLE
from nbsolve.book.offered import NOTEBOOK, Offered, files_of
from nbsolve.phrases import phrase

_MENU = "download-buttons"
_PRINT = "download-pdf-button"
_OF_PROBLEMS = "problems/"


def setup(app: Sphinx) -> None:
    """Connect, after the theme has put its buttons together."""
    app.add_config_value("nbsolve_offered", [NOTEBOOK], "html", list)
    app.connect("html-page-context", _offer, priority=600)


def _offer(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Offer a problem's files; on no page the theme's "Print to PDF"."""
    buttons = context.get("header_buttons")
    files = files_of(page.removeprefix(_OF_PROBLEMS), app.config.nbsolve_offered)
    if doctree is None or not page.startswith(_OF_PROBLEMS) or page == f"{_OF_PROBLEMS}{TABLE}":
        if isinstance(buttons, list):
            _without_print_dialog(buttons)
        return
    if files:
        context["body"] = _under_title(str(context["body"]), _line(files, page))
    if isinstance(buttons, list):
        wanted = str(app.config.html_theme_options.get("use_download_button", True)).lower() == "true"
        _as_menu(buttons, files if wanted else (), page)


def _under_title(body: str, line: str) -> str:
    title, end, rest = body.partition("</h1>")
    return f"{title}{end}\n{line}{rest}" if end else line + body


def _line(files: tuple[Offered, ...], page: str) -> str:
    links = "".join(f"<li>{one.link(page)}</li>" for one in files)
    return f'<ul class="nbsolve-downloads" aria-label="{escape(phrase("downloads.title"))}">{links}</ul>\n'


def _as_menu(buttons: list[dict[str, Any]], files: tuple[Offered, ...], page: str) -> None:
    at = next((place for place, button in enumerate(buttons) if button.get("label") == _MENU), 0)
    buttons[:] = [button for button in buttons if button.get("label") != _MENU]
    if files:
        links = [
            {
                "type": "link",
                "url": one.address(page),
                "text": one.words,
                "icon": "fas fa-code" if one.kind == NOTEBOOK else "fas fa-file-pdf",
                "label": f"download-{one.kind}-button",
            }
            for one in files
        ]
        title = phrase("downloads.title")
        menu = {
            "type": "group",
            "tooltip": title,
            "icon": "fas fa-download",
            "buttons": links,
            "label": _MENU,
        }
        buttons.insert(at, menu)


def _without_print_dialog(buttons: list[dict[str, Any]]) -> None:
    for group in buttons:
        if group.get("label") == _MENU:
            group["buttons"] = [one for one in group["buttons"] if one.get("label") != _PRINT]
