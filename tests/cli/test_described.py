"""What `solve` prints tells in words what the drawings show: each name and each number of them is right."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from pathlib import Path

import pytest

from nbsolve import load_problem, solve
from nbsolve.checking.oracle.numbers import Real, big
from nbsolve.checking.oracle.rounding import Digits, fault
from nbsolve.worked.pictured import after_headings, described
from tests.audit.pages import PROBLEMS, markdown
from tests.compose.problems import ROOT
from tests.loading import for_a_pencil

TITLE = "The drawing in words"
LOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉₍₎,ᵢₒₕ", "0123456789(),ioh")
HIGH = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾", "0123456789()")
SCRIPTS = re.compile(r"([₀-₉₍₎,ᵢₒₕ]*)([⁰¹²³⁴-⁹⁽⁾]*)$")
VALUE = re.compile(r"(\S+) ([=≈]) (?!\S+ [−+] \S*ln\()(−?[\d.]*\d(?:·10\^−?\d+)?)(?=[,. ])")


def latex_of(name: str) -> tuple[str, ...]:
    """w₁₁⁽¹⁾ as the letters of w_{11}^{(1)}, without braces; ∂L/∂w₁ as the two of them; α as alpha."""
    found = SCRIPTS.search(name)
    assert found is not None
    core, _, word = name[: found.start()].replace("Ô", "O").partition("_")
    core = re.sub("[α-ω]", lambda letter: unicodedata.name(letter[0]).split()[-1].lower(), core)
    return core, word or found[1].translate(LOW), found[2].translate(HIGH)


def table(symbols: dict[tuple[str, ...], str]) -> dict[tuple[str, ...], str]:
    """The quantities by their letter and its scripts."""
    out: dict[tuple[str, ...], str] = {}
    for texts, name in symbols.items():
        joined = re.sub(r"[{}\\ ]|hat|widehat|text|mathrm", "", "".join(texts))
        match = re.fullmatch(r"([^_^]+)(?:_([^^]*))?(?:\^(.*))?", joined)
        if match is not None:
            out.setdefault((match[1], match[2] or "", match[3] or ""), name)
    return out


def words_of(page: str) -> list[str]:
    blocks = page.split(f"\n{TITLE}\n\n")[1:]
    return [" ".join(block.partition("\n\n")[0].split()) for block in blocks]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_the_words_are_true(path: Path) -> None:
    worked = solve(load_problem(path))
    world = markdown(path).world
    names = table(dict(world.symbols))
    network, *passes = words_of(str(described(worked)))
    assert network.startswith("Network ")
    shown = sorted(world.spec.show)
    assert len(passes) == len(shown)
    for iteration, words in [(1, network), *zip(shown, passes, strict=True)]:
        sample = re.search(r", sample (\d+)\.", words)
        checked = 0
        for name, relation, number in VALUE.findall(words):
            top, slash, bottom = name.partition("/")
            latex = names[latex_of((bottom or top).lstrip("∂"))]
            key = f"∂L/∂{latex}" if slash else latex
            if sample is not None and "W[" not in key and "b[" not in key:
                key += f"@{sample[1]}"
            value = world.value(key, iteration, carried=False)
            assert isinstance(value, Fraction | Real)
            text = number.replace("−", "-").replace("·10^", "e")
            if relation == "=":
                assert abs(float(value) - float(text)) < 1e-12, (name, number, value)
            else:
                assert not fault(text, value, Digits(significant=4)), (name, number, big(value))
            checked += 1
        assert checked > (4 if for_a_pencil(path) else 8)


def test_derivations_have_their_graphs_in_words() -> None:
    worked = solve(load_problem(ROOT / "problems" / "003-1-derivatives.yaml"))
    words = words_of(str(described(worked)))
    assert [one.partition("(")[0] for one in words] == ["σ", "tanh", "ReLU"]
    assert all("its derivative" in one for one in words)


def test_numbers_after_letters_have_their_drawing() -> None:
    """The solution in symbols has a backward pass too; the drawing belongs to the one in numbers."""
    worked = solve(load_problem(ROOT / "problems" / "003-three-two-one.yaml"))
    blocks = worked.document().blocks
    (place,) = after_headings(worked, blocks)
    assert place > next(n for n, block in enumerate(blocks) if "Solution in numbers" in str(block))


def test_symbols_have_the_network_in_words() -> None:
    worked = solve(load_problem(ROOT / "problems" / "001-b-two-outputs.yaml"))
    (network,) = words_of(str(described(worked)))
    assert "Edge a₁ → a₃: w₁₃." in network
