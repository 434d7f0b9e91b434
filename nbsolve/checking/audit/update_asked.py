"""What the parts of a problem of updates from given gradients ask for, by the words of its file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from nbsolve.checking.audit.graph_asked import Asked
from nbsolve.checking.audit.update_world import UpdateWorld
from nbsolve.checking.oracle.graph_reading import entries


class UpdateAsked(Asked):
    """What parts of updates ask for."""

    words: ClassVar[dict[str, str]] = {
        "updated_parameters": "the parameters after the update",
        "state": "the state of the optimiser for every parameter after the update",
    }

    def __init__(self, world: UpdateWorld) -> None:
        self.world: Any = world
        every = ["updated_parameters", *(["state"] if world.training.kept else [])]
        parts: list[dict[str, Any]] = world.node.get("parts") or [{"ask": every}]
        self.parts = [{"label": "abcdefghijklmnopqrstuvwxyz"[n], **part} for n, part in enumerate(parts)]

    def one(self, ask: str) -> Iterator[str]:
        """What one word or name asks for."""
        world: UpdateWorld = self.world
        if ask == "updated_parameters":
            yield from (f"{one}_new" for one in world.trained)
        elif ask == "state":
            yield from (f"{kind}_{one}_new" for one in world.trained for kind in world.training.kept)
        else:
            stem, bracket, place = ask.partition("[")
            owner = world.owner(f"{stem}{bracket}{place}") or stem.removesuffix("_new").rpartition("_")[2]
            array = owner.partition("[")[0]
            head = stem.removesuffix("_new").removesuffix(array)
            new = "_new" if stem.endswith("_new") else ""
            places = (
                [f"[{place}"]
                if bracket
                else [e[len(array) :] for e in entries(array, world.graph.shapes[array])]
            )
            yield from (f"{head}{array}{at}{new}" for at in places)
