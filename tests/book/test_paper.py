"""On paper nothing scrolls, so that an equation wider than the sheet is set smaller, never cut off."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from tests.book.browser import rendered
from tests.programs import BROWSER, needs

PAGE = """<!DOCTYPE html><html><body><div class="bd-article" style="width: 400px">
{equations}
</div><style>mjx-container, mjx-math {{ display: block }} mjx-math {{ width: max-content }} {css}</style>
<script>{script}
dispatchEvent(new Event("beforeprint"));
for (const box of document.querySelectorAll("mjx-container")) {{
  box.dataset.size = parseFloat(getComputedStyle(box).fontSize);
  box.dataset.room = box.parentElement.clientWidth - box.firstElementChild.getBoundingClientRect().width;
}}
</script></body></html>"""
EQUATION = '<div class="math"><mjx-container display="true"><mjx-math>{}</mjx-math></mjx-container></div>'


@needs(BROWSER)
def test_what_is_wider_than_the_sheet_is_set_smaller(tmp_path: Path) -> None:
    static = files("nbsolve") / "templates" / "static"
    css = (static / "nbsolve.css").read_text(encoding="utf-8")
    assert "@media print" in css
    page = tmp_path / "page.html"
    equations = "".join(EQUATION.format("0.123&nbsp;·&nbsp;" * count) for count in (3, 30, 60))
    page.write_text(
        PAGE.format(
            equations=equations,
            css=css.replace("@media print", "@media all"),
            script=(static / "nbsolve.js").read_text(encoding="utf-8"),
        ),
        encoding="utf-8",
    )
    boxes = rendered(page).find_all("mjx-container")
    sizes = [float(str(box["data-size"])) for box in boxes]
    assert len(boxes) == 3
    assert sizes[0] > sizes[1] > sizes[2] > 0
    assert all(float(str(box["data-room"])) >= 0 for box in boxes)
