"""The payloads of payloads.yaml, and a problem that holds one of them in a field."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

MARK = "document.documentElement.setAttribute(/data-pwned/.source,1)"
"""What a script does that was let through."""

FIELDS = ("statement", "parts[0].text", "pitfalls[0]", "source", "title")
"""The fields that are Markdown, by their paths."""


@dataclass(frozen=True)
class Payload:
    """A text, and a piece of the message where it has to be refused."""

    text: str
    refused: str | None

    @property
    def one_line(self) -> bool:
        """Whether it can stand in a title as far as its form goes."""
        return "\n" not in self.text and not self.text.startswith(("-", "#", ">", "|", "    ", "~", "```"))


def _read() -> list[Payload]:
    written = yaml.safe_load(Path(__file__).with_name("payloads.yaml").read_text(encoding="utf-8"))
    return [Payload(one["text"].replace("MARK", MARK), one.get("refused")) for one in written]


PAYLOADS = _read()
REFUSED = [payload for payload in PAYLOADS if payload.refused]
SHOWN = [payload for payload in PAYLOADS if not payload.refused]


KINDS: dict[str, dict[str, object]] = {
    "graph": {
        "given": {"x": 2, "W": [[1, 2], [3, 4]]},
        "equations": {"z[j]": "sum(i, W[j,i])*x", "f": "sum(j, z[j])"},
    },
    "update": {"parameters": {"w": 0.5}, "gradients": [{"w": 1}, {"w": 2}], "optimiser": "adam"},
    "rule": {
        "rule": "perceptron",
        "until": "no mistakes",
        "samples": [{"input": [0, 1], "target": 0}, {"input": [1, 1], "target": 1}],
    },
}
"""Small problems of the kinds that are no network."""


def of_kind(kind: str, **fields: object) -> str:
    """A small problem's YAML of one of these kinds, with these fields."""
    problem = {"kind": kind} | KINDS[kind] | fields
    return str(yaml.safe_dump(problem, sort_keys=False, allow_unicode=True, width=10_000))


def problem_text(**fields: object) -> str:
    """A small problem's YAML with these fields."""
    problem: dict[str, object] = {
        "network": {"inputs": 1, "layers": [{"units": 1, "activation": "tanh", "weights": [[0.5]]}]},
        "samples": [{"x": [1], "y": [1]}],
        "loss": "squared_error",
    }
    return str(yaml.safe_dump(problem | fields, sort_keys=False, allow_unicode=True, width=10_000))


def with_payload(field: str, text: str) -> str:
    """A small problem that has the text in one of `FIELDS`."""
    if field == "parts[0].text":
        return problem_text(parts=[{"ask": ["forward"], "text": text}])
    return problem_text(pitfalls=[text]) if field == "pitfalls[0]" else problem_text(**{field: text})
