"""What a course's `_config.yml` says to nbsolve: keys of its own among those of Jupyter Book."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from nbsolve.errors import Fault, ProblemError

__all__ = ["CONFIG", "COURSE_KEYS", "Settings", "read_settings"]

CONFIG = Path("_config.yml")
"""Where commands that are not told of a course look: in the folder in which they run."""

KEYS = ("course", "handouts", "solutions", "trust")
"""Nbsolve's own keys; they stand at the top level."""
COURSE_KEYS = ("name", "term", "date", "institution", "logo")
JUPYTER_BOOK_KEYS = frozenset(
    (
        "title",
        "author",
        "copyright",
        "logo",
        "project",
        "exclude_patterns",
        "only_build_toc_files",
        "parse",
        "execute",
        "html",
        "bibtex_bibfiles",
        "latex",
        "launch_buttons",
        "repository",
        "sphinx",
    )
)
_DEEPEST = 3
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHEN = "true, false, or the day on which they appear, such as 2026-12-15 or 2026-12-15 08:00"


@dataclass(frozen=True, slots=True)
class Settings:
    """`trust` lets raw HTML through in texts; `language` is that of their authors, None for English.

    `solutions` says whether the site has the solutions, or from when on; `handouts` whether they are built with it;
    `course` is what stands on them.
    """

    trust: bool = False
    language: str | None = None
    handouts: bool = False
    solutions: bool | datetime = True
    course: Mapping[str, str] = field(default_factory=dict)

    def withheld(self, now: datetime | None = None) -> bool:
        """Whether solutions are left out of a site that is built `now` (default: by this machine's clock).

        A date without a time zone is a date in the machine's own.
        """
        if isinstance(self.solutions, bool):
            return not self.solutions
        now = datetime.now().astimezone() if now is None else now.astimezone()
        return now < self.solutions.astimezone()


def read_settings(config: Path = CONFIG) -> Settings:
    """The settings of a `_config.yml`; the defaults where there is no such file.

    Raises: ProblemError with the line of each key of nbsolve's that is misspelt, misplaced or has a wrong value,
    and where the file is not YAML.
    """
    if not config.is_file():
        return Settings()
    keys = _Keys(config)
    faults = [*_misspelt(keys)]
    switches = {key: keys.scalar(key, "true or false") for key in ("trust", "handouts")}
    for key, text in switches.items():
        if text is not None and text not in _TRUTHS:
            faults.append(keys.fault(key, f"is {_shown(text)}", "true or false"))
    solutions = keys.scalar("solutions", _WHEN)
    appear = _appearance(solutions)
    if appear is None:
        faults.append(keys.fault("solutions", f"is {_shown(solutions or '')}", _WHEN))
    course = {}
    for key in COURSE_KEYS:
        if text := keys.scalar(f"course.{key}", "text"):
            course[key] = " ".join(text.split())
    if "course" in keys.lines and "course" not in keys.mappings and keys.text("course") is not None:
        faults.append(keys.fault("course", "is not a mapping", f"keys {', '.join(COURSE_KEYS)}"))
    faults += keys.faults
    if faults:
        raise ProblemError(sorted(faults, key=lambda fault: fault.line or 0))
    assert appear is not None
    trust, handouts = (text is not None and _TRUTHS[text] for text in switches.values())
    return Settings(trust, _language(keys), handouts, appear, course)


class _Keys:
    """The keys of a configuration by their dotted paths: their lines, and the scalars exactly as written.

    Raises, when it is made: ProblemError where the file is not YAML, or a key is there twice.
    """

    def __init__(self, config: Path) -> None:
        self.file = str(config)
        self.lines: dict[str, int] = {}
        self.mappings: set[str] = set()
        self.faults: list[Fault] = []
        self._scalars: dict[str, str | None] = {}
        try:
            loader = yaml.SafeLoader(config.read_text(encoding="utf-8-sig"))
            root = loader.get_single_node()
            if root is not None and not isinstance(root, yaml.MappingNode):
                raise ProblemError([Fault("is not a mapping", self.file, expected="keys and values")])
            if root is not None:
                self._read(root, (), loader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            line = None if mark is None else mark.line + 1
            said = getattr(error, "problem", None) or error
            raise ProblemError(
                [Fault(f"cannot be read: {' '.join(str(said).split())}", self.file, line)]
            ) from None
        if self.faults:
            raise ProblemError(self.faults)

    def _read(self, node: yaml.MappingNode, above: tuple[str, ...], loader: yaml.SafeLoader) -> None:
        own: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if isinstance(key, yaml.ScalarNode) and name in own:
                line, path = key.start_mark.line + 1, ".".join((*above, name))
                self.faults.append(
                    Fault("is there twice", self.file, line, path=path, expected="each key once")
                )
            own.add(name)
        loader.flatten_mapping(node)  # `<<: *others`
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            path = ".".join((*above, str(key.value)))
            self.lines[path] = key.start_mark.line + 1
            if isinstance(value, yaml.ScalarNode):
                self._scalars[path] = None if value.tag.endswith(":null") else _written(value)
            elif isinstance(value, yaml.MappingNode):
                self.mappings.add(path)
                if len(above) + 1 < _DEEPEST:
                    self._read(value, (*above, str(key.value)), loader)

    def text(self, path: str) -> str | None:
        """A scalar; "" where the value is none, None where there is no value."""
        return self._scalars.get(path, None if path not in self.lines else "")

    def scalar(self, path: str, expected: str) -> str | None:
        """A scalar; None where the key is not there. A list or a mapping is noted as a fault."""
        if path in self.lines and path not in self._scalars:
            self.faults.append(self.fault(path, "is a list or a mapping", expected))
            return None
        empty = path in self._scalars and self._scalars[path] is None
        return "" if empty else self._scalars.get(path)

    def fault(self, path: str, message: str, expected: str | None = None, hint: str | None = None) -> Fault:
        """A fault at the line of a key."""
        return Fault(message, self.file, self.lines.get(path), path=path, expected=expected, hint=hint)


def _written(node: Any) -> str:
    """A scalar as its author wrote it; a text in quotes that could be taken for true or false keeps them."""
    text = str(node.value)
    return f"{node.style}{text}{node.style}" if node.style in ("'", '"') and text in _TRUTHS else text


def _misspelt(keys: _Keys) -> Iterator[Fault]:
    """Keys that are nearly ours, or ours in the wrong place; what nobody can take for ours is left alone."""
    for path in keys.lines:
        above, _, name = path.rpartition(".")
        if not above:
            if name not in KEYS and name not in JUPYTER_BOOK_KEYS and (near := _nearest(name, KEYS)):
                message = "is known neither to nbsolve nor to Jupyter Book"
                yield keys.fault(path, message, hint=f"did you mean {near}?")
        elif name in ("handouts", "solutions", "trust"):
            yield keys.fault(path, f"stands under {above}", f"{name} at the top level of the file")
        elif above == "course" and name not in COURSE_KEYS:
            near = _nearest(name, COURSE_KEYS)
            hint = f"did you mean {near}?" if near else None
            yield keys.fault(path, "is not known", f"one of {', '.join(COURSE_KEYS)}", hint)


def _nearest(name: str, known: tuple[str, ...]) -> str | None:
    word = name.lower().replace("-", "_")
    if "solution" in word and "solutions" in known:
        return "solutions"
    return next(iter(difflib.get_close_matches(word, known, 1, 0.7)), None)


def _appearance(text: str | None) -> bool | datetime | None:
    """Whether or when solutions appear; None for a text that says neither."""
    if text is None:
        return True
    if text in _TRUTHS:
        return _TRUTHS[text]
    try:
        day = len(text) <= len("2026-12-15")
        found = datetime.combine(date.fromisoformat(text), time()) if day else datetime.fromisoformat(text)
        found.astimezone()  # a year that the machine's calendar does not have
    except (ValueError, OverflowError, OSError):
        return None
    return found


def _shown(text: str) -> str:
    return repr(text[:40]) if text else "empty"


def _language(keys: _Keys) -> str | None:
    found = keys.text("sphinx.config.language")
    if not found or not found.replace("_", "").replace("-", "").isalnum():
        return None
    language = found.replace("_", "-") if found.isascii() else "en"
    return None if language.split("-")[0].lower() == "en" else language
