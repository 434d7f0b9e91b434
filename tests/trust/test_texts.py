"""What authors must not write is refused where it stands; all else is shown as it is to every reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import DocutilsRenderer
from myst_parser.parsers.mdit import create_md_parser
from nbconvert.filters import markdown2html

import nbsolve
from nbsolve import ProblemError, solve
from nbsolve.markdown import myst
from nbsolve.markdown.plain import plain
from nbsolve.render import latex, text
from nbsolve.render import myst as render_myst
from tests.loading import load_problem
from tests.trust.payloads import (
    FIELDS,
    KINDS,
    PAYLOADS,
    REFUSED,
    SHOWN,
    Payload,
    of_kind,
    problem_text,
    with_payload,
)

OURS = re.compile(
    r"</?span>|<span id=\"[\w-]*\">|<a href=\"#[\w-]*\">|</a>|<!-- (box: [\w -]+|end of box) -->"
    r"|<details class=\"nbsolve-fold\">\s*<summary>[\w ,']+</summary>|</details>"
)
"""The HTML that nbsolve writes into its Markdown: an escaped dollar, an anchor, a link to one, what is folded."""
SCHEMES = ("http://", "https://", "mailto:")


def _site_parser() -> MarkdownIt:
    """The parser of a course's site, with the extensions of its `_config.yml`."""
    extensions = {"amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"}
    return create_md_parser(MdParserConfig(enable_extensions=extensions), DocutilsRenderer)


def _tokens(parser: MarkdownIt, markdown: str) -> Iterator[Token]:
    for token in parser.parse(markdown):
        yield token
        yield from token.children or ()


def _assert_harmless(markdown: str) -> None:
    """No HTML but ours, no directive but our boxes, no role, no picture, no address of another kind."""
    for token in _tokens(_site_parser(), markdown):
        assert token.type not in ("myst_role", "image", "myst_target", "myst_line_comment"), token
        if token.type.startswith("html"):
            assert OURS.fullmatch(token.content.strip()), token
        if token.type in ("fence", "colon_fence") and token.info.strip().startswith("{"):
            assert re.match(r"\{admonition\} [\w ]+$", token.info.strip()), token
            _assert_harmless(token.content)
        if token.type == "link_open":
            target = str(token.attrGet("href"))
            assert target.startswith(SCHEMES) or re.match(r"[\w.%-]+\.(ipynb|md)$", target), token
            assert set(token.attrs) == {"href"}, token
    page = BeautifulSoup(markdown2html(markdown), "html.parser")
    assert not page.select(
        "script, img, svg, iframe, object, embed, form, style, link, meta, base, details:not(.nbsolve-fold)"
    )
    for element in page.find_all(True):
        assert not [name for name in element.attrs if name.startswith("on")], element
        assert re.fullmatch(r"(text-align: ?\w+;?)?", str(element.get("style", ""))), element
        assert not re.match(r"\s*(javascript|vbscript|data):", str(element.get("href", "")), re.IGNORECASE)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("payload", REFUSED, ids=lambda payload: payload.text[:40])
def test_what_is_refused(payload: Payload, field: str) -> None:
    with pytest.raises(ProblemError) as caught:
        load_problem(with_payload(field, payload.text))
    assert payload.refused
    of_form = "this is more than a line of text"
    said = {fault.message for fault in caught.value.faults}
    if field in ("source", "title"):
        assert any(payload.refused in one or one in (of_form, "a link cannot stand here") for one in said)
    else:
        assert any(payload.refused in one for one in said)
    assert {fault.path for fault in caught.value.faults} == {field}
    assert all(fault.line is not None for fault in caught.value.faults)


@pytest.mark.sampled(7)
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("payload", SHOWN, ids=lambda payload: payload.text[:40])
def test_what_is_shown_is_text(payload: Payload, field: str) -> None:
    try:
        problem = load_problem(with_payload(field, payload.text))
    except ProblemError:
        assert field in ("title", "source")
        assert not payload.one_line or "](" in payload.text
        return
    document = solve(problem).document()
    shown = document._repr_mimebundle_()["text/markdown"]
    for markdown in (shown, render_myst.with_directives(shown), render_myst.render(document)):
        _assert_harmless(f"# {myst.line(problem.title)}\n\n{markdown}")
    written = latex.render(document)
    assert not re.search(
        r"\\(input|write|href\{(?!https?:))|\^\^", written.replace(r"\textasciicircum{}", "")
    )
    assert "\x1b" not in text.render(document)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("kind", KINDS)
def test_graphs_updates_and_rules_have_texts_too(kind: str) -> None:
    for payload in REFUSED:
        with pytest.raises(ProblemError) as caught:
            nbsolve.load_problem(of_kind(kind, statement=payload.text, pitfalls=[payload.text]))
        assert {fault.path for fault in caught.value.faults} == {"statement", "pitfalls[0]"}, payload
    texts = [payload.text for payload in SHOWN]
    ask = {"graph": "forward", "update": "updated_parameters", "rule": "changes"}[kind]
    parts = [{"label": text[:99], "ask": [ask], "text": text} for text in texts]
    own: dict[str, object] = (
        {"features": ["<img src=x onerror=alert(1)>", "{raw}`x`"]} if kind == "rule" else {}
    )
    problem = nbsolve.load_problem(
        of_kind(kind, statement="\n\n".join(texts), pitfalls=texts, parts=parts, group=texts[0], **own)
    )
    shown = solve(problem).document()._repr_mimebundle_()["text/markdown"]
    _assert_harmless(shown)
    _assert_harmless(render_myst.with_directives(shown))


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload.text[:40])
def test_the_writer_alone_is_safe(payload: Payload) -> None:
    """Even where a text was never held against the rules, its HTML, directives and roles become text."""
    if payload.refused is None or payload.refused in (
        "raw HTML",
        "directives are not read",
        "roles are not read",
    ):
        _assert_harmless(myst.text(payload.text))
    _assert_harmless(myst.escaped(payload.text, at_start=True))
    _assert_harmless(f"- **({myst.escaped(payload.text)})** words")


@pytest.mark.parametrize("payload", SHOWN, ids=lambda payload: payload.text[:40])
def test_what_is_written_says_what_was_read(payload: Payload) -> None:
    again = myst.text(payload.text).replace(r"<span>\$</span>", r"\$")
    if "](" not in payload.text:  # the targets of links are written as those of pages
        assert plain(again) == plain(payload.text)
    assert myst.text(again) == myst.text(payload.text)


def test_plain_text_is_plain() -> None:
    names = ["<img src=x onerror=alert(1)>", "{raw}`x` $a$ | `b`"]
    problem = load_problem(
        problem_text(
            group="<script>alert(1)</script> [x](javascript:alert(1))",
            parts=[{"label": name, "ask": ["forward"]} for name in names],
            network={"inputs": 1, "layers": [{"units": 2, "activation": "tanh", "weights": [[1], [2]]}]},
            samples=[{"x": [1], "y": [1, 1]}],
            classes=names,
        )
    )
    document = solve(problem).document()
    markdown = document._repr_mimebundle_()["text/markdown"]
    _assert_harmless(markdown)
    shown = BeautifulSoup(markdown2html(markdown), "html.parser").get_text()
    assert shown.count(names[0]) >= 2
    assert shown.count(names[1]) >= 2


@pytest.mark.parametrize("sign", ["\\x1b", "\\x07", "\\0", "\\x9b", "\\x7f", "\\ud800", "\\u2028"])
@pytest.mark.parametrize(
    "line",
    ['title: "a{}b"', 'classes: ["a{}b"]', 'parts: [{{label: "a{}b", ask: [forward]}}]', '"ti{}tle": x'],
)
def test_control_characters_reach_nobody(sign: str, line: str) -> None:
    with pytest.raises(ProblemError, match=r"problem:1:\d+:.* \(U\+[0-9A-F]{4}\)"):
        load_problem(line.format(sign) + "\n" + problem_text())


def test_the_line_within_a_text_is_told() -> None:
    faulty = "title: T\nstatement: |\n\n  One.\n\n  Two <b>bold</b>.\n" + problem_text()
    with pytest.raises(ProblemError, match=r"^problem:6: statement: raw HTML"):
        load_problem(faulty)


def test_a_trusted_course_has_html(tmp_path: Path) -> None:
    written = problem_text(statement="A <b>bold</b> word.\n\n<div>x</div>", pitfalls=["{ref}`x`"])
    with pytest.raises(ProblemError) as caught:
        load_problem(written, trust=True)
    assert [fault.path for fault in caught.value.faults] == ["pitfalls[0]"]
    problem = load_problem(problem_text(statement="A <b>bold</b> word.\n\n<div>x</div>"), trust=True)
    document = solve(problem).document()
    assert "A <b>bold</b> word.\n\n<div>x</div>" in document._repr_mimebundle_()["text/markdown"]
    assert r"A <b>bold</b> word" in latex.render(document)


@pytest.mark.parametrize(
    "name",
    [
        r"\href{javascript:alert(1)}{x}", r"\input{a}", r"\unicode{x3c}", r"\require{html}w", r"\class{a}{x}",
        r"\style{a}{x}", r"\operatorname{\immediate\write18{a}}", r"\def\a{b}", "<b>", "x^^5c", "{raw}`x`", "a$b$",
    ],
)  # fmt: skip
def test_names_of_quantities_are_mathematics(name: str) -> None:
    with pytest.raises(ProblemError, match="name"):
        load_problem(problem_text(notation={"input": name}))
    network = {"inputs": 1, "layers": [{"units": 1, "activation": "tanh", "weights": [[name]]}]}
    with pytest.raises(ProblemError):
        load_problem(problem_text(network=network))


@pytest.mark.parametrize("sign", ["\x1b[31m", "\x9b", "\x00"])
def test_columns_and_classes_of_files_have_no_control_characters(tmp_path: Path, sign: str) -> None:
    for table in (f"a{sign},kind\n1,x\n", f"a,kind\n1,x{sign}\n"):
        (tmp_path / "batch.csv").write_text(table, encoding="utf-8")
        written = problem_text(samples={"file": "batch.csv", "input": ["a"], "class": "kind"})
        with pytest.raises(ProblemError, match=r"batch\.csv, line \d: there is a control character \(U\+00"):
            load_problem(written, folder=tmp_path)
