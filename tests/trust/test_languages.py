"""Authors' words carry their language; what nbsolve says is English, from left to right."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbsolve import ProblemError, load_problem, solve
from nbsolve.handout import Handout, read_course, typeset
from nbsolve.problem import self_contained_text
from nbsolve.settings import read_settings
from tests.trust.payloads import problem_text

WORDS = {"title": "Ein *Titel*", "statement": "# Oben\n\nEin Satz.\n\n- Punkt", "pitfalls": ["Nicht so."]}


def test_the_words_of_the_author_are_marked() -> None:
    document = solve(load_problem(problem_text(**WORDS), language="de")).document()
    markdown = document._repr_mimebundle_()["text/markdown"]
    assert markdown.startswith('# <span lang="de" dir="ltr">Ein *Titel*</span>\n\n## The problem\n')
    assert '### <span lang="de" dir="ltr">Oben</span>' in markdown
    assert '<div lang="de" dir="ltr">\n\nEin Satz.\n\n</div>' in markdown
    assert '- <span lang="de" dir="ltr">Nicht so.</span>' in markdown
    assert markdown.count("lang=") == 5
    arabic = solve(load_problem(problem_text(language="ar", **WORDS), language="de")).document()
    assert arabic._repr_mimebundle_()["text/markdown"].count('lang="ar" dir="rtl"') == 5


@pytest.mark.parametrize("language", ["en", "en-GB", None])
def test_english_needs_no_mark(language: str | None) -> None:
    document = solve(load_problem(problem_text(**WORDS), language=language)).document()
    assert "lang=" not in document._repr_mimebundle_()["text/markdown"]


def test_a_notebook_takes_the_language_with_it() -> None:
    problem = load_problem("---\n" + problem_text(**WORDS), language="de")
    alone = load_problem(self_contained_text(problem))
    assert alone.language == "de"
    assert alone.statement == problem.statement


def test_paper_carries_both_languages() -> None:
    pikepdf = pytest.importorskip("pikepdf")
    from io import BytesIO

    handout = Handout(solve(load_problem(problem_text(**WORDS), language="de")))
    with pikepdf.open(BytesIO(typeset(handout.question()))) as pdf:
        assert str(pdf.Root.Lang) == "en"
        languages = {
            str(one.Lang) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Lang" in one
        }
    assert languages == {"en", "de"}


def test_settings_of_a_course(tmp_path: Path) -> None:
    config = tmp_path / "_config.yml"
    assert read_settings(config).language is None
    config.write_text("trust: true\nsphinx: {config: {language: ar}}\ncourse: {name: K}\n", encoding="utf-8")
    assert (read_settings(config).trust, read_settings(config).language) == (True, "ar")
    assert read_course(config).name == "K"
    config.write_text("trust: perhaps\n", encoding="utf-8")
    with pytest.raises(
        ProblemError, match=r"_config\.yml:1: trust: is 'perhaps'\n    expected: true or false"
    ):
        read_settings(config)


def test_a_language_that_is_none() -> None:
    with pytest.raises(ProblemError, match="language is"):
        load_problem(problem_text(language='x"><script>'))
