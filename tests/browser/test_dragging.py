"""While a value is dragged, the graph's numbers are drawn on a canvas: the engine's, where the texts stand at rest."""

import pytest
from playwright.sync_api import expect

from tests.browser.reading import dragged, engine, graph_gradient, graph_value, named

NAME, LEAF = "neuron", "w"
# Notes what has been written on the canvas since it was cleared, and where on the page: the middle of each baseline.
NOTE = """() => {
  const drawing = CanvasRenderingContext2D.prototype, { clearRect, fillText } = drawing;
  drawing.clearRect = function (...where) { window.drawn = []; clearRect.apply(this, where); };
  drawing.fillText = function (text, x, y) {
    const { left, top } = this.canvas.getBoundingClientRect();
    window.drawn.push([text, left + x / devicePixelRatio, top + y / devicePixelRatio]);
    fillText.call(this, text, x, y);
  };
}"""
PLACES = """() => [...document.querySelectorAll(".graph text.follows")].map((text) => {
  const { x, y } = new DOMPoint(text.getAttribute("x"), text.getAttribute("y")).matrixTransform(text.getScreenCTM());
  return [x, y];
})"""


@pytest.fixture
def neuron(open_studio):
    page = open_studio(f"#play?example={NAME}")
    graph_value(page, 0).wait_for()
    page.evaluate(NOTE)
    return page


def drag(page):
    """Drag a value, and hold still when its numbers are there; the engine's walk of them."""
    field = page.locator(f"input[data-leaf='{named(engine(NAME), LEAF)}']").first
    walk = engine(NAME, **{LEAF: dragged(page, field)})
    middle = walk.nodes[named(walk, "z")]  # in view however large the graph is drawn
    expect(graph_value(page, middle.id)).to_have_attribute("data-value", repr(float(middle.value)))
    return walk


def test_the_canvas_says_the_engines_numbers(neuron):
    walk = drag(neuron)
    followed = [node for node in walk.nodes if node.role != "constant"]
    values = [steady(node.value) for node in followed]
    gradients = [f"∂ {steady(walk.gradients[node.id])}" for node in followed if node.id in walk.gradients]
    assert sorted(text for text, *_ in neuron.evaluate("drawn")) == sorted(values + gradients)


@pytest.mark.parametrize("times", [0, 2], ids=["fitted", "zoomed"])
def test_they_are_drawn_where_their_texts_stand(neuron, times):
    for _ in range(times):
        neuron.get_by_role("button", name="Larger").click()
    drag(neuron)
    texts = neuron.evaluate(PLACES)
    drawn = neuron.evaluate("drawn")
    assert len(drawn) > 4
    for _, x, y in drawn:
        assert min(max(abs(x - across), abs(y - down)) for across, down in texts) < 1


def test_the_texts_are_back_when_the_hand_rests(neuron):
    output = drag(neuron).nodes[-1]
    canvas = neuron.locator(".dragged-numbers")
    expect(canvas).to_be_visible()
    expect(graph_value(neuron, output.id)).to_be_hidden()
    neuron.mouse.up()
    expect(canvas).to_be_hidden()
    expect(graph_value(neuron, output.id)).to_be_visible()
    expect(graph_value(neuron, output.id)).to_have_text(f"{float(output.value):.4g}")
    expect(graph_gradient(neuron, output.id)).to_contain_text("∂ 1")


def steady(number):
    """A number as it is written while it moves: four digits, trailing zeros too."""
    return f"{float(number):#.4g}".replace("-", "−")
