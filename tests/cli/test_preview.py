"""`nbsolve preview`: the page at once, again when its files are saved, what is wrong in it, and its end."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest

from nbsolve import solve
from nbsolve.errors import Fault
from nbsolve.notebook.shown import shown_on_page
from nbsolve.preview import PreviewServer, Sources, changes, error_page, page_of, server, watching
from nbsolve.problem import load_problem
from nbsolve.render import myst
from tests.cli.conftest import GOOD, PROBLEMS, Run

_LONG = 60
"""Seconds to wait for what takes a tenth of one on a machine that does nothing else."""


class Preview:
    """A preview that runs, and a browser that looks at it."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nbsolve", "preview", *arguments],
            cwd=folder,
            env=os.environ | {"PYTHONUTF8": "1", "COLUMNS": "200"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            # the caller of the tests may ignore it, and children inherit that
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.match(r"http://127\.0\.0\.1:(\d+)/ ", line)
        assert found, (line, self.process.stderr.read() if self.process.stderr else "")
        self.port = int(found[1])
        self.page = self.get("/")

    def get(self, place: str, host: str | None = None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_LONG)
        connection.request("GET", place, headers={} if host is None else {"Host": host})
        answer = connection.getresponse()
        text = f"{answer.status}\n" if answer.status != 200 else ""
        text += answer.read().decode()
        connection.close()
        return text

    def after(self, change: Callable[[], object], expected: str) -> str:
        """The page that is there after a change, loaded as its script does; a file may be seen half written."""
        change()
        for _ in range(5):
            found = re.search(r'data-version="(\d+)"', self.page)
            assert found
            self.get(f"/changes?after={found[1]}")
            self.page = unescape(self.get("/"))
            if expected in self.page:
                return self.page
        raise AssertionError(f"{expected} is not in {self.page}")

    def end(self) -> tuple[int, str, str]:
        self.process.send_signal(signal.SIGINT)
        out, errors = self.process.communicate(timeout=_LONG)
        return self.process.returncode, out, errors


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Preview]]:
    """Start a preview in the folder."""
    started: list[Preview] = []

    def one(*arguments: str) -> Preview:
        started.append(Preview(folder, *arguments))
        return started[-1]

    yield one
    for preview in started:
        preview.process.kill()
        preview.process.communicate()


def test_a_page_is_shown_again_when_its_problem_is_saved(folder: Path, start: Callable[..., Preview]) -> None:
    file = folder / "problems" / "first.yaml"
    preview = start("problems/first.yaml")
    assert "<title>A small network</title>" in preview.page
    for words in ("Forward pass", "Backward pass", "<svg", "<math", "boxed"):
        assert words in preview.page

    preview.after(
        lambda: file.write_text(GOOD.replace("A small", "A changed"), encoding="utf-8"), "A changed network"
    )

    # as editors save: another file takes its place
    def replaced() -> None:
        fresh = folder / "problems" / ".first.yaml.swp"
        fresh.write_text(GOOD.replace("A small", "A replaced"), encoding="utf-8")
        fresh.replace(file)

    preview.after(replaced, "<title>A replaced network</title>")

    # what is wrong is said in the page, with its line, above the page as it was; then all is well again
    wrong = GOOD.replace("activation: sigmoid, weights: [[0.1", "activation: sigmiod, weights: [[0.1")
    page = preview.after(lambda: file.write_text(wrong, encoding="utf-8"), "did you mean sigmoid?")
    assert '<strong class="place">problems/first.yaml:5:30</strong>' in page
    assert "5 |     - {units: 2, activation: sigmiod" in page
    assert page.index("sigmiod") < page.index("A replaced network</h1>")
    preview.after(lambda: file.write_text(GOOD, encoding="utf-8"), "<title>A small network</title>")
    assert 'role="alert"' not in preview.page
    preview.after(file.unlink, "there is no such file")
    preview.after(lambda: file.write_text(GOOD, encoding="utf-8"), "<title>A small network</title>")
    assert 'role="alert"' not in preview.page

    code, out, errors = preview.end()
    assert code in (0, 130)
    assert "Traceback" not in errors
    assert "problems/first.yaml:5:30: error: " in errors
    assert out.count("problems/first.yaml: shown (") >= 4


def test_data_files_are_looked_at_too(folder: Path, start: Callable[..., Preview]) -> None:
    data = folder / "problems" / "data"
    data.mkdir()
    (data / "w.csv").write_text("0.1,0.2\n0.3,0.4\n", encoding="utf-8")
    text = GOOD.replace("[[0.1, 0.2], [0.3, 0.4]]", "{file: data/w.csv}")
    (folder / "problems" / "first.yaml").write_text(text, encoding="utf-8")
    preview = start("problems/first.yaml")
    assert "<mn>0.77</mn>" not in preview.page
    preview.after(
        lambda: (data / "w.csv").write_text("0.1,0.2\n0.3,0.77\n", encoding="utf-8"), "<mn>0.77</mn>"
    )


def test_without_a_file_it_follows_what_is_saved(folder: Path, start: Callable[..., Preview]) -> None:
    first, second = folder / "problems" / "first.yaml", folder / "problems" / "week" / "second.yaml"
    second.parent.mkdir()
    second.write_text(GOOD.replace("A small", "Another"), encoding="utf-8")
    os.utime(second, (1, 1))
    preview = start()
    assert "A small network" in preview.page
    preview.after(lambda: os.utime(second), "Another network</h1>")
    preview.after(lambda: os.utime(first), "A small network</h1>")


def test_a_port_that_is_taken(folder: Path, run: Run, start: Callable[..., Preview]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("preview", "problems/first.yaml", "--port", str(port))
        assert done.returncode == 1
        assert f"port {port} cannot be used" in done.stderr
        assert f"--port {port + 1}" in done.stderr
        assert "Traceback" not in done.stderr
    # the usual one may be taken by anybody: then it is another
    assert start("problems/first.yaml").port != start("problems/first.yaml").port


def test_files_that_are_not_there(folder: Path, run: Run) -> None:
    done = run("preview", "problems/frist.yaml")
    assert done.returncode == 1
    assert "problems/frist.yaml: error: there is no such file" in done.stderr
    assert "did you mean problems/first.yaml?" in done.stderr
    (folder / "problems" / "first.yaml").unlink()
    done = run("preview")
    assert done.returncode == 1
    assert "there is no problem in problems" in done.stderr


def test_it_answers_this_machine_alone(start: Callable[..., Preview]) -> None:
    preview = start("problems/first.yaml")
    assert preview.get("/nothing").startswith("404")
    assert preview.get("/", host="attacker.example").startswith("403")
    assert "A small network" in preview.get("/", host=f"localhost:{preview.port}")


@pytest.mark.parametrize(
    "name",
    ["001-a-squared-error", "001-a-symbolic-squared-error", "derivation-softmax", "000-softmax-two-losses"],
)
def test_the_page_has_all_that_the_notebook_shows(name: str) -> None:
    worked = solve(load_problem(PROBLEMS / f"{name}.yaml"))
    page = page_of(worked)
    words = unescape(re.sub(r"<[^>]*>", "", re.sub(r"<(math|svg|pre)\b.*?</\1>", "", page, flags=re.DOTALL)))
    calls = [*shown_on_page(worked.problem)]
    assert page.count('<div class="admonition ') == myst.render(worked.document()).count("{admonition}") > 0
    assert page.count("<figure") == sum(method == "draw" for method, _ in calls)
    for heading in re.findall(r"^#+ ([\w ]+)$", str(worked.document()), re.MULTILINE):
        assert heading in words
    assert not re.search(r"\$\$|:::|```|\{admonition\}|\*\*|\\frac|\\begin", words)
    assert page.count("<math") > 20


@pytest.mark.parametrize("name", ["002-two-sigmoid-layers", "derivation-softmax", "001-b-two-outputs"])
def test_no_line_begins_with_the_comma_after_a_formula(name: str) -> None:
    page = page_of(solve(load_problem(PROBLEMS / f"{name}.yaml")))
    assert re.search(r'<span class="nbsolve-kept"><math.*?</math>[,.:;]</span></span>', page)
    assert not re.search(r"</math></span>[,.;:!?)]", page)


def test_an_error_without_a_line() -> None:
    page = error_page([Fault("is <wrong>", "a.yaml", None, path="x", hint="do & so")], {})
    assert "is &lt;wrong&gt;" in page
    assert "hint: do &amp; so" in page
    assert "<pre>" not in page


def test_a_browser_that_waits_hears_of_the_next_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_MOST_WAITING", 10.0 * _LONG)
    shown = PreviewServer(0)
    shown.start()
    shown.show("<h1>one</h1>")
    first = shown.next_version("")
    heard: list[str] = []
    waiting = threading.Thread(target=lambda: heard.append(shown.next_version(first)), daemon=True)
    waiting.start()
    time.sleep(0.2)  # so that it does wait
    shown.show("<h1>two</h1>")
    waiting.join(_LONG)
    assert heard
    assert heard[0] != first
    assert f'data-version="{heard[0]}"' in shown.page()
    shown.shutdown()
    shown.server_close()


def test_what_is_saved_without_a_change_is_no_change(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_LOOK_AGAIN", 200)
    file = folder / "problems" / "first.yaml"
    sources = Sources(file)
    before = sources.state()
    file.write_text(GOOD, encoding="utf-8")
    assert sources.state() == before
    seen = changes(sources)
    next(seen)
    file.write_text(GOOD, encoding="utf-8")
    threading.Timer(1, lambda: file.write_text(GOOD + "# more\n", encoding="utf-8")).start()
    next(seen)
    assert sources.state() != before
