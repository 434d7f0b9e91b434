"""What a run writes: the same bytes every time, whole or not at all, resumed where it stopped."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from nbsolve.checking.oracle import autograd_oracle
from nbsolve.checking.oracle.compare import key_of
from nbsolve.checking.oracle.reading import load
from nbsolve.errors import NbsolveError, ProblemError
from nbsolve.variants import Family, Variant, target
from nbsolve.variants.family import NoVariant
from nbsolve.variants.keys import safe
from nbsolve.variants.making import Plan
from nbsolve.variants.recipient import Recipient
from nbsolve.variants.running import Run
from nbsolve.whole_files import write_whole
from tests.handout.givens import Sheet, faults_of
from tests.variants.small import NETWORK, VARY, plan

STUDENTS = [Recipient("s1", "Ada"), Recipient("=1+1", "+Bob"), Recipient("ü/ß", "李 明"), Recipient("s4")]


def run(
    out: Path, own: Plan | None = None, students: list[Recipient] = STUDENTS, resume: bool = False
) -> dict[str, bytes]:
    Run(own or plan("key"), students, out).run(resume=resume)
    return tree(out)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_the_same_bytes_however_many_processes(tmp_path: Path) -> None:
    one = run(tmp_path / "one")
    Run(plan("key"), STUDENTS, tmp_path / "two").run(jobs=2)
    assert tree(tmp_path / "two") == one
    assert len(one) == 2 * len(STUDENTS) + 3


def test_a_students_numbers_do_not_change_when_the_roster_does(tmp_path: Path) -> None:
    all_ = run(tmp_path / "all")
    some = run(tmp_path / "some", students=[Recipient("new"), STUDENTS[3], STUDENTS[0]])
    for student in ("s1", "s4"):
        assert some[f"{student}/key.json"] == all_[f"{student}/key.json"]
    assert run(tmp_path / "seed", plan("key", seed=1))["s1/key.json"] != all_["s1/key.json"]


def test_the_manifest_has_every_file_and_its_hash(tmp_path: Path) -> None:
    files = run(tmp_path / "out")
    manifest = json.loads(files.pop("manifest.json"))
    listed = {place: digest for one in manifest["variants"] for place, digest in one["files"].items()}
    listed |= manifest["files"]
    assert listed == {place: hashlib.sha256(data).hexdigest() for place, data in files.items()}
    assert [one["id"] for one in manifest["variants"]] == [student.id for student in STUDENTS]
    total = sum(sum(one["rejected"].values()) for one in manifest["variants"])
    assert sum(manifest["rejected"].values()) == total


# ------------------------------------------------------------------ interruptions


def interrupted(after: int) -> object:
    def tracked(results: Iterable[tuple[int, bytes]], total: int) -> Iterator[tuple[int, bytes]]:
        for number, one in enumerate(results):
            if number == after:
                raise KeyboardInterrupt
            yield one

    return tracked


@pytest.mark.parametrize("after", [1, 3])
def test_an_interrupted_run_leaves_no_folder_and_is_resumed(after: int, tmp_path: Path) -> None:
    whole, out = run(tmp_path / "whole"), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        Run(plan("key"), STUDENTS, out).run(tracked=interrupted(after))  # type: ignore[arg-type]
    assert not out.exists()
    with pytest.raises(NbsolveError, match="--resume goes on"):
        run(out)
    journal = tmp_path / ".out.unfinished" / ".journal"
    journal.write_bytes(journal.read_bytes()[:-7])  # cut in the middle of a line
    (tmp_path / ".out.unfinished" / "s1" / "key.json").write_text("damaged")
    assert run(out, resume=True) == whole
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_what_was_finished_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        Run(plan("key"), STUDENTS, out).run(tracked=interrupted(3))  # type: ignore[arg-type]
    made: list[str] = []
    own = Family.variant

    def noted(self: Family, id: str, seed: int = 0) -> Variant:
        made.append(id)
        return own(self, id, seed)

    monkeypatch.setattr(Family, "variant", noted)
    run(out, resume=True)
    assert made == ["s4"]


def test_another_run_is_not_resumed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        Run(plan("key"), STUDENTS, out).run(tracked=interrupted(1))  # type: ignore[arg-type]
    with pytest.raises(NbsolveError, match="was another one"):
        run(out, plan("key", seed=5), resume=True)
    assert run(out, plan("key", seed=5)) == run(tmp_path / "other", plan("key", seed=5))


def test_a_full_disk_leaves_what_is_whole_to_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, out = run(tmp_path / "whole"), tmp_path / "out"
    own, left = write_whole, [5]

    def full(path: Path, data: str | bytes) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device", str(path))
        own(path, data)

    monkeypatch.setattr(target, "write_whole", full)
    with pytest.raises(OSError, match="No space left"):
        run(out)
    assert not out.exists()
    monkeypatch.setattr(target, "write_whole", own)
    assert run(out, resume=True) == whole


# ------------------------------------------------------------------ folders


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(NbsolveError, match=r"holds other files: mine\.txt"):
        run(out)
    assert tree(out) == {"mine.txt": b"mine"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_earlier_run_is_replaced_unless_something_was_added(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(out)
    assert set(run(out, students=STUDENTS[:1])) == {
        "s1/key.json",
        "s1/key.csv",
        "keys.json",
        "keys.csv",
        "manifest.json",
    }
    (out / "notes.txt").write_text("mine")
    with pytest.raises(NbsolveError, match=r"notes\.txt"):
        run(out)


def test_a_gate_that_cannot_be_met_writes_nothing(tmp_path: Path) -> None:
    text = f'{NETWORK}variants:\n  vary: {{"W[1]": {{from: 6, to: 12, step: 0.5}}}}\n  attempts: 10\n'
    with pytest.raises(NoVariant, match=r"hint: W\[1\]: \{from: "):
        run(tmp_path / "out", plan("key", text=text))
    assert not [*tmp_path.iterdir()]


def test_a_problem_without_the_block_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="no block variants"):
        run(tmp_path / "out", plan("key", text=NETWORK))


# ------------------------------------------------------------------ what is in the files


def test_keys_read_back_are_what_automatic_differentiation_finds(tmp_path: Path) -> None:
    files = run(tmp_path / "out")
    together = {one["id"]: one["answers"] for one in json.loads(files["keys.json"])["variants"]}
    rows = [*csv.DictReader(io.StringIO(files["keys.csv"].decode()))]
    own = Family(f"{NETWORK}variants:\n{VARY}")
    for student in STUDENTS:
        key = json.loads(files[f"{student.folder}/key.json"])
        assert key["answers"] == together[student.id]
        text = own.variant(student.id).problem.text
        spec = load(text)
        oracle = autograd_oracle.solve(spec)
        assert len(key["answers"]) == 8
        for answer in key["answers"]:
            found = key_of(Row(answer), spec, oracle)
            assert found is not None
            assert answer["value"] == pytest.approx(oracle[found], rel=1e-12)
            assert abs(float(answer["printed"]) - oracle[found]) < float(answer.get("tolerance", 1e-12))
        mine = [row for row in rows if row["id"] == safe(student.id)]
        assert [row["printed"] for row in mine] == [answer["printed"] for answer in key["answers"]]


class Row:
    def __init__(self, answer: dict[str, Any]) -> None:
        self.quantity = str(answer["quantity"])
        self.iteration: int | None = answer["iteration"]
        self.sample: int | None = answer["sample"]
        self.exact: Any = answer["value"]
        self.printed: str | None = answer["printed"]


def test_no_tolerance_accepts_0_for_what_is_not_0(tmp_path: Path) -> None:
    for row in csv.DictReader(io.StringIO(run(tmp_path / "out")["keys.csv"].decode())):
        if row["tolerance"] and float(row["value"]):
            assert abs(float(row["printed"])) > float(row["tolerance"])


@pytest.mark.parametrize("text", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\t=1", "＝1"])
def test_a_cell_that_a_spreadsheet_would_calculate_is_text(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-2.5", "+3", "-1e-5", "Ada", "", "0.1"])
def test_numbers_and_words_stay(text: str) -> None:
    assert safe(text) == text


def test_sheets_hold_the_variants_givens_and_the_name(tmp_path: Path) -> None:
    student = Recipient("s-77", "Şükrü Ünlü")
    data = run(tmp_path / "out", plan("question"), [student])["s-77/question.pdf"]
    text = Family(f"{NETWORK}variants:\n{VARY}").variant(student.id).problem.text
    assert yaml.safe_load(text)["network"]["layers"][0]["weights"] != [[0.3, -0.2], [0.5, 0.4]]
    assert not faults_of(Sheet(data), text)
    words = words_of(data)
    assert student.name in words
    assert student.id in words


def words_of(data: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    return " ".join(page.get_textpage().get_text_range() for page in document)


def test_booklets_begin_each_student_on_a_front(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pikepdf

    from nbsolve.variants import booklets

    monkeypatch.setattr(booklets, "STUDENTS", 2)
    students = [Recipient("1", "Ada"), Recipient("2", "Bob"), Recipient("3", "Eve")]
    Run(plan("question"), students, tmp_path / "out", booklets=True).run()
    files = tree(tmp_path / "out")
    books = [name for name in files if name.startswith("booklets/")]
    assert sorted(books) == ["booklets/question-001.pdf", "booklets/question-002.pdf"]
    own = [len(pikepdf.open(io.BytesIO(files[f"{n}/question.pdf"])).pages) for n in "123"]
    first = pikepdf.open(io.BytesIO(files["booklets/question-001.pdf"]))
    assert len(first.pages) == own[0] + own[0] % 2 + own[1]
    assert "Bob" in words_of(files["booklets/question-001.pdf"])
    Run(plan("question"), students, tmp_path / "again", booklets=True).run()
    assert tree(tmp_path / "again") == files


def test_a_plan_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(plan("key"))) == plan("key")
