"""What the tests read off a page, and what the engine says to it."""

from playwright.sync_api import expect

from gradwalk.expression import parse
from gradwalk.expression import walk as walk_formula
from gradwalk.studio.examples import EXAMPLES
from tests.browser.conftest import WAIT, number

expect.set_options(timeout=WAIT)

# Put into a page before it loads; `window.shifted` is then how far what was read moved by itself (layout shift).
SHIFTS = """window.shifted = 0; new PerformanceObserver((seen) => seen.getEntries().forEach(({ value }) => (window.shifted += value)))
  .observe({ type: "layout-shift", buffered: true })"""

# Whether all of one element can be seen in another.
INSIDE = """([room, ring]) => {
  const [outer, inner] = [room, ring].map((one) => one.getBoundingClientRect());
  return inner.top >= outer.top && inner.bottom <= outer.bottom && inner.left >= outer.left && inner.right <= outer.right;
}"""


def example(name):
    return next(example for example in EXAMPLES if example.name == name)


def engine(name, **values):
    """The engine's own walk of an example, some of its values replaced."""
    chosen = example(name)
    return walk_formula(parse(chosen.formula), {**chosen.values, **values})


def named(walk, name):
    """The id of the node with this name."""
    return next(node.id for node in walk.nodes if node.name == name)


def shows(page, walk):
    """Every number on the page's graph is the engine's."""
    for node in walk.nodes:
        if node.role != "constant":
            assert number(page, node.id) == float(node.value)
    for id, gradient in walk.gradients.items():
        if walk.nodes[id].role != "constant":
            assert number(page, id, "data-gradient") == float(gradient)


def timeline(page):
    """The slider of the walk; its value is the number of steps done."""
    return page.locator("[role=slider][aria-label=Step]")


def at_step(page, done):
    """Wait until this many steps are done."""
    expect(timeline(page)).to_have_attribute("aria-valuenow", str(done))


def dragged(page, field):
    """Drag a field's value a little to the right, and keep hold of it; the value that it has then."""
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 33, y, steps=4)
    return float(field.get_attribute("data-value"))


def length(page):
    return int(timeline(page).get_attribute("aria-valuemax"))


def graph_value(page, node):
    """The number inside a node of the graph."""
    return page.locator(f".graph text.value[data-node='{node}']")


def graph_gradient(page, node):
    """The badge below a node of the graph."""
    return page.locator(f".graph .badge-node[data-gradient='{node}']")
