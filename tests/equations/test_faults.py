"""Computation graphs that cannot be: one message each, with the place and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbsolve import ProblemError, load_problem, solve
from nbsolve.errors import UnknownQuantityError
from nbsolve.problem.located import about

GIVEN = "kind: graph\ngiven: {x: 2, y: 5, W: [[1, 2, 3], [4, 5, 6]], v: [1, 2]}\n"
FAULTS = {
    "an unknown name": ("equations: {f: x*z}", "unknown name 'z'", 3),
    "a hint of another kind": ("equations: {f: x*zz}", "has its number under given: {zz: …}", 3),
    "a cycle": ("equations: {p: q + 1, q: p*x}", "p is computed from q, that from p", 3),
    "itself": ("equations: {p: p + 1}", "no cycles", 3),
    "two axes under one letter": (
        'equations: {"z[j]": "sum(i, W[j,i]*v[i])"}',
        "the index i runs to 3 along the second axis of W, and to 2 along the only axis of v",
        3,
    ),
    "too few places": ('equations: {"z[j]": "W[j]*x"}', "W has 2 axes, not 1", 3),
    "places of a number": ("equations: {f: 'x[1]'}", "x has no axis, not 1", 3),
    "a read outside": ('equations: {"z[j]": "v[j]*v[j+1]"}', "reads place 3, outside the only axis of v", 3),
    "no range": ('equations: {"z[t]": "v[t+1]"}\npadding: {v: 0}', "how far t runs is not known", 3),
    "a name twice": ("equations: {x: y + 1}", "the name x is used twice", 3),
    "a function's name": ("equations: {exp: x + y}", "exp means something else", 3),
    "a product of arrays": ("equations: {z: W*v}", "an equation is that of one entry", 3),
    "the sign of NumPy": ("equations: {z: W@v}", "a product of arrays is a sum: sum(i, W[j,i]*x[i])", 3),
    "a function of libraries": ('equations: {z: "softmax(v[1])"}', "write exp(z[k])/sum(j, exp(z[j]))", 3),
    "a sum without an index": ("equations: {z: sum(v)}", "such as sum(i, v[i])", 3),
    "an entry with a subscript": ("equations: {z: v_1*x}", "an entry is v[1]", 3),
    "an index of the right side alone": ('equations: {z: "v[j]*x"}', "on its left side, too: z[j]", 3),
    "an entry counted from 0": ('equations: {z: "v[0]*x"}', "entries are counted from 1", 3),
    "another word": ("equations: {f: x*y}\nparts: [{ask: [backward]}]", "did you mean gradients", 4),
    "a wrong upstream": (
        'equations: {"z[j]": "v[j]*x"}\nupstream: [1, 2, 3]',
        "upstream is 3, and z is 2",
        4,
    ),
    "the letter of a setting": (
        "equations: {c: x*y}\ntraining: {learning_rate: 0.1, clip: {norm: 2}}",
        "c is written like a setting of the optimiser, clip",
        4,
    ),
    "the letter of the updates": (
        "equations: {t: x*y}\ntraining: {optimiser: adam}",
        "t is written like the number of the update",
        4,
    ),
    "an unknown objective": ("equations: {f: x*y}\ngradients_of: g", "'g' is not the name of an equation", 4),
    "an unknown quantity asked": ("equations: {f: x*y}\nparts: [{ask: [df/du]}]", "no quantity 'u'", 4),
    "a gradient of something else": (
        "equations: {p: x*y, q: p + x, f: q*q}\nparts: [{ask: [dq/dy]}]",
        "q is not computed from y in one step",
        4,
    ),
    "a place after a place": (
        'equations: {f: "W[1,2]*x"}\nparts: [{ask: ["W[1][2]"]}]',
        "places stand in one bracket: W[1,2]",
        4,
    ),
    "a word with a slip": ("equations: {f: x*y}\nparts: [{ask: [frward]}]", "did you mean forward?", 4),
    "a state with a slip": (
        "equations: {f: x*y}\ntraining: {optimiser: adam}\nparts: [{ask: [m_W_nw]}]",
        "did you mean m_W_new?",
        5,
    ),
    "a gradient with respect to a new value": (
        "equations: {f: x*y}\ntraining: {learning_rate: 0.1}\nparts: [{ask: [df/dx_new]}]",
        "no derivative with a new value",
        5,
    ),
    "an entry of a loss that nobody names": (
        "equations: {f: x*y}\nparts: [{ask: ['L[1]']}]",
        "no quantity 'L'",
        4,
    ),
    "an entry that another does not read": (
        'equations: {"z[j]": "v[j]*x", "a[j]": "z[j]*z[j]", f: "sum(j, a[j])"}\nparts: [{ask: ["da[1]/dz[2]"]}]',
        "a[1] is not computed from z[2] in one step",
        4,
    ),
    "a step of a recurrence that is not the one before": (
        'equations: {"h[t]": "v[t]*h[t-1]", f: "h[2]"}\npadding: {h: 1}\nparts: [{ask: ["dh[1]/dh[2]"]}]',
        "h[1] is not computed from h[2] in one step",
        5,
    ),
    "local derivatives where there are none": (
        'equations: {"z[j]": "v[j]*x", f: "sum(j, z[j])"}\nparts: [{ask: [local_derivatives]}]',
        "no single number stands between",
        4,
    ),
    "two starts of one array": (
        'equations: {"g[i,j]": "v[i]*g[i-1,j] + g[i,j-1]"}',
        "g starts at place 0 of an axis already",
        2,
    ),
    "training for nothing": ("equations: {f: x*y}\ntraining: {iterations: 2}", "no learning rate", 4),
}


@pytest.mark.parametrize("name", [*FAULTS])
def test_faults(name: str) -> None:
    text, message, line = FAULTS[name]
    given = GIVEN.replace("}", ', "g[0,j]": [1, 2], "g[i,0]": [1, 2]}') if "two starts" in name else GIVEN
    with pytest.raises(ProblemError) as caught:
        load_problem(given + text + "\n")
    said = str(caught.value)
    assert message in said
    assert "expected" in said or "hint" in said
    assert caught.value.faults[0].line == line


_SGD = "training: {learning_rate: 1, iterations: 3}"
_ADAM = "training: {optimiser: {adam: {learning_rate: 1, epsilon: 0}}, iterations: 2}"


@pytest.mark.parametrize(
    ("equation", "training", "line", "place", "message"),
    [
        ("ln(x)", _SGD, 4, "equations.f", "iteration 2: f: the logarithm"),
        ("exp(exp(99*x))", "", 4, "equations.f", "f is too large"),
        ("(x - 1)^2", _ADAM, 5, "training.optimiser", "iteration 1: the update of x: a division by zero"),
    ],
)
def test_a_value_that_cannot_be_has_its_iteration_and_its_place(
    tmp_path: Path, equation: str, training: str, line: int, place: str, message: str
) -> None:
    file = tmp_path / "graph.yaml"
    file.write_text(
        f"kind: graph\ngiven: {{x: 1}}\nequations:\n  f: {equation}\n{training}\n", encoding="utf-8"
    )
    problem = load_problem(file)
    with pytest.raises(ProblemError) as caught, about(str(file), problem):
        list(solve(problem).entries())
    (fault,) = caught.value.faults
    assert (fault.line, fault.path) == (line, place)
    assert fault.message.startswith(message)


def test_what_is_set_from_outside_is_used_by_an_equation() -> None:
    text = "kind: graph\ngiven: {wi: 2, x: 5, spare: 1}\nequations: {f: wi*x}\n"
    assert load_problem(text).warnings == ("line 2, given.spare: no equation uses spare",)
    load_problem(text, overrides=["given.wi=3"])
    with pytest.raises(ProblemError, match=r"no equation uses w_i(?s:.*)did you mean wi\?"):
        load_problem(text, overrides=["given.w_i=3"])


def test_what_nothing_finds_is_not_explained() -> None:
    graph = solve(
        load_problem(GIVEN + "equations: {f: x*y}\ntraining: {learning_rate: 0.1, parameters: [x]}\n")
    )
    assert "W₁₁ = 1, W₁₂ = 2" in str(graph.explain("W"))
    assert "x − η" in str(graph.explain("x_new"))
    for asked in ("y_new", "f_new", "df/dx_new", "dx/df"):
        with pytest.raises(UnknownQuantityError, match="nothing in this solution finds"):
            graph.explain(asked)


def test_what_is_written_alike_has_a_note() -> None:
    text = 'kind: graph\ngiven: {w: [1, 2], w1: 3, "h[0]": 1}\nequations: {"h[t]": "h[t-1]*w[t]", L: "h[2] + w1"}\n'
    (note,) = load_problem(text).warnings
    assert "w1 is written like w[1]; names: {w1: …} writes it in another way" in note
    assert load_problem(text + "names: {w1: u}\n").warnings == ()


def test_rows_that_differ() -> None:
    with pytest.raises(ProblemError, match="the rows of W differ"):
        load_problem("kind: graph\ngiven: {W: [[1, 2], [3]]}\nequations: {f: 'W[1,1]'}\n")


def test_a_number_outside_a_domain_names_its_node() -> None:
    from nbsolve import DomainError

    with pytest.raises(DomainError, match="f: "):
        solve(load_problem("kind: graph\ngiven: {x: -1}\nequations: {f: ln(x)}\n")).document()


@pytest.mark.parametrize(("formula", "quantity"), [("ln(q)", "f: "), ("q*ln(q)", "df/dq: ")])
def test_a_number_outside_a_domain_has_the_line_of_its_equation(
    tmp_path: Path, formula: str, quantity: str
) -> None:
    """q ln q is 0 at q = 0, and its derivative has no value there."""
    file = tmp_path / "graph.yaml"
    file.write_text(
        f"kind: graph\ngiven: {{x: 0}}\nequations:\n  q: x + 0\n  f: {formula}\n", encoding="utf-8"
    )
    problem = load_problem(file)
    with pytest.raises(ProblemError) as caught, about(str(file), problem):
        solve(problem).document()
    (fault,) = caught.value.faults
    assert (fault.line, fault.path) == (5, "equations.f")
    assert fault.message.startswith(quantity)
