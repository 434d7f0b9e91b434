"""The ids of lines and tables, by which answers and drawings lead to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from nbsolve.checking.audit.chains import ChainChecker
from nbsolve.checking.audit.found import TROUBLE, Found
from nbsolve.checking.audit.optimising import found_by
from nbsolve.checking.audit.page import cells
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.tree import Sym
from nbsolve.checking.audit.wholes import has_wholes
from nbsolve.checking.audit.words import Place
from nbsolve.checking.audit.world import World
from nbsolve.checking.oracle.optimisers import marked


class Anchors:
    """Checks ids of one page."""

    world: World
    chains: ChainChecker

    def _core(self, stem: str, layer: int) -> str:
        """The letter of a layer's pre-activations or activations; of the first unit, where they have several."""
        found = [t for t, name in self.world.symbols.items() if name.startswith(f"{stem}[{layer}][1]")]
        return found[0][0] if found else stem

    def _check_table_anchors(self, place: Place, source: str, out: Found) -> None:
        """Each anchor before a table is that of a new parameter in it, or of what the optimiser keeps for one."""
        if not place.anchors:
            return
        found: set[str] = set()
        for row in cells(source)[1:]:
            try:
                node = self.chains.parse(read_tokens(row[0].strip("$")))
            except TROUBLE:
                continue
            if not isinstance(node, Sym):
                continue
            letter, _, rest = node.name.partition("[")
            kinds = found_by(self.world.spec.optimiser, self.world.spec.clip)
            for name in (
                f"{letter}_new[{rest}",
                *(f"{kind}_{letter}{marked(kind)}[{rest}" for kind in kinds),
            ):
                found |= {f"it{place.context.iteration}-{anchor}" for anchor in self._anchors_of_single(name)}
        out.faults += [f"anchor {anchor} over a table" for anchor in place.anchors if anchor not in found]

    def _check_anchors(self, place: Place, chains: Sequence[Any], out: Found) -> None:
        """Each anchor before a display names a target of it, in this iteration."""
        if not place.anchors:
            return
        try:
            names = [self.chains.parse(c.target) for c in chains]
        except TROUBLE:
            return
        found = {
            (sample[1] if (sample := re.search(r"@(\d+)", n.name)) else None, anchor)
            for n in names
            if isinstance(n, Sym)
            for anchor in self._anchors_of(n)
        }
        for anchor in place.anchors:
            head = re.fullmatch(r"it(\d+)-(?:s(\d+)-)?(.*)", anchor)
            if head is None or int(head[1]) != place.context.iteration or (head[2], head[3]) not in found:
                out.faults.append(f"anchor {anchor} over {found}")

    def _anchors_of(self, target: Sym) -> set[str]:
        """How anchors name a quantity; a whole one has its entries' anchors too."""
        whole: set[str] = set()
        if has_wholes(target):
            bare = re.sub(r"(vector|matrix) ", "", anchor_of(target.name))
            whole = {bare, f"{bare}-all"}  # a layer's biases, where one that is shared has the bare name
        return whole.union(*(self._anchors_of_single(name) for name in self.chains.wholes.names(target)))

    def _anchors_of_single(self, name: str) -> set[str]:
        """A shared bias is one parameter of its layer."""
        if re.match(r"L(_new)?@", name):  # the letter of the batch's loss, with the number of a sample
            name = name.replace("L", "L_sample", 1)
        anchor = anchor_of(name.replace(" - ", "-minus-"))
        parts = anchor.split("-")
        if (
            re.match(r"(dL-d|[a-z_]+_)?b(_new|_change)?-", anchor)
            and self.world.spec.layers[int(parts[-2]) - 1].shared
        ):
            return {anchor.removesuffix(f"-{parts[-1]}")}
        return {anchor}


def anchor_of(name: str) -> str:
    """`∂L/∂W[1][2][3]` as anchors write it: `dL-dW-1-2-3`."""
    if "|" in name:
        bottom, _, through = name.partition("/∂")[2].partition("|")
        low, up = re.findall(r"\d+", bottom.partition("@")[0]), re.findall(r"\d+", through.partition("@")[0])
        return "-".join(["share", *low, up[1]])
    slope = re.fullmatch(r"∂a\[(\d+)\]\[(\d+)\](?:@\d+)?/∂z\[\1\]\[\2\](?:@\d+)?", name)
    if slope:
        return f"da-dz-{slope[1]}-{slope[2]}"
    if name == "learning_rate":
        return "eta"
    bare = re.sub(r"@\d+", "", name).replace("∂", "d")
    shared = re.sub(r"\]\[|\[", "-", bare).replace("]", "").replace("/", "-")
    return shared
