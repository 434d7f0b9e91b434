"""Whatever a file of the kind `derivation` holds: a problem that can be worked out, or faults with their places."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbsolve import ProblemError, load_problem, solve
from nbsolve.catalogue import ACTIVATIONS, LOSSES
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.kinds import DerivationFile
from nbsolve.problem.keys.writing import PartKeys

quick = settings(deadline=None, suppress_health_check=[*HealthCheck], derandomize=True)

WORDS = st.sampled_from(
    [
        *ACTIVATIONS,
        *LOSSES,
        "custom",
        "through",
        "slope",
        "delta",
        "alpha",
        "name",
        "formula",
        "softmax",
        "mse",
        "",
    ]
)
SCALARS = st.one_of(
    WORDS, st.integers(-3, 3), st.none(), st.booleans(), st.sampled_from(["z", "z*z", "a-y", "1/"])
)
NODES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=2)),
    max_leaves=6,
)
PARTS = st.lists(
    st.dictionaries(
        st.sampled_from(keys_of(PartKeys)), st.one_of(SCALARS, st.lists(WORDS, max_size=2)), max_size=3
    ),
    max_size=2,
)


def check(error: ProblemError) -> None:
    assert error.faults
    assert all(fault.message and fault.file for fault in error.faults)


@quick
@given(
    st.dictionaries(st.sampled_from([*keys_of(DerivationFile), "network"]), NODES, max_size=4),
    st.lists(NODES, max_size=3),
    st.one_of(st.none(), PARTS),
)
def test_random_problems(more: dict[str, object], functions: list[object], parts: object) -> None:
    problem = {**more, "kind": "derivation", "functions": functions}
    if parts is not None:
        problem["parts"] = parts
    text = json.dumps(problem) + "\n"  # JSON is YAML
    try:
        loaded = load_problem(text)
    except ProblemError as error:
        check(error)
        return
    worked = solve(loaded)
    assert str(worked.document())
    assert list(worked.entries())
