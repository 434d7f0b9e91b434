"""Loading a problem: read, override, normalise, check; every fault in one error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from nbsolve.errors import Fault, ProblemError
from nbsolve.given import Letter
from nbsolve.problem import wiring
from nbsolve.problem.cell_names import with_cell_names
from nbsolve.problem.checks import check_letters, check_targets
from nbsolve.problem.classes import check_classes, classifies
from nbsolve.problem.common import has_keys, read_common, rounding_of, with_logarithms
from nbsolve.problem.cursor import Cursor, Notes, W, listing
from nbsolve.problem.emitting import emit
from nbsolve.problem.given_values import check_given_values, with_given_values
from nbsolve.problem.heads import check_heads, of_layers
from nbsolve.problem.incoming import check_detail
from nbsolve.problem.jacobian_vectors import check_products, read_jacobian_vectors
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.kinds import DETAIL, EXPLAIN, KINDS, NetworkFile
from nbsolve.problem.losses import read_losses, read_regulariser
from nbsolve.problem.model import (
    AnyProblem,
    JacobianVectors,
    Network,
    Notation,
    Part,
    Problem,
    Sample,
    Training,
)
from nbsolve.problem.naming import read_notation
from nbsolve.problem.network import read_network
from nbsolve.problem.overrides import apply_overrides
from nbsolve.problem.parameters import with_parameters
from nbsolve.problem.parts import default_parts, parts_of
from nbsolve.problem.reading import read_text, read_tree
from nbsolve.problem.sample_weights import check_sample_weights, read_sample_weights
from nbsolve.problem.samples import read_samples
from nbsolve.problem.training import read_training
from nbsolve.problem.tree import Node, without
from nbsolve.problem.upstream import check_upstream, read_upstream
from nbsolve.problem.varying import KEY as VARIANTS
from nbsolve.problem.varying import read_variants

Overrides = Mapping[str, object] | Sequence[str]

_Reader = Callable[[Cursor, str, str], AnyProblem | None]
_READERS: Mapping[str, tuple[str, str]] = {
    "derivation": ("nbsolve.problem.derivations", "read_derivation_problem"),
    "rule": ("nbsolve.problem.rules", "read_rule_problem"),
    "graph": ("nbsolve.problem.graphs.reading", "read_graph_problem"),
    "update": ("nbsolve.problem.updates", "read_update_problem"),
}
"""What reads each kind of problem but networks: module and function, imported when one comes."""


def load_problem(
    source: str | Path,
    *,
    overrides: Overrides | None = None,
    parameters: Mapping[str, object] | None = None,
    folder: str | Path | None = None,
    trust: bool = False,
    language: str | None = None,
) -> AnyProblem:
    """The problem in a file, or in a YAML text (a `str` with a line break, or that begins with `{`).

    `overrides` change it first: `{"samples.0.x": [1, 3]}` or `["samples.0.x=[1,3]"]`, a dotted path with list
    positions from 0. `parameters` are values for names in the YAML: `{"learning_rate": 0.1}` where it says
    `learning_rate: $learning_rate`. Data files are looked for beside the problem's file, or for a text in `folder`.
    `trust` allows raw HTML in its texts. `language` is that of its author's words where the problem does not say.
    Raises ProblemError with every fault that was found.
    """
    if isinstance(source, str) and ("\n" in source or source.lstrip().startswith("{")):
        return parse_problem(
            source,
            overrides=overrides,
            parameters=parameters,
            folder=folder,
            trust=trust,
            language=language,
        )
    path = Path(source)
    text = read_text(path)
    beside = path.parent if folder is None else Path(folder)
    name = path.stem.encode("utf-8", "replace").decode()  # bytes that are no text become question marks
    return parse_problem(
        text,
        file=str(path),
        name=name,
        overrides=overrides,
        parameters=parameters,
        folder=beside,
        trust=trust,
        language=language,
    )


def parse_problem(
    text: str,
    *,
    name: str = "problem",
    file: str = "problem",
    overrides: Overrides | None = None,
    parameters: Mapping[str, object] | None = None,
    folder: str | Path | None = None,
    trust: bool = False,
    language: str | None = None,
    links: bool = True,
) -> AnyProblem:
    """The problem in a YAML text; `file` is what errors call it. Raises ProblemError like `load_problem`.

    Without `links`, what the links of its texts lead to need not be there.
    """
    tree = read_tree(text, file)
    if parameters:
        tree = with_parameters(tree, parameters)
    if overrides:
        tree = apply_overrides(tree, overrides)
    if parameters or overrides:
        text = emit(tree)
    beside = None if folder is None else Path(folder)
    notes = Notes(file, text.replace("\r\n", "\n"), trust, beside, language, links)
    return problem_of(tree, notes, name, text)


def problem_of(tree: Node, notes: Notes, name: str, text: str) -> AnyProblem:
    """The problem that a tree writes, whose YAML is `text`. Raises ProblemError like `load_problem`."""
    root = Cursor(tree, notes)
    varying = root.get(VARIANTS)
    variants = None if varying is None else read_variants(varying)
    problem = _any_problem(Cursor(without(tree, VARIANTS), notes), name, text, notes.folder)
    if notes.faults:
        raise ProblemError(sorted(notes.faults, key=_place))
    assert problem is not None, "a problem that cannot be read has a fault"
    return problem.model_copy(update={"warnings": tuple(notes.warnings), "variants": variants})


def _place(fault: Fault) -> tuple[bool, int, int]:
    return fault.line is None, fault.line or 0, fault.column or 0


def _any_problem(root: Cursor, name: str, text: str, folder: Path | None) -> AnyProblem | None:
    kind = root.get("kind")
    if kind is not None and kind.is_scalar and kind.text in _READERS:
        module, function = _READERS[kind.text]
        read: _Reader = getattr(import_module(module), function)
        return read(root, name, text)
    return _problem(root, name, text, folder)


_TRAINING = "it belongs to training: {optimiser: {sgd: {learning_rate: 0.1}}}"
_HINTS = dict.fromkeys(("rate", "learning_rate", "lr", "optimiser", "optimizer"), _TRAINING)
_HINTS["given"] = "values of units are given in their sample: samples: [{input: …, given: {…}}]"


def _problem(root: Cursor, name: str, text: str, folder: Path | None) -> Problem | None:
    if not root.is_mapping:
        root.fault("the file is not a problem", expected=f"a mapping with {listing(keys_of(NetworkFile))}")
        return None
    if (inner := root.get("kind")) and inner.word("kind", KINDS) is None:
        return None  # the keys would be those of another kind
    has_keys(root, NetworkFile, hints=_HINTS)
    network_cursor, samples_cursor = root.get("network"), root.get("samples")
    named = of_layers(root.get("loss"))
    network = None if network_cursor is None else read_network(network_cursor, folder, named)
    inputs, outputs = (None, None) if network is None else (network.inputs, network.last.units)
    ends = () if network is None else wiring.ends(network)
    heads: dict[int, int] = {}
    if network is not None and (named or len(ends) == 1):
        heads = {end: wiring.width_of(network, end) for end in ends}
    if len(heads) > 1:
        check_heads(root, heads)
    classes = _names(root, "classes", outputs, "output unit")
    read = None
    if samples_cursor is not None:
        read = read_samples(samples_cursor, inputs, outputs, folder, classes, heads, network)
    samples = None if read is None else read.samples
    classes = classes or (() if read is None else read.classes)
    features = _names(root, "features", inputs, "input") or (() if read is None else read.features)
    loss_cursor, training_cursor = root.get("loss"), root.get("training")
    losses = () if loss_cursor is None else read_losses(loss_cursor, outputs, classes, heads)
    count = None if samples is None else len(samples)
    training = None if training_cursor is None else read_training(training_cursor, count, network)
    regulariser_cursor = root.get("regulariser")
    regulariser = None if regulariser_cursor is None else read_regulariser(regulariser_cursor)
    upstream_cursor = root.get("upstream")
    upstream = None if upstream_cursor is None else read_upstream(upstream_cursor, outputs, samples)
    if upstream_cursor is not None:
        check_upstream(root, samples, training)
    vectors: JacobianVectors | None = JacobianVectors()
    if inner := root.get("jacobian"):
        vectors = read_jacobian_vectors(inner, inputs, outputs)
    for key in ("training", "regulariser"):
        if root.has(key) and loss_cursor is None and upstream_cursor is None:
            root.key_fault(key, f"{key} without a loss", hint="add a loss, such as loss: squared_error")
    if samples is not None and upstream_cursor is None and losses is not None:
        needed = not losses or any(term.unit is None for term in losses)
        _check_loss_and_targets(root, samples[0].target is not None, needed)
        if losses and not needed and len(samples) > 1:
            hint = "upstream takes one row for each sample"
            root.key_fault("loss", "output is that of one sample, but there are several", hint=hint)
    if network is not None and regulariser_cursor is not None and any(wiring.constants(network)):
        regulariser_cursor.fault(
            "a penalty leaves biases out, and here they are a column of the weights",
            expected="biases of their own (bias: [0.1, …]) beside a regulariser",
        )
    notation: Notation | None = Notation()
    if inner := root.get("notation"):
        notation = read_notation(inner, network)
    rounding = rounding_of(root)
    explain = _word(root, "explain", EXPLAIN)
    detail = _word(root, "detail", DETAIL)
    letters = root.get("letters")
    in_letters = False if letters is None else bool(letters.truth("letters"))
    if notation is not None and network is not None and samples is not None:
        notation = with_cell_names(root, notation, network, samples)
    own = () if notation is None else notation.names.values()
    parts = parts_of(root, loss_cursor is not None, training, own, upstream_cursor is not None)
    if network is not None and samples is not None and losses:
        check_targets(root, network, samples, losses)
    weights_cursor = root.get("sample_weights")
    weights = None if weights_cursor is None else read_sample_weights(weights_cursor, samples)
    if vectors is not None:
        check_products(root, vectors)
    lettered = in_letters or _has_letters(network, samples)
    if weights_cursor is not None:
        check_sample_weights(root, lettered)
    if network is not None and samples is not None and samples_cursor is not None:
        samples = with_given_values(samples_cursor, network, samples)
        check_given_values(root, samples, training, lettered, detail)
    common = read_common(root, name, text)
    if network is not None and samples is not None and parts is not None:
        check_detail(root, network, detail)
        check_letters(root, network, samples, parts)
        check_classes(root, network, samples, parts)
    if root.notes.faults:
        return None
    if (
        network is None
        or samples is None
        or losses is None
        or notation is None
        or rounding is None
        or vectors is None
    ):
        raise AssertionError("what could not be read was not noted as a fault")
    if upstream is not None:
        pairs = zip(samples, upstream, strict=True)
        samples = tuple(sample.model_copy(update={"upstream": row}) for sample, row in pairs)
    if weights is not None:
        samples = tuple(
            sample.model_copy(update={"weight": weight})
            for sample, weight in zip(samples, weights, strict=True)
        )
    parts = parts if parts is not None else default_parts(losses, training, upstream is not None)
    problem = Problem(
        **common,
        network=network,
        samples=samples,
        features=features,
        classes=classes,
        losses=losses,
        jacobian=vectors,
        regulariser=regulariser,
        training=_with_asked(training, parts),
        rounding=rounding,
        notation=notation,
        explain=explain,
        detail=detail,
        letters=in_letters,
        parts=parts,
    )
    return problem.model_copy(update={"rounding": with_logarithms(rounding, root, problem.entries)})


def _has_letters(network: Network | None, samples: tuple[Sample, ...] | None) -> bool:
    """Whether a cell of the weights, of an input or of a target is a letter."""
    written = [entry for sample in samples or () for entry in sample.entries]
    rows = [] if network is None else [row for layer in network.layers for row in layer.weights]
    return any(isinstance(entry, Letter) for entry in (*written, *(cell for row in rows for cell in row)))


def _names(root: Cursor, key: str, wanted: int | None, of: str) -> tuple[str, ...]:
    """The names under `key`, one for each input or output; () where there are none."""
    cursor = root.get(key)
    if cursor is None:
        return ()
    elements = cursor.elements(key, f"a list of names, one for each {of}") or []
    names = tuple(name for one in elements if (name := one.string("a name")) is not None)
    if wanted is not None and len(names) == len(elements) != wanted:
        found = "1 name" if len(names) == 1 else f"{len(names)} names"
        cursor.fault(f"{key} has {found}", expected=f"{wanted}, one for each {of}")
    elif len(set(names)) != len(names):
        cursor.fault(f"{key} names one of them twice", expected="a name of its own for each")
    return names


def _check_loss_and_targets(root: Cursor, targets: bool, needed: bool) -> None:
    if targets and not needed:
        root.key_fault("samples", "the samples have targets, which loss: output makes no use of")
        return
    if targets and not root.has("loss"):
        hint = "add loss: squared_error (or another), or leave the targets out for a forward pass only"
        root.key_fault("samples", "the samples have targets, but the problem has no loss", hint=hint)
    if root.has("loss") and not targets and needed:
        hint = "add a target to each sample, or leave the loss out for a forward pass only"
        root.key_fault("loss", "the problem has a loss, but its samples have no target", hint=hint)


def _with_asked(training: Training | None, parts: tuple[Part, ...]) -> Training | None:
    """An iteration that a part asks about is written out as well."""
    if training is None:
        return None
    asked = {part.at for part in parts if part.at is not None}
    asked |= {training.iterations} if classifies(parts) else set()
    return training.model_copy(update={"show": tuple(sorted(asked.union(training.show)))})


def _word(root: Cursor, key: str, allowed: tuple[W, ...]) -> W:
    cursor = root.get(key)
    return allowed[0] if cursor is None else cursor.word(key, allowed) or allowed[0]


__all__ = ["load_problem", "parse_problem", "problem_of"]
