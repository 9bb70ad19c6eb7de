"""A walk with every answer that its player will ask for, recorded: what an exported page shows without an engine."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from itertools import product
from pathlib import PurePath
from typing import Any

import numpy as np

from gradwalk.expression.walked import SHOWN
from gradwalk.studio import bundle
from gradwalk.studio.clock import Clock, Deadline
from gradwalk.studio.kernel import Kernel
from gradwalk.studio.wire import as_json
from gradwalk.views import page as pages
from gradwalk.walk import Walk, WalkError

WIDTHS = (820, 560, 350)  # of the graph in pixels: on a wide screen (60 % of it), on a smaller one, on a phone
HEADING = 120  # characters: a longer formula is no heading
ENTRIES = 16  # of one tensor, for which the reason is recorded
REASONS = 400  # recorded in all; the leaves' come first
SECONDS = 8.0  # for all reasons together: those of large tensors take long

Request = dict[str, Any]


def page(walk: Walk) -> str:
    """One HTML file with the walk and the player in it."""
    try:
        script, style = bundle.text("player.js"), bundle.text("style.css")
    except bundle.BundleError as error:
        raise WalkError(str(error)) from None
    recording = as_json({"widths": WIDTHS, "replies": list(replies(walk))})
    return pages.page(heading(walk), recording, script, style)


def player(walk: Walk, height: int = pages.HEIGHT) -> str:
    """The same inside a notebook's cell."""
    return pages.frame(f"walk of {heading(walk)}", page(walk), height)


def heading(walk: Walk) -> str:
    """What the page is called: by its result's name alone nobody would find it again, so its formula or its file is told."""
    if walk.title not in {node.name for node in walk.outputs()}:
        return walk.title
    formula = "; ".join(walk.source.get(SHOWN, "").split("\n"))
    files = ", ".join(PurePath(file).name for file in walk.source)
    return formula if 0 < len(formula) <= HEADING else f"{walk.title} of {files}" if files else walk.title


def replies(walk: Walk, clock: Clock = time.perf_counter) -> Iterator[dict[str, Any]]:
    """Each request with its reply; what the kernel declines (a walk too large to check) is left out."""
    kernel, reasons = Kernel(walk, walk.title, clock=clock), Deadline(SECONDS, clock)
    opened = kernel.handle({"kind": "open", "source": {"script": True}})
    if opened.head["kind"] == "error":
        raise WalkError(opened.head["sentence"])
    del opened.head["layout"]  # recorded by itself, once for each width
    yield recorded({"kind": "open"}, opened)
    for request in requests(walk, opened.head["key"]):
        if request["kind"] == "why" and reasons.left < 0:
            continue
        reply = kernel.handle(request)
        if reply.head["kind"] != "error":
            yield recorded({name: value for name, value in request.items() if name not in ("state", "key")}, reply)


def recorded(request: Request, reply: Any) -> dict[str, Any]:
    """One entry: what tells the request from others, the reply's head, and its buffers in base64."""
    return {
        "request": request,
        "head": reply.head,
        "buffers": [base64.b64encode(buffer).decode() for buffer in reply.buffers],
    }


def requests(walk: Walk, key: str) -> Iterator[Request]:
    """What the player asks about a walk that nobody changes."""
    state = {"key": key}
    for turn, width in product(range(walk.turns), WIDTHS):
        yield {"kind": "layout", "key": key, "width": width, "turn": turn}
    for step in range(len(walk.steps)):
        yield {"kind": "step", "state": state, "step": step}
    for number, (node, entry) in enumerate(explained(walk)):
        if number < REASONS:
            yield {"kind": "why", "state": state, "node": node, "entry": entry}
    yield {"kind": "cost", "key": key}
    for turn in range(walk.turns):
        yield {"kind": "check", "state": state, "turn": turn}


def explained(walk: Walk) -> Iterator[tuple[int, list[int]]]:
    """The gradients whose reason is recorded: of leaves, then of results; then the same of tensors' next entries."""
    nodes = sorted((node for node in walk.nodes if node.id in walk.gradients), key=lambda node: not node.is_leaf)
    for position in range(ENTRIES):
        for node in nodes:
            if position < node.size:
                yield node.id, [int(i) for i in np.unravel_index(position, node.shape)]
