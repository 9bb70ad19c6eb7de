"""Walks with updates: one forward and backward pass by itself, and the updates in between as a table."""

from __future__ import annotations

from dataclasses import replace

from gradwalk.views.text import table, value
from gradwalk.walk import Node, Step, Walk, WalkError


def single(walk: Walk, turn: int) -> Walk:
    """One forward and backward pass of a walk, as a walk of its own; negative turns count from the end."""
    if not -walk.turns <= turn < walk.turns:
        raise WalkError(
            f"this walk has {walk.turns} turn{'s' if walk.turns > 1 else ''}, so --turn goes from 0 to {walk.turns - 1}, or from −1 back to −{walk.turns}"
        )
    turn %= walk.turns
    nodes = list(walk.in_turn(turn))
    ids = {node.id: position for position, node in enumerate(nodes)}
    steps = [_renumbered_step(step, ids) for step in walk.steps if step.phase != "update" and step.node in ids]
    output = ids[walk.outputs()[turn].id]
    title = f"{walk.title}, after {turn} update{'s' if turn > 1 else ''}" if turn else walk.title
    return replace(
        walk,
        title=title,
        output=output,
        nodes=tuple(_renumbered(node, ids) for node in nodes),
        steps=tuple(steps),
        derived=None,
    )


def _renumbered(node: Node, ids: dict[int, int]) -> Node:
    return replace(
        node, id=ids[node.id], call=ids.get(node.call, ids[node.id]), inputs=tuple(ids[i] for i in node.inputs), turn=0
    )


def _renumbered_step(step: Step, ids: dict[int, int]) -> Step:
    return replace(step, node=ids[step.node], input=None if step.input is None else ids[step.input])


def updates(walk: Walk, digits: int = 4) -> str:
    """Every update: what each parameter became, and the output after it."""
    rows = [_row(walk, turn, digits) for turn in range(1, walk.turns)]
    rate = next((value(-step.local, digits) for step in walk.steps if step.phase == "update"), "")
    return f"updates with rate {rate}\n{table(rows)}\n"


def _row(walk: Walk, turn: int, digits: int) -> list[str]:
    output = walk.outputs()[turn]
    steps = [step for step in walk.steps if step.phase == "update" and walk.nodes[step.node].turn == turn]
    changes = [_change(walk, step, digits) for step in steps]
    return [f"{turn}", *changes, f"{output.name} = {value(output.value, digits)}"]


def _change(walk: Walk, step: Step, digits: int) -> str:
    assert step.input is not None
    before = walk.nodes[step.input]
    return f"{before.name} {value(before.value, digits)} → {value(step.total, digits)}"
