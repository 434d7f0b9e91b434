"""Figures have the numbers that Sphinx gives them, though it looks at outlines of pages in the place of pages."""

from __future__ import annotations

import pickle
from types import SimpleNamespace
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.domains.math import MathDomain
from sphinx.domains.std import StandardDomain
from sphinx.environment.collectors.toctree import TocTreeCollector

from nbsolve.book import figure_numbers


def figure(name: str, caption: str | None = "A picture") -> nodes.figure:
    one = nodes.figure("", nodes.image(uri="a.svg"), ids=[name])
    if caption:
        one += nodes.caption("", caption)
    return one


def page(*content: nodes.Node) -> nodes.document:
    document = nodes.document(None, None)
    document += nodes.section("", *content, ids=["top"])
    for node in document.findall():
        node.document = document
    return document


def pages() -> dict[str, nodes.document]:
    contents = addnodes.toctree(entries=[(None, "two"), (None, "one")])
    equation = nodes.math_block("", "x", ids=["equation-x"])
    inner = nodes.section("", nodes.container("", figure("c")), ids=["inner"])
    return {
        "root": page(figure("a"), contents, figure("b", None)),
        "one": page(nodes.paragraph("", "text"), inner, nodes.math_block("", "no label"), figure("d")),
        "two": page(nodes.block_quote("", figure("e"), equation)),
    }


def environment(doctrees: dict[str, nodes.document]) -> Any:
    env: Any = SimpleNamespace(
        config=SimpleNamespace(numfig=True, numfig_secnum_depth=1, root_doc="root"),
        toc_fignumbers={},
        toc_secnumbers={"one": {"": (2,), "#inner": (2, 1)}, "two": {"": (1,)}},
        domaindata={},
        app=SimpleNamespace(registry=SimpleNamespace(enumerable_nodes={})),
        get_doctree=doctrees.__getitem__,
    )
    env.domains = {"std": StandardDomain(env), "math": MathDomain(env)}
    return env


def test_the_numbers_are_those_of_the_pages_themselves() -> None:
    doctrees = pages()
    expected, found = environment(doctrees), environment({})
    collector = TocTreeCollector()
    figure_numbers._number(collector, expected)
    found.nbsolve_outlines = {}
    for name, document in doctrees.items():
        found.docname = name
        figure_numbers._keep(SimpleNamespace(env=found), document)  # type: ignore[arg-type]
    del found.get_doctree
    assert figure_numbers._numbered(collector, found) == ["root", "two", "one"]
    assert found.toc_fignumbers == expected.toc_fignumbers
    assert expected.toc_fignumbers["one"]["figure"] == {"c": (2, 1), "d": (2, 2)}
    # an outline keeps no page in memory
    assert len(pickle.dumps(found.nbsolve_outlines["one"])) < 2000
