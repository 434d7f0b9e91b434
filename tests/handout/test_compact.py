"""The compact solution: what is asked, what that refers to, and nothing else; in two columns that end together."""

from __future__ import annotations

import pypdfium2

from tests.handout.made import PROBLEMS, ROOT, handout, pdf

TWO = ROOT / "problems" / "002-two-sigmoid-layers.yaml"
LETTERS = ROOT / "problems" / "000-softmax-two-losses.yaml"


def test_what_is_asked_and_nothing_else() -> None:
    said = [node.alt or "" for node in pdf(TWO, "compact").tree if node.kind == "Formula"]
    begun = {alt.split(" = ")[0] for alt in said}
    assert {"∂L/∂w₇", "∂L/∂w₃", "h₁ᵢ"} <= begun
    assert not begun & {"∂L/∂w₁", "∂L/∂w₅", "L"}  # on the page for whoever wants to know, but not asked
    whole = {(node.alt or "").split(" = ")[0] for node in pdf(TWO).tree if node.kind == "Formula"}
    assert "∂L/∂w₁" in whole


def test_factors_that_are_called_by_their_number_stand_there_too() -> None:
    said = "\n".join(node.alt or "" for node in pdf(TWO, "compact").tree if node.kind == "Formula")
    numbers = [chr(code) for code in range(0x2460, 0x2460 + 12) if chr(code) in said]
    assert len(numbers) > 3
    assert all(f"— {number}" in said for number in numbers)


def test_every_asked_quantity_of_a_problem_in_letters() -> None:
    said = [node.alt or "" for node in pdf(LETTERS, "compact").tree if node.kind == "Formula"]
    begun = {alt.split(" = ")[0] for alt in said}
    assert {"∂L/∂h₃", "∂L/∂a₃", "∂L/∂w₅", "∂L/∂w₁", "∂L/∂b₁"} <= begun


def test_it_is_shorter_and_its_columns_end_together() -> None:
    for path in PROBLEMS[:3]:
        assert pdf(path, "compact").pages <= 0.6 * pdf(path).pages
    one = pdf(TWO, "compact")
    middle = float(one.file.pages[0].mediabox[2]) / 2
    last = one.pages - 1
    boxes = [
        box
        for node in one.tree
        if node.kind == "Formula" and next(node.runs()).page == last
        for box in node.boxes
    ]
    left, right = ([box[1] for box in boxes if (box[0] < middle) is side] for side in (True, False))
    assert left
    assert right
    assert abs(min(left) - min(right)) < 120  # one equation more or less
    assert handout(TWO).title in one.tree.seen


def test_every_epoch_of_a_rule_is_there() -> None:
    said = pdf(ROOT / "problems" / "rule-perceptron-and.yaml", "compact").tree.seen
    assert [number for number in range(1, 9) if f"Epoch {number}" in said] == [*range(1, 7)]
    assert "Predictions" in said
    assert "Answers" not in said


def test_words_that_say_of_which_case_or_path_something_is_stand_there_too() -> None:
    said = pdf(ROOT / "problems" / "003-1-derivatives.yaml", "compact").tree.seen
    assert "For 𝑧>0: ReLU′" in said
    assert "For 𝑧<0: ReLU′" in said
    said = pdf(ROOT / "problems" / "graph-momentum-and-nesterov.yaml", "compact").tree.seen
    assert "The path of Nesterov momentum: Updates" in said
    assert "Back through" not in said  # a sentence by itself is on the long page


def test_headings_stand_apart_from_what_is_above_them() -> None:
    text = pypdfium2.PdfDocument(pdf(TWO, "compact").bytes)[0].get_textpage()
    (_, below, _, _), (_, _, _, above) = (
        text.get_charbox(text.search(words).get_next()[0]) for words in ("0.7685", "Layer 2")
    )
    assert below - above > 12  # points: more than a line
