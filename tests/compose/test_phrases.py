"""Every id has words, and no words are left over.

That an id written in the code has words is mypy's to say: `phrase` takes the ids of `nbsolve/phrases/ids.py` alone.
What `phrase_of` puts together, a family and a name, is compared with the names here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import get_args

import pytest

from nbsolve.book.effort import LEVELS
from nbsolve.book.entry import Kind
from nbsolve.book.offered import kinds_offered
from nbsolve.catalogue import (
    ACTIVATIONS,
    COMBINATIONS,
    JOINT_LOSS_FORMULAS,
    LOSSES,
    OPTIMISERS,
    PENALTIES,
    SCHEDULES,
)
from nbsolve.catalogue.changes import CHANGES
from nbsolve.catalogue.derivations import DERIVATIONS
from nbsolve.catalogue.losses import OUTPUT
from nbsolve.catalogue.rules import RULES
from nbsolve.compose.amount import MOST_UNITS
from nbsolve.drawing.gates.circuit import KINDS
from nbsolve.phrases import Family, phrase, phrase_of
from nbsolve.problem import parts, rules
from nbsolve.problem.graphs import asks as graph_asks
from nbsolve.problem.jacobian_vectors import PRODUCTS
from nbsolve.step import Reason, Rule
from nbsolve.worked.graph import DRAWINGS, PATHS
from tests.packaging.test_imports import MODULES
from tests.phrase_ids import IDS, ids, written

_DERIVATIONS = [one for variants in DERIVATIONS.values() for one in variants]
_SOFTMAXES = [name for name, record in ACTIVATIONS.items() if record.vector]
_MEAN = ("mean", "sum")
_GATES = ("add", "subtract", "multiply", "divide", "max", "min")
MEMBERS: dict[str, Iterable[str]] = {
    "activations.": ACTIVATIONS,
    "book.asked.": parts.WORDS,
    "book.kinds.": get_args(Kind),
    "book.levels.": LEVELS,
    "braces.": ("through",),
    "changes.": CHANGES,
    "combinations.": [
        f"{name}.{part}"
        for name, record in COMBINATIONS.items()
        for part in (
            *("statement", "forward", "legend", "line"),
            *(("backward", "convention") if record.distinguishes else ()),
            *(("name",) if record.activation is not None else ()),
        )
    ],
    "conventions.bias_": ("units", "shared", "absent", "threshold"),
    "conventions.bias_folded_": [f"{end}_{line}" for end in ("first", "last") for line in ("row", "column")],
    "conventions.joint_": _SOFTMAXES,
    "conventions.kink_": {
        *(one.kink for one in ACTIVATIONS.values() if one.kink is not None),
        *(one.kink for one in LOSSES.values() if one.kink is not None),
        "own",
    },
    "conventions.outputs_": _MEAN,
    "conventions.samples_": _MEAN,
    "derivations.": {stage.words for one in _DERIVATIONS for stage in one.stages if stage.words is not None},
    "derivations.letter_": (
        *(name for name in (*ACTIVATIONS, *LOSSES) if (ACTIVATIONS | LOSSES)[name].parameters),
        *(name for name, named in JOINT_LOSS_FORMULAS.items() if named.parameters),
    ),
    "derivations.remark_": {remark for one in _DERIVATIONS for remark in one.remarks},
    "derivations.variant_": {one.variant for one in _DERIVATIONS if one.variant is not None},
    "downloads.": kinds_offered(handouts=True),
    "drawing.gates.kinds.": KINDS,
    "drawing.gates.legend.": KINDS,
    "graphs.ask_": graph_asks.WORDS,
    "graphs.drawing_": (*DRAWINGS, PATHS),
    "graphs.gate_": _GATES,
    "graphs.tie_": ("max", "min", "relu", "abs"),
    "graphs.update_": ("descent", "ascent"),
    "letters.batch_": _MEAN,
    "letters.index_": ("both", "from", "to"),
    "losses.": (*LOSSES, OUTPUT),
    "numbers.": [str(count) for count in range(2, MOST_UNITS + 1)],
    "optimisers.": [
        f"{name}.{part}"
        for name, record in OPTIMISERS.items()
        for part in (
            *("name", "given", "update", "changes", "convention"),
            *(("update_signal", "changes_signal") if record.straight else ()),
        )
    ],
    "own_functions.": ("activation", "loss"),
    "passages.and_": ("units", "shared", "threshold"),
    "passages.layer_": _SOFTMAXES,
    "passages.shifted_": _SOFTMAXES,
    "penalties.": PENALTIES,
    "reasons.": Reason,
    "rule.ask.": rules.ASKS,
    "rule.method.": rules.ASKS,
    "rule.names.": RULES,
    "rule.when.": RULES,
    "rules.": Rule,
    "schedules.": [f"{name}.{part}" for name in SCHEDULES for part in ("given", "update", "convention")],
    "statement.ask_": parts.WORDS,
    "statement.jacobian_": [product.side for product in PRODUCTS.values()],
    "statement.layer_": [
        f"{place}{units}" for place in ("hidden", "output") for units in ("", "_one", "_each")
    ],
}
"""The names that `phrase_of` is asked for, by family."""


@cache
def named() -> frozenset[str]:
    """Every text that stands in the code: an id written there is one of them."""
    sources = (path for path in MODULES.values() if path != IDS)
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in sources)
    nodes = chain.from_iterable(map(ast.walk, trees))
    return frozenset(
        node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def left_over(known: Iterable[str]) -> set[str]:
    """The ids that the code neither writes down nor puts together."""
    together = {f"{family}{name}" for family, members in MEMBERS.items() for name in members}
    return set(known) - named() - together


def test_the_type_of_ids_is_that_of_the_words() -> None:
    assert IDS.read_text(encoding="utf-8") == written(), "python -m tests.phrase_ids"


def test_members_of_every_family_are_known_here() -> None:
    assert set(MEMBERS) == set(get_args(Family))


@pytest.mark.parametrize("family", get_args(Family))
def test_every_member_of_a_family_has_words(family: Family) -> None:
    for member in MEMBERS[family]:
        assert phrase_of(family, member).strip()


def test_no_words_are_left_over() -> None:
    assert left_over(ids()) == set()
    assert left_over(["passages.nobody_says_this", "rules.no_such_rule"]) == {
        "passages.nobody_says_this",
        "rules.no_such_rule",
    }


def test_words_have_the_slots_that_are_filled() -> None:
    assert phrase("sections.iteration", number="3") == "Iteration 3"
    with pytest.raises(KeyError):
        phrase_of("activations.", "nothing")
    with pytest.raises(KeyError):
        phrase_of("optimisers.", "adam")
