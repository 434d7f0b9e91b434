"""Random networks in letters: every line holds, and the closed forms agree with automatic differentiation."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from nbsolve import load_problem, solve
from nbsolve.checking.oracle import autograd_oracle, reading
from nbsolve.render.myst import render
from tests.algebra import network
from tests.algebra.alphabet import Whole
from tests.algebra.checker import Checker
from tests.algebra.matrices import Matrix
from tests.algebra.model import Place
from tests.algebra.page import lines_in, read_display
from tests.algebra.random_networks import partly_given, problems, text, with_numbers
from tests.algebra.scalars import plain
from tests.algebra.specification import load
from tests.algebra.symbolic import SymbolicPage
from tests.algebra.tree import Derivative
from tests.sampling import OneIn

COUNT, GROUPS = 210, 7
DIGITS = 1e-12
TEXT, LETTERS = 80_000, 96
"""Characters of a page, letters in one side of an equation, full products of several paths among them."""


@pytest.mark.sampled(9)
@pytest.mark.parametrize("group", range(GROUPS))
def test_networks(group: int) -> None:
    compared = 0
    for number, problem in enumerate(problems(COUNT)):
        if number % GROUPS == group:
            compared += agrees(problem)
    assert compared > 100


def agrees(problem: dict[str, object]) -> int:
    """Check one network; how many gradients were compared with automatic differentiation."""
    written = text(problem)
    markdown = render(solve(load_problem(written)).document())
    page = SymbolicPage(written, markdown, points=1)
    report = page.check()
    assert not report.faults, (written, report.faults[:3])
    assert report.lines == lines_in(markdown)
    assert len(markdown) < TEXT, written
    assert page.longest()[0] <= LETTERS, (written, page.longest())
    found = closed_forms(page)
    wanted = set(network.parameters(page.spec))
    assert set(found) >= wanted, (written, wanted - set(found))
    point = page.letters.world.point(0)
    truth = autograd_oracle.solve(reading.from_dict(with_numbers(problem, page.spec, point)))
    for place in wanted:
        expected = truth[f"dL/d{name(place)}", 1, None]
        assert abs(found[place] - expected) <= DIGITS * (1 + abs(expected)), (written, place)
    return len(wanted)


def closed_forms(page: SymbolicPage) -> dict[Place, float]:
    """What the page says each gradient is in the end, with the numbers of the first point put in."""
    checker: Checker = page.letters
    point = checker.world.point(0)
    out: dict[Place, float] = {}
    for display in page.displays:
        for chain in display.chains if display.letters else ():
            left = checker.node(chain.items[0].tokens)
            if not isinstance(left, Derivative) or str(left.body) != str(page.loss):
                continue
            sides = [checker.node(item.tokens) for item in chain.items]
            for indices in checker.placings(sides, point):
                meaning = checker.world.alphabet.meaning(left.variable, indices)
                rows = meaning.rows if isinstance(meaning, Whole) else ((meaning,),)
                places = [place for row in rows for place in row]
                value = point.evaluator(indices)(checker.node(chain.items[-1].tokens))
                entries = value.entries if isinstance(value, Matrix) else [value]
                out |= {place: float(plain(one)) for place, one in zip(places, entries, strict=True)}
    return out


def name(place: Place) -> str:
    """The oracle's name of a parameter; a shared bias is that of the first unit."""
    stem, *rest = place
    numbers = [max(int(n), 1) for n in rest]
    return f"{stem}" + "".join(f"[{n}]" for n in numbers)


def test_some_numbers_given(one_in: OneIn) -> None:
    """What is said in letters holds whatever is given; what is said with numbers holds for those given."""
    random, rounded, every = Random(5), 0, one_in(3)
    for number, problem in enumerate(problems(40, seed=11)):
        written = text(partly_given(problem, load(text(problem)), random))
        if number % every:
            continue
        markdown = render(solve(load_problem(written)).document())
        page = SymbolicPage(written, markdown, points=1)
        report = page.check()
        assert not report.faults, (written, report.faults[:3])
        assert report.lines == lines_in(page.markdown)
        rounded += sum(item.relation == "≈" for d in page.displays for c in d.chains for item in c.items)
        for row in page.answers:
            page.given.equal(*row)
    assert rounded * every > 50


def test_every_activation_and_loss_comes_up() -> None:
    seen: Counter[str] = Counter()
    for problem in problems(COUNT):
        for layer in problem["network"]["layers"]:
            seen[layer["activation"]] += 1
        losses = problem["loss"] if isinstance(problem["loss"], list) else [problem["loss"]]
        seen["mixture"] += len(losses) > 1
        seen.update(loss if isinstance(loss, str) else next(iter(loss)) for loss in losses)
        seen.update(
            key for layer in problem["network"]["layers"] for key in layer if key in ("bias", "threshold")
        )
        seen[f"depth {len(problem['network']['layers'])}"] += 1
    assert len(seen) == 11 + 10 + 1 + 2 + 4
    assert min(seen.values()) >= 5


def test_a_last_digit_beside_letters_cannot_be_off() -> None:
    """Every digit of every rounded number that stands in a formula with letters, changed to its neighbour."""
    random, made, passed = Random(9), 0, []
    for problem in problems(12, seed=23):
        written = text(partly_given(problem, load(text(problem)), random))
        page = SymbolicPage(written, render(solve(load_problem(written)).document()), points=1)
        page.check()
        for display in page.displays:
            numbers = re.finditer(r"(?<![\d.])\d\.\d{5,}", display.source)
            places = [at for number in numbers for at in range(number.start() + 2, number.end())]
            for at in places:
                digit = str((int(display.source[at]) + random.choice((1, 9))) % 10)
                changed = display.source[:at] + digit + display.source[at + 1 :]
                made += 1
                report = page.checker(display).check(
                    [replace(read_display(changed), letters=display.letters)]
                )
                passed += [] if report.faults else [changed]
    assert made > 40
    assert not passed, passed[:3]
