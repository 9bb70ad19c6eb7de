"""The training lab's page while a network trains: pictures per second, and how much of the training's speed is left.

Three processes, as a reader has them: the studio's server, a browser with the whole page of the lab, training "as fast as
it goes", and this one, which only looks at times. The training alone is the same training in a process where nothing
else happens, with the server waiting and the page paused. Both take turns, so that what else the machine does hits both
alike; a picture is counted when the boundary's canvas has been painted anew.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from tests.browser.chromium import found

from benchmarks.chromium import Page, chromium
from benchmarks.studio import served
from benchmarks.timing import Row
from gradwalk.studio import bundle
from gradwalk.train import settings_for
from gradwalk.train.threads import one_thread
from gradwalk.train.timeline import Timeline

SETTLED, WATCHED, ROUNDS = 0.5, 1.5, 5  # seconds before and while it is looked at; how often
EPOCHS = 20_000  # more than there is time for
NETWORKS: dict[str, dict[str, Any]] = {
    "moons, 2 → 4 → 1": {"data": "moons"},
    "moons, 2 → 8 → 8 → 1": {"data": "moons", "hidden": [8, 8]},
    "spirals, 2 → 32 → 32 → 3": {"data": "spirals"},
}

STEP = ".lab-dock [data-step]"
# Counts the paints of the boundary, and notes when the page shows which step.
PROBE = f"""(() => {{
  const shown = document.querySelector("{STEP}"), paint = CanvasRenderingContext2D.prototype.drawImage;
  const seen = window.seen = {{ paints: [], steps: [] }};
  CanvasRenderingContext2D.prototype.drawImage = function (...given) {{
    if (this.canvas.closest(".lab-map")) seen.paints.push(performance.now());
    return paint.apply(this, given);
  }};
  new MutationObserver(() => seen.steps.push([performance.now(), Number(shown.dataset.step)])).observe(shown, {{ attributes: true }});
}})()"""
TRAIN = "document.querySelector('button.train').click()"


def lab() -> Iterator[Row]:
    """Networks that train on the lab's page, with a boundary of 100 × 100 in each picture."""
    if found() is None or not bundle.is_there():
        yield "lab: stream to a browser", "skipped", "", "needs Chromium and the built pages"
        return
    with served() as address, chromium() as page:
        for name, settings in NETWORKS.items():
            yield watched(name, {**settings, "epochs": EPOCHS}, address, page)


def watched(name: str, settings: dict[str, Any], address: str, page: Page) -> Row:
    """One network: medians of several rounds."""
    rounds = [(*streamed(page, address, settings), alone(settings)) for _ in range(ROUNDS)]
    pictures, steps, bare = (statistics.median(column) for column in zip(*rounds, strict=True))
    left = statistics.median(streaming / resting for _, streaming, resting in rounds)
    return (
        f"lab: {name}, boundary of 100 × 100 to Chromium",
        f"{pictures:.0f} pictures/s, {steps:,.0f} steps/s",
        f"training alone {bare:,.0f} steps/s",
        f"{left - 1:+.0%}",
    )


def streamed(page: Page, address: str, settings: dict[str, Any]) -> tuple[float, float]:
    """Pictures and steps per second on the page."""
    page.open(f"{address}#lab?{urlencode({**asked(settings), 'speed': 'full'})}", STEP)
    page.evaluate(PROBE)
    page.evaluate(TRAIN)
    time.sleep(SETTLED + WATCHED)
    seen = page.evaluate(f"{TRAIN}, window.seen")
    late = [moment for moment in seen["steps"] if moment[0] > seen["steps"][0][0] + 1000 * SETTLED]
    (start, first), (end, last) = late[0], late[-1]
    painted = sum(start < moment <= end for moment in seen["paints"])
    return 1000 * painted / (end - start), 1000 * (last - first) / (end - start)


def asked(settings: dict[str, Any]) -> dict[str, str]:
    """The settings as they stand in the page's address."""
    return {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value) for name, value in settings.items()
    }


def alone(settings: dict[str, Any]) -> float:
    """Steps per second without a page."""
    timeline = Timeline(settings_for(**settings))
    with one_thread():
        timeline.train_for(SETTLED, timeline.last)
        begun, start = timeline.step, time.perf_counter()
        timeline.train_for(WATCHED, timeline.last)
    return (timeline.step - begun) / (time.perf_counter() - start)
