"""The training lab's stream to a browser: pictures per second, and how much of the training's speed is left."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

from tests.browser.chromium import ARGUMENTS, found
from tests.studio.serving import serving

from gradwalk.studio import bundle
from gradwalk.studio.kernel import Kernel
from gradwalk.train import settings_for
from gradwalk.train.timeline import Timeline

Row = tuple[str, str, str, str]
GRID, SECONDS, WATCHED, ROUNDS = 100, 0.033, 1.0, 9
NETWORKS: dict[str, dict[str, Any]] = {
    "moons, 2 → 4 → 1": {"data": "moons", "epochs": 20_000},
    "moons, 2 → 8 → 8 → 1": {"data": "moons", "hidden": [8, 8], "epochs": 20_000},
}

# What a page does: two requests in flight, and at every frame of the screen the newest picture is painted.
PAGE = """
async ({settings, seconds, grid, watched, play}) => {
  const socket = new WebSocket(`ws://${location.host}/socket`);
  socket.binaryType = "arraybuffer";
  await new Promise((opened) => { socket.onopen = opened; });
  const context = Object.assign(document.createElement("canvas"), {width: grid, height: grid}).getContext("2d");
  const picture = context.createImageData(grid, grid);
  let newest = null, first = null, last = null, painted = 0, id = 0;
  const send = () => socket.send(JSON.stringify({
    kind: "lab", id: id++, seconds, play, grid, parts: ["boundary", "losses"], since: last ? last.step : 0,
    moment: {experiment: {settings}, step: 0},
  }));
  const start = performance.now();
  socket.onmessage = ({data}) => {
    const length = new DataView(data).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
    if (head.kind !== "lab") throw new Error(head.sentence);
    newest = new Float64Array(data, 4 + length, grid * grid);
    last = head;
    first ??= {step: head.step, at: performance.now()};
    send();
  };
  send(); send();
  await new Promise((done) => {
    const paint = (now) => {
      if (newest) {
        newest.forEach((chance, place) => picture.data.set([255 * chance, 0, 255 * (1 - chance), 255], 4 * place));
        context.putImageData(picture, 0, 0);
        [newest, painted] = [null, painted + 1];
      }
      if (now - start < 1000 * watched) requestAnimationFrame(paint); else done();
    };
    requestAnimationFrame(paint);
  });
  const spent = (performance.now() - first.at) / 1000;
  socket.close();
  return [(painted - 1) / spent, (last.step - first.step) / spent];
}
"""


def lab() -> Iterator[Row]:
    """The stream with a boundary of 100 × 100 to headless Chromium, beside the same training alone."""
    browser = found()
    if browser is None or not bundle.is_there():
        yield "lab: stream to a browser", "skipped", "", "needs Chromium and the built pages"
        return
    from playwright.sync_api import sync_playwright

    with serving(Kernel) as client, sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=browser, args=ARGUMENTS).new_page()
        page.goto(f"http://{client.host}/?token={client.studio.token}")
        for name, settings in NETWORKS.items():
            yield streamed(name, settings, page)


def streamed(name: str, settings: dict[str, Any], page: Any) -> Row:
    """One network: medians of several rounds, in turns, so that what else the machine does hits both alike."""
    rounds = [(*page.evaluate(PAGE, asked(settings, turn)), alone(settings)) for turn in range(ROUNDS)]
    pictures, steps, bare = (statistics.median(column) for column in zip(*rounds, strict=True))
    left = statistics.median(streaming / resting for _, streaming, resting in rounds)
    return (
        f"lab: {name}, boundary of {GRID} × {GRID} to Chromium",
        f"{pictures:.0f} pictures/s, {steps:,.0f} steps/s",
        f"training alone {bare:,.0f} steps/s",
        f"{left - 1:+.0%}",
    )


def asked(settings: dict[str, Any], turn: int) -> dict[str, Any]:
    """What the page is told."""
    return {"settings": settings, "seconds": SECONDS, "grid": GRID, "watched": WATCHED, "play": f"turn {turn}"}


def alone(settings: dict[str, Any]) -> float:
    """Steps per second without a page."""
    timeline = Timeline(settings_for(**settings))
    timeline.train_for(0.2, timeline.last)
    begun, start = timeline.step, time.perf_counter()
    timeline.train_for(WATCHED, timeline.last)
    return (timeline.step - begun) / (time.perf_counter() - start)
