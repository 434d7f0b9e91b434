"""A problem's text that needs no files beside it, for notebooks that are to run anywhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbsolve.given import Entry
from nbsolve.problem.emitting import emit
from nbsolve.problem.model import AnyProblem, DenseLayer, Problem, RuleProblem, Sample
from nbsolve.problem.reading import read_tree
from nbsolve.problem.tree import Entries, Items, Node, Scalar, without
from nbsolve.problem.varying import KEY as VARIANTS

MAXIMUM_NUMBERS = 5_000
_ESCAPED = re.compile(r"\\[xuU\r\n]")


def self_contained_text(problem: AnyProblem) -> str:
    """The problem's YAML with the contents of its data files, and the language of its course, written out.

    The block `variants` is left out: a notebook has one problem. Comes back unchanged where there is nothing of all
    that. An array or a batch of more than 5,000 numbers stays a reference to its file. Comments are lost where
    something is written out.
    """
    text = _alone(_with_files(problem)) if problem.variants is not None else _with_files(problem)
    if problem.language is None:
        return text
    tree = read_tree(text, problem.name)
    assert isinstance(tree, Entries)
    if "language" in tree.entries:
        return text
    language = Scalar(text=problem.language, plain=False)
    return emit(_entries({"language": language, **tree.entries}))


def _alone(text: str) -> str:
    """The text without its block `variants`, all else as it is written where that is possible."""
    tree = read_tree(text, "problem")
    assert isinstance(tree, Entries)
    lines = text.splitlines(keepends=True)
    start, column = tree.places[VARIANTS]
    if column > 1 or tree.places[next(iter(tree.entries))][1] > 1 or lines[start - 1].startswith("{"):
        return emit(without(tree, VARIANTS))
    after = [line for key, (line, _) in tree.places.items() if line > start]
    end = min(after, default=len(lines) + 1)
    return "".join(lines[: start - 1] + lines[end - 1 :])


def _with_files(problem: AnyProblem) -> str:
    if not isinstance(problem, Problem | RuleProblem) or not _may_name_files(problem.text):
        return problem.text
    tree = read_tree(problem.text, problem.name)
    assert isinstance(tree, Entries)
    entries = dict(tree.entries)
    samples = entries.get("samples")
    if isinstance(samples, Entries) and "file" in samples.entries:
        entries["samples"] = _bounded(_samples(problem.samples), samples)
        if entries["samples"] is not samples:
            classes = problem.classes if isinstance(problem, Problem) else ()
            for key, names in (("features", problem.features), ("classes", classes)):
                if names and key not in entries:
                    entries[key] = _items([Scalar(text=name, plain=False) for name in names])
    if isinstance(problem, RuleProblem):
        root = _entries(entries)
        whole = _layer(root, problem.network.layers[0], False)
        return problem.text if whole is root and entries.get("samples") is samples else emit(whole)
    network = entries["network"]
    assert isinstance(network, Entries)
    layers = network.entries["layers"]
    assert isinstance(layers, Items)
    transposed = problem.network.layout == "x W + b"
    written = [
        _layer(node, layer, transposed)
        for node, layer in zip(layers.items, problem.network.layers, strict=True)
    ]
    same_layers = all(new is old for new, old in zip(written, layers.items, strict=True))
    if same_layers and entries.get("samples") is samples:
        return problem.text
    entries["network"] = _entries({**network.entries, "layers": _items(written)})
    return emit(_entries(entries))


def _may_name_files(text: str) -> bool:
    """Whether a text may have a key `file`, which YAML lets people write with escapes, too (`"\\x66ile"`)."""
    return "file" in text or _ESCAPED.search(text) is not None


def _layer(node: Node, layer: DenseLayer, transposed: bool) -> Node:
    assert isinstance(node, Entries)
    entries = dict(node.entries)
    changed = False
    rows: Sequence[Sequence[Entry]] = layer.weights
    if transposed:
        rows = [*zip(*layer.weights, strict=True)]
    for key, values in (
        ("weights", _items([_numbers(row) for row in rows])),
        ("bias", _numbers(layer.bias.values)),
        ("threshold", _numbers(layer.bias.values)),
    ):
        old = entries.get(key)
        within = old.entries.get("value") if isinstance(old, Entries) else None
        if isinstance(old, Entries) and isinstance(within, Entries) and "file" in within.entries:
            old = _entries({**within.entries, **{k: v for k, v in old.entries.items() if k != "value"}})
        if isinstance(old, Entries) and "file" in old.entries:
            entries[key] = _bounded(values, old)
            changed = changed or entries[key] is not old
    return _entries(entries) if changed else node


def _bounded(values: Items, old: Entries) -> Node:
    """The numbers in the place of the file they came from, unless there are too many."""
    if _count(values) > MAXIMUM_NUMBERS:
        return old
    if "trainable" in old.entries:
        return _entries({"value": values, "trainable": old.entries["trainable"]})
    return values


def _count(node: Node) -> int:
    """How many numbers a node holds."""
    if isinstance(node, Items):
        return sum(_count(item) for item in node.items)
    if isinstance(node, Entries):
        return sum(_count(item) for item in node.entries.values())
    return 1


def _samples(samples: tuple[Sample, ...]) -> Items:
    nodes: list[Node] = []
    for sample in samples:
        entries: dict[str, Node] = {"input": _numbers(sample.input)}
        if sample.target is not None:
            entries["target"] = _numbers(sample.target)
        nodes.append(_entries(entries))
    return _items(nodes)


def _numbers(values: Sequence[Entry]) -> Items:
    return _items([Scalar(text=str(value)) for value in values])


def _items(nodes: Sequence[Node]) -> Items:
    return Items(size=1 + sum(node.size for node in nodes), items=list(nodes))


def _entries(entries: dict[str, Node]) -> Entries:
    return Entries(size=1 + sum(node.size for node in entries.values()), entries=entries)
