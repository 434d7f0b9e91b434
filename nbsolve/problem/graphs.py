"""Reading a problem of the kind `graph`: given quantities, equations, of what gradients are taken."""

from __future__ import annotations

from collections.abc import Mapping

from nbsolve.catalogue import OPTIMISERS
from nbsolve.expr import Variable, walk
from nbsolve.formula import FormulaError
from nbsolve.formula.indexed import NAME, parse_equation, parse_left, refuse_reserved
from nbsolve.given import Entry, Given, Letter
from nbsolve.letters import Name
from nbsolve.problem.choices import read_choice
from nbsolve.problem.cursor import Cursor, describe, listing, suggestion
from nbsolve.problem.digits import read_rounding
from nbsolve.problem.graph_asks import asked_gradients, read_graph_parts
from nbsolve.problem.graph_shapes import lengths_of
from nbsolve.problem.model import Choice, Equation, GivenArray, GraphProblem, GraphTraining, Rounding
from nbsolve.problem.texts import TEXTS, group_of, read_string, read_texts, title_of
from nbsolve.problem.training import MAXIMUM_ITERATIONS, SHOWN_IN_FULL, read_iteration

KEYS = (
    "kind",
    "title",
    "source",
    "group",
    "statement",
    "language",
    "given",
    "equations",
    "ranges",
    "padding",
    "names",
    "gradients_of",
    "upstream",
    "with_respect_to",
    "training",
    "rounding",
    "parts",
    "pitfalls",
)
TRAINING_KEYS = ("optimiser", "learning_rate", "direction", "parameters", "iterations", "show")
MOST_AXES = 3
MOST_QUANTITIES = 200
MOST_ENTRIES = 400
"""Numbers that one quantity holds at most: each has a line of its own."""
_GIVEN = "{x: -2, y: 5}, where an array is a list; or names alone, [x, y], for letters"
_EQUATIONS = '{q: x + y, f: q * z}, or with axes {"z[j]": "sum(i, W[j,i]*x[i]) + b[j]"}'


def read_graph_problem(root: Cursor, name: str, text: str) -> GraphProblem | None:
    """The problem; None after noting a fault."""
    of_networks = "this belongs to problems of the kind network"
    hints = dict.fromkeys(("network", "samples", "loss", "notation", "explain"), of_networks)
    if not root.mapping(KEYS, "the problem", hints):
        return None
    for key, expected in (("given", _GIVEN), ("equations", _EQUATIONS)):
        if not root.has(key):
            root.fault(f"the problem has no {key}", expected=f"{key}: {expected}")
    given = _given(root.get("given"))
    shapes = {array.name: array.shape for array in given}
    padding = _padding(root.get("padding"), shapes)
    equations = _equations(root, shapes, padding)
    of, at = _objective(root.get("gradients_of"), equations)
    upstream = _upstream(root.get("upstream"), of, at, shapes)
    wrt = _wrt(root.get("with_respect_to"), given, [*shapes])
    training = _training(root.get("training"), given)
    letters = _names_written(root.get("names"), [*shapes])
    rounding: Rounding | None = Rounding()
    if inner := root.get("rounding"):
        rounding = read_rounding(inner)
    texts = {key: read_string(root, key) for key in TEXTS}
    pitfalls = read_texts(root.get("pitfalls"))
    sound = not root.notes.faults
    parts = read_graph_parts(root.get("parts"), of, shapes, training, equations) if sound else ()
    if training is not None and any(isinstance(one, Letter) for array in given for one in array.entries):
        root.key_fault("training", "training needs numbers, and the given quantities are letters")
    if root.notes.faults or rounding is None:
        return None
    wrt = tuple(dict.fromkeys((*wrt, *asked_gradients(parts, of))))
    return GraphProblem(
        name=name,
        text=text,
        title=texts["title"] or title_of(name),
        source=texts["source"],
        group=group_of(texts),
        language=texts["language"] or root.notes.language,
        trust=root.notes.trust,
        statement=texts["statement"],
        pitfalls=pitfalls,
        given=given,
        equations=equations,
        gradients_of=of,
        gradients_at=at,
        upstream=upstream,
        wrt=wrt,
        padding=padding,
        letters=letters,
        training=training,
        rounding=rounding,
        parts=parts,
        warnings=tuple(root.notes.warnings),
    )


# ------------------------------------------------------------------ what is given


def _given(cursor: Cursor | None) -> tuple[GivenArray, ...]:
    if cursor is None:
        return ()
    found: list[GivenArray] = []
    if cursor.is_list:
        for element in cursor.each():
            name = element.string("a name") if element.is_scalar else None
            if name is None:
                element.fault("a letter's name is missing", expected=_GIVEN)
            elif _is_name(element, name, [array.name for array in found]):
                found.append(GivenArray(name=name, entries=(Letter(),)))
        return tuple(found)
    keys = cursor.keys()
    if not keys:
        cursor.fault(f"given is {describe(cursor.node)}", expected=_GIVEN)
        return ()
    for key in keys:
        inner = cursor.get(key)
        assert inner is not None
        if not _is_name(inner, key, [array.name for array in found]):
            continue
        array = _array(inner, key)
        if array is not None:
            shape, entries = array
            found.append(GivenArray(name=key, shape=shape, entries=entries))
    return tuple(found)


def _is_name(cursor: Cursor, name: str, taken: list[str]) -> bool:
    """Whether it can name a quantity; a fault where it cannot."""
    if not NAME.fullmatch(name):
        cursor.fault(
            f"{name[:40]!r} cannot name a quantity", expected="letters, digits and _, such as x, w0 or beta"
        )
        return False
    try:
        refuse_reserved(name)
    except FormulaError as error:
        cursor.fault(error.message, expected=error.expected)
        return False
    if name in taken:
        cursor.fault(f"the name {name} is used twice", expected="a name of its own for each quantity")
        return False
    return True


def _array(cursor: Cursor, what: str, depth: int = 0) -> tuple[tuple[int, ...], tuple[Entry, ...]] | None:
    """Shape and entries of nested lists; None after noting a fault."""
    if not cursor.is_list:
        number = cursor.number(what)
        return None if number is None else ((), (number,))
    if depth == MOST_AXES:
        cursor.fault(
            f"{what} has more than {MOST_AXES} axes", expected="a number, or lists in at most three levels"
        )
        return None
    rows = [_array(inner, f"an entry of {what}", depth + 1) for inner in cursor.each()]
    if not rows:
        cursor.fault(f"{what} is an empty list", expected="a number, or a list of numbers")
        return None
    sound = [row for row in rows if row is not None]
    if len(sound) < len(rows):
        return None
    shape = sound[0][0]
    for place, row in enumerate(sound):
        if row[0] != shape:
            cursor.fault(
                f"the rows of {what} differ: {_shape(shape)} and {_shape(row[0])} (row {place + 1})",
                expected="rows of one length",
            )
            return None
    entries = tuple(entry for row in sound for entry in row[1])
    if len(entries) > MOST_ENTRIES:
        cursor.fault(f"{what} has {len(entries):,} numbers", expected=f"at most {MOST_ENTRIES}")
        return None
    return (len(rows), *shape), entries


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) if shape else "a number"


def _padding(cursor: Cursor | None, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Given]:
    if cursor is None:
        return {}
    if not cursor.is_mapping:
        cursor.fault(
            f"padding is {describe(cursor.node)}", expected="{x: 0}: what is read outside the array x"
        )
        return {}
    found: dict[str, Given] = {}
    keys = cursor.keys()
    for key in keys:
        inner = cursor.get(key)
        number = None if inner is None else inner.number(f"the padding of {key}")
        if number is not None:
            found[key] = number
    return found


# ------------------------------------------------------------------ equations


def _equations(
    root: Cursor, shapes: dict[str, tuple[int, ...]], padding: Mapping[str, Given]
) -> tuple[Equation, ...]:
    """The equations, each over what is above it; `shapes` learns theirs."""
    cursor = root.get("equations")
    if cursor is None:
        return ()
    keys = cursor.keys()
    if not keys:
        cursor.fault(f"equations is {describe(cursor.node)}", expected=_EQUATIONS)
        return ()
    ranges = _ranges(root.get("ranges"))
    names = [_name_of(key) for key in keys]
    found: list[Equation] = []
    for key in keys:
        inner = cursor.get(key)
        assert inner is not None
        equation = _equation(inner, key, shapes, ranges, padding, names)
        if equation is None:
            return tuple(found)  # what follows may rest on it: one fault, not one after another
        found.append(equation)
        shapes[equation.name] = equation.shape
    inner = root.get("padding")
    for name in padding if inner else ():
        if name not in shapes and inner:
            inner.key_fault(name, f"padding of {name}, which is no quantity", hint=suggestion(name, shapes))
    if len(shapes) > MOST_QUANTITIES:
        cursor.fault(f"{len(shapes)} quantities", expected=f"at most {MOST_QUANTITIES}")
    return tuple(found)


def _name_of(key: str) -> str:
    return key.partition("[")[0].strip()


def _ranges(cursor: Cursor | None) -> dict[str, int]:
    if cursor is None:
        return {}
    if not cursor.is_mapping:
        cursor.fault(f"ranges is {describe(cursor.node)}", expected="{t: 3}: how far the index t runs")
        return {}
    found: dict[str, int] = {}
    keys = cursor.keys()
    for key in keys:
        inner = cursor.get(key)
        length = None if inner is None else inner.integer(f"the range of {key}", 1, MOST_ENTRIES)
        if length is not None:
            found[key] = length
    return found


def _equation(
    cursor: Cursor,
    key: str,
    shapes: Mapping[str, tuple[int, ...]],
    ranges: Mapping[str, int],
    padding: Mapping[str, Given],
    names: list[str],
) -> Equation | None:
    try:
        name, letters = parse_left(key)
    except FormulaError as error:
        cursor.fault(
            f"{key[:40]!r}, column {error.column}: {error.message}", expected=error.expected, hint=error.hint
        )
        return None
    if not _is_name(cursor, name, [*shapes]):
        return None
    if len(letters) > MOST_AXES:
        cursor.fault(f"{name} has {len(letters)} axes", expected=f"at most {MOST_AXES}")
        return None
    text = cursor.string(f"the equation of {name}")
    if text is None:
        return None
    axes = {known: len(shape) for known, shape in shapes.items()}
    try:
        formula = parse_equation(text, axes, letters)
        lengths = lengths_of(formula, letters, shapes, ranges, padding)
    except FormulaError as error:
        cursor.fault(
            f"the equation of {name}, column {error.column}: {error.message}",
            expected=error.expected,
            hint=_about_order(error, name, names) or error.hint,
        )
        return None
    equation = Equation(name=name, letters=letters, formula=text, lengths=lengths)
    size = 1
    for length in equation.shape:
        size *= length
    if size > MOST_ENTRIES:
        cursor.fault(f"{name} has {size:,} entries", expected=f"at most {MOST_ENTRIES}")
        return None
    return equation


def _about_order(error: FormulaError, name: str, names: list[str]) -> str | None:
    """What to say of an unknown name that is found in this equation or below it."""
    for other in names:
        if error.message == f"unknown name {other!r}":
            if other == name:
                return f"{name} cannot stand in its own equation: a graph has no cycles"
            return (
                f"the equation of {other} stands below: put it above that of {name} (a graph has no cycles)"
            )
    return None


# ------------------------------------------------------------------ of what, with respect to what


def _objective(cursor: Cursor | None, equations: tuple[Equation, ...]) -> tuple[str, tuple[int, ...]]:
    """The name of what is differentiated, and which entry of it."""
    if not equations:
        return "", ()
    by_name = {equation.name: equation for equation in equations}
    if cursor is None:
        return equations[-1].name, ()
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
        cursor.fault(f"{text} is not an entry of {name}", expected=f"{name} is {_shape(shape)}")
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
    read = _array(cursor, "upstream")
    if read is None:
        return None
    if read[0] != shape:
        cursor.fault(
            f"upstream is {_shape(read[0])}, and {of} is {_shape(shape)}",
            expected="a gradient of the shape of what it comes in at",
        )
        return None
    return tuple(entry for entry in read[1] if isinstance(entry, Given))


def _names(given: tuple[GivenArray, ...]) -> list[str]:
    return [array.name for array in given]


def _wrt(cursor: Cursor | None, given: tuple[GivenArray, ...], names: list[str]) -> tuple[str, ...]:
    return tuple(_names(given)) if cursor is None else _chosen(cursor, "with_respect_to", names)


def _chosen(cursor: Cursor, what: str, names: list[str]) -> tuple[str, ...]:
    """Some of the quantities, by name."""
    elements = [cursor] if cursor.is_scalar else cursor.elements(what, "a list of names") or []
    words = [word for element in elements if (word := element.word(f"an entry of {what}", names)) is not None]
    return tuple(dict.fromkeys(words))


def _training(cursor: Cursor | None, given: tuple[GivenArray, ...]) -> GraphTraining | None:
    if cursor is None:
        return None
    if not cursor.mapping(TRAINING_KEYS, "training"):
        return None
    inner, rate = cursor.get("optimiser"), cursor.get("learning_rate")
    optimiser = None
    if (inner is None) == (rate is None):
        both = "both a learning rate and an optimiser" if inner else "no learning rate"
        cursor.fault(
            f"training has {both}", expected="learning_rate: 0.1, or optimiser: {sgd: {learning_rate: 0.1}}"
        )
    elif rate is not None:
        number = rate.number("learning_rate", above=0)
        optimiser = None if number is None else Choice(name="sgd", parameters={"learning_rate": number})
    elif inner is not None:
        tables = {name: record.parameters for name, record in OPTIMISERS.items()}
        optimiser = read_choice(inner, "optimiser", tables)
    direction: str | None = "descent"
    if inner := cursor.get("direction"):
        direction = inner.word("direction", ("descent", "ascent"))
        if direction == "ascent" and optimiser is not None and _uses_parameter(optimiser.name):
            inner.fault(
                f"{optimiser.name} only goes down", expected="direction: descent, or another optimiser"
            )
    names = _names(given)
    inner = cursor.get("parameters")
    parameters = tuple(names) if inner is None else _chosen(inner, "parameters", names)
    iterations: int | None = 1
    if inner := cursor.get("iterations"):
        iterations = inner.integer("iterations", 1, MAXIMUM_ITERATIONS)
    if optimiser is None or direction is None or iterations is None:
        return None
    show: tuple[int, ...] = (
        tuple(range(1, iterations + 1)) if iterations <= SHOWN_IN_FULL else (1, iterations)
    )
    if inner := cursor.get("show"):
        elements = [*inner.each()] if inner.is_list else [inner]
        read = [read_iteration(element, "show", iterations) for element in elements]
        show = tuple(sorted({one for one in read if one is not None}))
    return GraphTraining(
        optimiser=optimiser,
        direction="ascent" if direction == "ascent" else "descent",
        parameters=parameters,
        iterations=iterations,
        show=show,
    )


def _uses_parameter(optimiser: str) -> bool:
    """Whether a step depends on the parameter itself, as weight decay does: its opposite goes nowhere."""
    record = OPTIMISERS[optimiser]
    formulas = [record.change, *(equation.formula for equation in record.equations)]
    return any(node == Variable("parameter") for formula in formulas for node in walk(formula))


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
