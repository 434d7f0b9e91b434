"""Reading a problem of the kind `graph`: given quantities, equations, of what gradients are taken."""

from __future__ import annotations

from collections.abc import Mapping

from nbsolve.given import Given, Letter
from nbsolve.letters import Name
from nbsolve.problem.common import has_keys, read_common, rounding_of, with_logarithms
from nbsolve.problem.cursor import Cursor, describe, listing, suggestion
from nbsolve.problem.graphs.asks import asked_gradients, read_graph_parts
from nbsolve.problem.graphs.equations import Read, read_equations
from nbsolve.problem.graphs.given import (
    read_array,
    read_given,
    read_padding,
    shape_words,
    typed_starts,
)
from nbsolve.problem.graphs.letters import check_letters_of_training, warn_of_like_letters
from nbsolve.problem.graphs.training import read_chosen, read_graph_training
from nbsolve.problem.keys.kinds import GraphFile
from nbsolve.problem.model import Equation, GivenArray, GraphProblem, Start


def read_graph_problem(root: Cursor, name: str, text: str) -> GraphProblem | None:
    """The problem; None after noting a fault."""
    of_networks = "this belongs to problems of the kind network"
    hints = dict.fromkeys(("network", "samples", "loss", "notation", "explain"), of_networks)
    if not has_keys(root, GraphFile, hints=hints):
        return None
    given = read_given(root.get("given"))
    shapes = {array.name: array.shape for array in given}
    padding = read_padding(root.get("padding"), shapes)
    # a quantity with a fault has no name: equations would have faults that are none
    typed = typed_starts(root.get("given"))
    found = Read() if root.notes.faults else read_equations(root, shapes, padding, typed)
    equations = tuple(found.equations)
    named = not root.notes.faults  # else a name that the file has could be unknown here
    of, at = _objective(root.get("gradients_of") if named else None, equations, found.last)
    upstream = _upstream(root.get("upstream") if named else None, of, at, shapes)
    wrt = _wrt(root.get("with_respect_to") if named else None, given, [*shapes], found.starts)
    training = read_graph_training(root.get("training"), given, found.starts)
    compared = training is not None and training.compare_with is not None
    if compared and named and not at and of and shapes[of]:
        root.key_fault(
            "training",
            f"paths are compared over the level lines of one number, and {of} is {shape_words(shapes[of])}",
            expected=f'gradients_of: a single number, such as "{of}[1]"',
        )
    letters = _names_written(root.get("names") if named else None, [*shapes])
    warn_of_like_letters(root, shapes, letters, found.starts)
    if training is not None and not root.notes.faults:
        check_letters_of_training(root, shapes, letters, training)
    rounding = rounding_of(root)
    common = read_common(root, name, text)
    sound = not root.notes.faults
    parts = (
        read_graph_parts(root.get("parts"), (of, at), shapes, training, equations, found.starts)
        if sound
        else ()
    )
    symbolic = any(isinstance(one, Letter) for array in given for one in array.entries)
    if sound and not symbolic and _asks_for_values(root):
        wrt = ()
    if training is not None and symbolic:
        root.key_fault("training", "training needs numbers, and the given quantities are letters")
    if root.notes.faults or rounding is None:
        return None
    return GraphProblem(
        **common,
        given=given,
        equations=equations,
        gradients_of=of,
        gradients_at=at,
        upstream=upstream,
        wrt=wrt,
        asked_wrt=tuple(dict.fromkeys(asked_gradients(parts, of))),
        recurrences=tuple(found.recurrences),
        starts=found.starts,
        padding=padding,
        letters=letters,
        training=training,
        rounding=with_logarithms(rounding, root, (one for array in given for one in array.entries)),
        parts=parts,
    )


# ------------------------------------------------------------------ of what, with respect to what


def _objective(
    cursor: Cursor | None, equations: tuple[Equation, ...], last: str
) -> tuple[str, tuple[int, ...]]:
    """The name of what is differentiated, and which entry of it; by default the `last` equation."""
    if not equations:
        return "", ()
    by_name = {equation.name: equation for equation in equations}
    if cursor is None:
        return last if last in by_name else equations[-1].name, ()
    text = cursor.string("gradients_of")
    if text is None:
        return "", ()
    name, _, rest = "".join(text.split()).partition("[")
    if name not in by_name:
        cursor.fault(
            f"{name[:40]!r} is not the name of an equation",
            expected=listing(by_name, "or"),
            hint=suggestion(name, by_name),
        )
        return "", ()
    shape = by_name[name].shape
    places = (
        tuple(int(one) if one.isdigit() else 0 for one in rest.removesuffix("]").split(",")) if rest else ()
    )
    if rest and (
        len(places) != len(shape) or not all(1 <= n <= m for n, m in zip(places, shape, strict=True))
    ):
        cursor.fault(f"{text} is not an entry of {name}", expected=f"{name} is {shape_words(shape)}")
        return "", ()
    return name, places


def _upstream(
    cursor: Cursor | None, of: str, at: tuple[int, ...], shapes: Mapping[str, tuple[int, ...]]
) -> tuple[Given, ...] | None:
    if not of:
        return None
    shape = () if at else shapes[of]
    if cursor is None:
        return None
    read = read_array(cursor, "upstream")
    if read is None:
        return None
    if read[0] != shape:
        cursor.fault(
            f"upstream is {shape_words(read[0])}, and {of} is {shape_words(shape)}",
            expected="a gradient of the shape of what it comes in at",
        )
        return None
    return tuple(entry for entry in read[1] if isinstance(entry, Given))


def _wrt(
    cursor: Cursor | None, given: tuple[GivenArray, ...], names: list[str], starts: Mapping[str, Start]
) -> tuple[str, ...]:
    return (
        tuple(array.name for array in given)
        if cursor is None
        else read_chosen(cursor, "with_respect_to", names, starts)
    )


def _asks_for_values(root: Cursor) -> bool:
    """Whether a file says nothing of gradients, and its parts ask for values alone."""
    said = ("gradients_of", "upstream", "with_respect_to", "training")
    if not root.has("parts") or any(map(root.has, said)) or "{{" in root.notes.source:
        return False
    listed = root.get("parts")
    asks = [
        one.text
        for part in (listed.each() if listed else ())
        if (ask := part.get("ask"))
        for one in ask.each()
    ]
    return bool(asks) and all(
        "/" not in ask and ask not in ("gradients", "local_derivatives") for ask in asks
    )


def _names_written(cursor: Cursor | None, names: list[str]) -> dict[str, str]:
    """How quantities are written, by name."""
    if cursor is None:
        return {}
    if not cursor.is_mapping:
        cursor.fault(f"names is {describe(cursor.node)}", expected=r"{w0: w_0, yhat: \hat y}")
        return {}
    found: dict[str, str] = {}
    keys = cursor.keys()
    for key in keys:
        inner = cursor.get(key)
        assert inner is not None
        text = inner.string(f"the letter of {key}")
        if key not in names:
            cursor.key_fault(key, f"{key} is no quantity", expected=listing(names, "or"))
        elif text is not None:
            try:
                Name.read(text)
            except ValueError as error:
                inner.fault(str(error), expected=r"a name such as w_0 or \hat y")
            found[key] = text
    return found
