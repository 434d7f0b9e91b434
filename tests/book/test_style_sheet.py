from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import tinycss2

from nbsolve.book.style_sheet import Rule, matching, read_rules, written

TEXT = """@charset "utf-8";
@import "other.css";
/* a comment with } and a { */
.a, .b > p, .c:not(.d, .e) { color: red; content: "} .f {"; }
@media print { .a { --x: {y: z}; color: blue }
  @supports (display: grid) { .g { display: grid } } }
.w-25\\% , .h[class*=".k"]::after, p { background: url(data:image/svg+xml;,%3Csvg/%3E) }
@keyframes turn { from { top: 0 } to { top: 1px } }
:is(.l, .m) :where(.n) {}
.o .p, .q.r { margin: 0 }
"""


def _seen(text: str, classes: str) -> str:
    return written(matching(read_rules(text), set(classes.split()).__contains__))


def test_rules_without_a_class_of_the_page_go() -> None:
    assert _seen(TEXT, "").split("\n") == [
        '@charset "utf-8";',
        '@import "other.css";',
        "p{background: url(data:image/svg+xml;,%3Csvg/%3E)}",
        "@keyframes turn{from{top: 0}to{top: 1px}}",
        "",
    ]
    assert ".a" not in _seen(TEXT, "b c d e")
    assert ".b > p,.c:not(.d,.e){" in _seen(TEXT, "b c")
    assert "@media print{\n.a{--x:{y: z};color: blue}\n}" in _seen(TEXT, "a")
    assert "@supports (display: grid){\n.g{display: grid}\n}" in _seen(TEXT, "g")
    assert ".w-25\\%,p{" in _seen(TEXT, "w-25%")
    assert '.h[class*=".k"]::after,p{' in _seen(TEXT, "h")
    assert ".o" not in _seen(TEXT, "o")
    assert ".o .p{" in _seen(TEXT, "o p")
    assert ".q" not in _seen(TEXT, "r")
    assert ".q.r{" in _seen(TEXT, "q r")


def test_what_is_written_is_read_again() -> None:
    rules = read_rules(TEXT)
    assert read_rules(written(rules)) == rules


def test_an_unfinished_block_is_an_error() -> None:
    with pytest.raises(ValueError, match="inside a block"):
        read_rules("a { color: red")


def _theme() -> list[Path]:
    found: list[Path] = []
    for package in ("pydata_sphinx_theme", "sphinx_book_theme", "sphinx_design", "myst_nb", "sphinx"):
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        found += Path(spec.origin).parent.rglob("*.css")
    static = Path(__file__).parents[2] / "nbsolve" / "templates" / "static"
    return [*found, *static.glob("*.css")]


def test_no_class_of_ours_is_set_in_the_font_of_icons() -> None:
    sheets = {path.name: path.read_text(encoding="utf-8") for path in _theme()}
    icons = set()
    for selector, body in _flat(read_rules(sheets["all.min.css"])):
        if "font-family" in body:
            icons |= set(re.findall(r"\.([\w-]+)", selector))
    assert {"fa-solid", "far"} <= icons
    assert not icons & set(re.findall(r"\.([\w-]+)", sheets["nbsolve.css"]))


def test_style_sheets_are_read_as_another_parser_reads_them() -> None:
    sheets = _theme()
    assert {"bootstrap.css", "all.min.css", "nbsolve.css"} <= {path.name for path in sheets}
    for path in sheets:
        text = path.read_text(encoding="utf-8")
        assert list(_flat(read_rules(text))) == list(_theirs(text)), path


def _flat(rules: tuple[Rule, ...]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for rule in rules:
        found.append((_plain(rule.prelude), _plain(rule.body) if isinstance(rule.body, str) else ""))
        if isinstance(rule.body, tuple):
            found += _flat(rule.body)
    return found


def _theirs(text: str) -> list[tuple[str, str]]:
    return _parsed(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True))


def _parsed(rules: list[tinycss2.ast.Node]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for rule in rules:
        keyword = getattr(rule, "at_keyword", "")
        prelude = _plain(f"@{keyword}" if keyword else "") + _plain(tinycss2.serialize(rule.prelude))
        if keyword in ("media", "supports", "container", "layer") and rule.content is not None:
            found.append((prelude, ""))
            found += _parsed(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True))
        else:
            found.append((prelude, _plain(tinycss2.serialize(rule.content or []))))
    return found


def _plain(css: str) -> str:
    """Without comments, spaces, quotes, escapes that mean the same, and the last semicolon."""
    tokens = tinycss2.parse_component_value_list(css, skip_comments=True)
    return re.sub(r"[\s\"'\\]", "", str(tinycss2.serialize(tokens))).replace("/**/", "").rstrip(";")
