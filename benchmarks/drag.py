"""One drag in headless Chromium, with real mouse events 60 times a second, and what the page saw of it."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, CDPSession, Locator, Page, async_playwright
from tests.browser.chromium import ARGUMENTS, found

MOVES, RATE = 180, 60  # mouse events, and how many a second
STEP, TURN = 3, 30  # pixels of one event; after so many the hand turns back
SETTLED = 500  # milliseconds until the last number has been painted
CATEGORIES = ["-*", "toplevel", "blink.user_timing"]  # tasks and marks: more events would measure the tracing

# Marks every frame; notes when the dragged value changes, and by which event, and when a new number has been painted, in
# which frame: numbers are written in animation frames, and a message sent from there arrives after the paint.
PROBE = """(leaf) => {
  const shown = document.querySelector(`.graph .badge-node[data-gradient='${leaf.dataset.leaf}']`);
  const seen = window.seen = { moves: [], paints: [] };
  const channel = new MessageChannel();
  let [moved, frames] = [0, 0];
  addEventListener("pointermove", (event) => { moved = event.timeStamp; }, { capture: true });
  channel.port1.onmessage = ({ data: [value, frame] }) => seen.paints.push([value, performance.now(), frame]);
  const watch = (element, act) => new MutationObserver(act).observe(element, { attributes: true, attributeFilter: ["data-value"] });
  watch(leaf, () => seen.moves.push([leaf.dataset.value, moved]));
  watch(shown, () => channel.port2.postMessage([shown.dataset.value, frames - 1]));
  const mark = () => { performance.mark("frame"); frames++; requestAnimationFrame(mark); };
  requestAnimationFrame(mark);
}"""
FIRST_PAINT = """() => performance.getEntriesByName("first-contentful-paint")[0].startTime
  - performance.getEntriesByType("navigation")[0].responseStart"""


@dataclass(frozen=True)
class Moment:
    """A number, when it was moved or painted, in milliseconds, and in which frame it was painted."""

    value: float
    time: float
    frame: int = 0


@dataclass(frozen=True)
class Drag:
    """What a page saw of one drag."""

    nodes: int
    moves: list[Moment]
    paints: list[Moment]
    trace: list[dict[str, Any]]
    first_paint: float  # milliseconds after the server's answer
    drawn: float  # milliseconds until the graph was there


async def dragged(address: str, leaf: str) -> Drag:
    """Open a page and drag one leaf's value to and fro."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found(), args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        await page.goto(address)
        await page.locator(".graph .value-node").first.wait_for()
        drawn = await page.evaluate("performance.now()")
        field = page.locator(f"input[data-leaf][aria-label='{leaf}']")
        trace = await traced(browser, page, field)
        seen = await page.evaluate("window.seen")
        nodes = await page.locator(".graph .value-node").count()
        moves, paints = ([Moment(float(value), *when) for value, *when in seen[name]] for name in ("moves", "paints"))
        found_paint = await page.evaluate(FIRST_PAINT)
        await browser.close()
        return Drag(nodes, list(moves), list(paints), trace, found_paint, drawn)


async def traced(browser: Browser, page: Page, field: Locator) -> list[dict[str, Any]]:
    """The trace of the drag itself."""
    box = await field.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand = await page.context.new_cdp_session(page)
    await page.mouse.move(x, y)
    await page.mouse.down()
    await moved(hand, x, y, MOVES // 3)  # first without looking, so that everything has been compiled
    await page.wait_for_timeout(SETTLED)
    await browser.start_tracing(page=page, categories=CATEGORIES)
    await field.evaluate(PROBE)  # counts the frames that are traced
    await moved(hand, x, y, MOVES)
    await page.wait_for_timeout(SETTLED)
    trace: list[dict[str, Any]] = json.loads(await browser.stop_tracing())["traceEvents"]
    await page.mouse.up()
    return trace


async def moved(hand: CDPSession, x: float, y: float, count: int) -> None:
    """Move the mouse to and fro; an event doesn't wait for the one before it, as a hand doesn't.

    Chromium is told itself: Playwright's own ``mouse.move`` also runs scripts in the page, twice for each event.
    """
    start, sent = time.perf_counter(), []
    for i in range(1, count + 1):
        await asyncio.sleep(max(0, start + i / RATE - time.perf_counter()))
        across = STEP * (TURN - abs(i % (2 * TURN) - TURN))
        event = {"type": "mouseMoved", "x": x + across, "y": y, "button": "left", "buttons": 1}
        sent.append(asyncio.create_task(hand.send("Input.dispatchMouseEvent", event)))
    await asyncio.gather(*sent)
