"""An account in a file, so that a demonstration finds tomorrow what it left today.

One thing that is in two places has to be one thing again when it is read back, so the file is a
list of flat nodes that name each other by number. Test cards are written by their number. What only
the next click needs, a bank's question that nobody has answered, is not kept.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.simulated_stripe.billing import cards
from tests.support.simulated_stripe.world.world import Json, World

_WAITS = "waits"  # of a note: a bank's question


def write(world: World, file: Path) -> None:
    """Keep an account; a file is there whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(_text(world), encoding="utf-8")
    part.chmod(0o600)
    part.replace(file)


def read(world: World, file: Path) -> None:
    """Go on where a kept account stopped; its pages are at this server's address from now on."""
    found = json.loads(file.read_text(encoding="utf-8"))
    nodes = json.loads(json.dumps(found["nodes"]).replace(found["address"], world.address))
    root = _unfold(nodes)
    world.objects, world.notes = root["objects"], root["notes"]
    world.journal.last_seen = root["last_seen"]
    (world.account,) = world.objects["account"].values()
    version, state, gauss = found["random"]
    world.random.setstate((version, tuple(state), gauss))


def _text(world: World) -> str:
    notes = {
        key: {name: value for name, value in note.items() if name != _WAITS}
        for key, note in world.notes.items()
    }
    root = {"objects": world.objects, "notes": notes, "last_seen": world.journal.last_seen}
    return json.dumps(
        {"address": world.address, "random": world.random.getstate(), "nodes": _fold(root)}
    )


def _fold(root: Json) -> list[Any]:
    nodes: list[Any] = []
    places: dict[int, int] = {}

    def put(value: Any) -> Any:
        if isinstance(value, cards.Card):
            return {"card": value.number}
        if not isinstance(value, (dict, list)):
            return value
        if id(value) not in places:
            places[id(value)] = place = len(nodes)
            nodes.append(None)
            nodes[place] = (
                [put(each) for each in value]
                if isinstance(value, list)
                else {name: put(each) for name, each in value.items()}
            )
        return {"node": places[id(value)]}

    put(root)
    return nodes


def _unfold(nodes: list[Any]) -> Json:
    made: list[Any] = [[] if isinstance(each, list) else {} for each in nodes]

    def get(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return cards.by_number(value["card"]) if "card" in value else made[value["node"]]

    for node, empty in zip(nodes, made, strict=True):
        if isinstance(node, list):
            empty.extend(get(each) for each in node)
        else:
            empty.update({name: get(each) for name, each in node.items()})
    root: Json = made[0]
    return root
