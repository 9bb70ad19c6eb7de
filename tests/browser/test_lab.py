"""The training lab: every number on it is that of a training run here with the same settings."""

import json
import re
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import expect

from gradwalk.tensor import leaf
from gradwalk.train import Training, settings_for
from gradwalk.train.looking import used
from gradwalk.train.measuring import measured, outputs, probabilities
from gradwalk.train.nonfinite import NotFinite
from gradwalk.transforms import value_and_grad
from tests.browser.conftest import PHONE, ROOT, WAIT, browsing
from tests.browser.reading import INSIDE, SHIFTS, timeline
from tests.browser.test_pages import AUDIT, AXE, fits

expect.set_options(timeout=WAIT)
XOR = settings_for("xor")


@pytest.fixture(scope="module")
def browser(chromium):
    """A browser into which axe may be put past the page's policy."""
    with browsing(chromium, bypass_csp=True) as context:
        context.new_page()
        yield context


@pytest.fixture
def lab(open_studio):
    """Opens the lab at an address and waits until it stands at the step that the address names."""

    def opened(query=""):
        page = open_studio(f"#lab?{query}")
        stands_at(page, int(dict(re.findall(r"(step)=(\d+)", query)).get("step", 0)))
        return page

    return opened


def stands_at(page, step):
    expect(page.locator(".lab-dock [data-step]")).to_have_attribute("data-step", str(step))


def trained(settings, step):
    training = Training(settings)
    while training.step < step:
        training.finish_batch()
    return training


def reading(page, name, run=0):
    shown = page.locator(f".run >> nth={run}").locator(f"[data-reading='{name}'] data")
    return float(shown.get_attribute("value"))


def judged(training):
    return measured(training.model, training.loss_function, training.data.train)


def gradient(page, layer):
    return float(page.locator(f"[data-layer={layer}] data").first.get_attribute("value"))


def address(page):
    return page.evaluate("location.hash")


def addressed(page, pattern):
    page.wait_for_function("pattern => new RegExp(pattern).test(location.hash)", arg=pattern)


# --- the numbers -------------------------------------------------------------------------------------------------------------


def test_loss_metric_and_gradients_are_those_of_the_step(lab):
    page = lab("data=xor&step=40")
    training = trained(XOR, 40)
    found = judged(training)
    assert reading(page, "train loss") == found.loss
    assert reading(page, "train metric") == found.metric
    assert reading(page, "batch loss") == training.loss.item()
    assert [gradient(page, line.layer) for line in training.readings()] == [
        line.gradient for line in training.readings()
    ]


def test_the_held_out_part_is_measured_too(lab):
    page = lab("data=moons&data_options=" + quote('{"noise":0.3}') + "&step=12")
    training = trained(settings_for("moons", data_options={"noise": 0.3}), 12)
    found = measured(training.model, training.loss_function, training.data.held_out)
    assert [reading(page, "held-out loss"), reading(page, "held-out metric")] == [found.loss, found.metric]


def test_inside_a_step_the_gradients_come_with_the_backward_pass(lab):
    page = lab("data=xor&step=7")
    training = trained(XOR, 7)
    for phase in ("forward", "loss"):
        page.get_by_role("button", name=phase, exact=True).click()
        expect(page.get_by_role("button", name=phase, exact=True)).to_have_attribute("aria-pressed", "true")
        assert training.advance() == phase
    assert reading(page, "batch loss") == training.loss.item()
    page.get_by_role("button", name="backward", exact=True).click()
    expect(page.get_by_role("button", name="backward", exact=True)).to_have_attribute("aria-pressed", "true")
    assert training.advance() == "backward"
    assert [gradient(page, line.layer) for line in training.readings()] == [
        line.gradient for line in training.readings()
    ]
    before = training.weights()
    page.get_by_role("button", name="One phase").click()
    expect(page.get_by_role("button", name="update", exact=True)).to_have_attribute("aria-pressed", "true")
    training.advance()
    moved = np.concatenate([(value - before[name]).ravel() for name, value in training.weights().items()])
    ratios = [float(one.get_attribute("value")) for one in page.locator(".flow td.bar >> nth=1 >> data").all()]
    assert np.linalg.norm(moved) > 0
    assert ratios == [line.update_to_weight for line in training.readings()][:1]


COLOURS = """([x, y]) => {
  const stage = document.querySelector(".run .gw-stage"), canvas = stage.querySelector("canvas");
  const probe = stage.appendChild(document.createElement("span"));
  const colour = (name) => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number); };
  const scaled = (name) => { const found = colour(name); return Math.max(...found) <= 1 ? found.map((one) => 255 * one) : found; };
  const pixel = canvas.getContext("2d").getImageData(Math.round(x * (canvas.width - 1)), Math.round((1 - y) * (canvas.height - 1)), 1, 1).data;
  const grounds = [scaled("--ground0"), scaled("--p-middle"), scaled("--ground1")];
  probe.remove();
  return [Array.from(pixel).slice(0, 3), ...grounds];
}"""


def test_a_pixel_of_the_map_has_the_colour_of_what_the_network_says_there(lab):
    page = lab("data=xor&step=300")
    page.wait_for_function("document.querySelector('.run canvas')?.getContext('2d').getImageData(0, 0, 1, 1).data[3]")
    training = trained(XOR, 300)
    low, high = -0.1, 1.1
    for x, y in [(0.1, 0.1), (0.1, 0.9), (0.5, 0.5), (0.8, 0.25), (0.33, 0.62)]:
        pixel, class0, middle, class1 = (np.array(one[:3]) for one in page.evaluate(COLOURS, [x, y]))
        place = low + (high - low) * np.array([[x, y]])
        said = probabilities(outputs(training.model, place), "binary")[0, 0]
        ends = (class0, middle) if said < 0.5 else (middle, class1)
        share = 2 * said if said < 0.5 else 2 * said - 1
        expected = ends[0] + (ends[1] - ends[0]) * share
        assert np.abs(pixel - expected).max() < 12, (x, y, said)


def test_pointing_at_the_map_tells_the_network_s_own_number(lab):
    page = lab("data=xor&step=300")
    stage = page.locator(".run .gw-stage svg")
    box = stage.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.4)
    texts = page.locator(".run .gw-tooltip span").all_inner_texts()
    x, y, said = (float(text.rpartition("=")[2].replace("−", "-")) for text in texts)
    training = trained(XOR, 300)
    assert said == pytest.approx(
        float(probabilities(outputs(training.model, np.array([[x, y]])), "binary")[0, 0]), abs=1e-12
    )


# Whether something is painted in the middle of each unit's square, and nothing right beside it.
UNITS_PAINTED = """[...document.querySelectorAll(".lab-network .unit")].map((unit) => {
  const canvas = document.querySelector(".lab-network .gw-stage canvas"), context = canvas.getContext("2d");
  const [square, all] = [unit.getBoundingClientRect(), canvas.getBoundingClientRect()];
  const opacity = (x, y) => context.getImageData(x - all.left, y - all.top, 1, 1).data[3];
  const middle = square.top + square.height / 2;
  return opacity(square.left + square.width / 2, middle) === 255 && opacity(square.left - 3, middle) === 0;
})"""


def test_each_unit_of_the_network_is_drawn_with_its_weights(lab):
    page = lab("data=xor&step=5")
    page.get_by_text("Weights as a table").click()
    page.locator(".lab-network tbody td").first.wait_for()
    shown = [float(cell.get_attribute("title")) for cell in page.locator(".lab-network tbody td:nth-child(4)").all()]
    weights = trained(XOR, 5).weights()
    expected = [weights["hidden1.linear.weight"].ravel(), weights["output.linear.weight"].ravel()]
    assert shown == np.concatenate(expected).tolist()
    assert page.evaluate(UNITS_PAINTED) == [True] * 4


# --- the time machine ------------------------------------------------------------------------------------------------------------


def test_playing_pausing_and_playing_again_gives_the_same_numbers(lab):
    page = lab("data=xor&epochs=40")
    train = page.locator("button.train")
    train.click()
    page.wait_for_function("Number(document.querySelector('.lab-dock [data-step]').dataset.step) > 10")
    train.click()
    page.get_by_role("button", name="Back to the initial weights").click()
    stands_at(page, 0)
    assert reading(page, "train loss") == judged(trained(XOR, 0)).loss
    train.click()
    stands_at(page, 40)
    expect(train).to_be_disabled()
    assert reading(page, "train loss") == judged(trained(XOR, 40)).loss


def test_scrubbing_goes_back_and_on(lab):
    page = lab("data=xor&step=60")
    scrub = page.get_by_role("slider", name="Step")
    for step in (20, 45):
        scrub.fill(str(step))
        stands_at(page, step)
        assert reading(page, "train loss") == judged(trained(XOR, step)).loss


def test_buttons_step_by_batch_and_epoch(lab):
    page = lab("data=moons")
    page.get_by_role("button", name="One batch", exact=True).click()
    stands_at(page, 1)
    page.get_by_role("button", name="One epoch").click()
    epoch = len(Training(settings_for("moons")).batches)
    stands_at(page, epoch)
    assert reading(page, "train loss") == judged(trained(settings_for("moons"), epoch)).loss


def test_keys_alone_do_it_all(lab):
    page = lab("data=xor")
    for key, step in (("b", 1), ("b", 2), ("e", 3), ("ArrowLeft", 2), ("ArrowRight", 3), ("Shift+B", 2)):
        page.keyboard.press(key)
        stands_at(page, step)
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="forward", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Home")
    stands_at(page, 0)
    page.keyboard.press("Space")
    page.wait_for_function("Number(document.querySelector('.lab-dock [data-step]').dataset.step) > 3")
    page.keyboard.press("Space")
    expect(page.locator("button.train")).to_have_text("Train")


def test_a_moment_is_a_link(lab, open_studio, page):
    lab("data=xor&lr=0.3&step=33")
    page.get_by_role("button", name="loss", exact=True).click()
    addressed(page, "phase=loss")
    link = address(page)
    assert "epochs" not in link  # only what isn't usual
    page.goto("about:blank")
    open_studio(link)
    expect(page.get_by_role("button", name="loss", exact=True)).to_have_attribute("aria-pressed", "true")
    stands_at(page, 33)
    training = trained(settings_for("xor", lr=0.3), 33)
    training.advance(), training.advance()
    assert reading(page, "batch loss") == training.loss.item()


# --- the walk of a step --------------------------------------------------------------------------------------------------------


def test_a_point_opens_the_walk_of_its_row_at_that_step(lab):
    page = lab("data=xor&step=25")
    place = page.locator(".run .marks [data-row='2']").bounding_box()
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    walk = trained(XOR, 25).walk([2])
    result = walk.nodes[walk.output if isinstance(walk.output, int) else walk.output[0]]
    shown = page.locator(f".lab-walk [data-node='{result.id}'][data-value]").first
    assert float(shown.get_attribute("data-value")) == pytest.approx(float(result.value), abs=1e-15)
    expect(page.locator(".lab-walk h2")).to_have_text("Row 2 at step 25")
    addressed(page, "walk=2")


def test_a_held_out_point_opens_its_walk_and_the_page_says_that_it_moved_no_weight(lab):
    page = lab("data=moons&step=25")
    training = trained(settings_for("moons"), 25)
    row = len(training.data.train) + 3
    place = page.locator(f".run .marks [data-row='{row}']").bounding_box()
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    expect(page.locator(".lab-walk h2")).to_have_text(f"Row {row}, held out, at step 25")
    expect(page.locator(".lab-walk .held-out")).to_contain_text("it moved no weight")
    walk = training.walk([3], held_out=True)
    loss = walk.nodes[walk.output if isinstance(walk.output, int) else walk.output[0]]
    shown = page.locator(f".lab-walk [data-node='{loss.id}'][data-value]").first
    assert float(shown.get_attribute("data-value")) == pytest.approx(float(loss.value), abs=1e-15)


def test_the_rows_table_and_the_batch_open_walks_too(lab):
    page = lab("data=xor&step=3")
    page.get_by_text("The rows as a table").click()
    page.get_by_role("button", name="Walk of row 1").click()
    expect(page.locator(".lab-walk .player")).to_be_visible()
    page.get_by_role("button", name="The whole batch").click()
    expect(page.locator(".lab-walk h2")).to_have_text("The batch at step 3")
    page.get_by_role("button", name="Close the walk").click()
    expect(page.locator(".lab-walk")).to_have_count(0)


# --- experiments ---------------------------------------------------------------------------------------------------------------


def test_without_a_hidden_layer_xor_fails_and_the_page_says_why(lab):
    page = lab("data=xor&hidden=none&step=200")
    assert reading(page, "train metric") < 1
    sums = [float(one.get_attribute("value")) for one in page.locator(".pulls tfoot data").all()]
    each = [
        [float(one.get_attribute("value")) for one in row.locator("data").all()]
        for row in page.locator(".pulls tbody tr").all()
    ]
    assert np.abs(sums).max() < 1e-2 < np.abs(each).max()
    assert np.sum(each, axis=0) == pytest.approx(sums, abs=1e-12)


def test_too_large_a_rate_explodes_and_too_small_crawls_on_one_picture(lab):
    page = lab("data=xor&log=1&step=60&vs=" + quote('{"lr":0.01}') + "&vs=" + quote('{"lr":30}'))
    losses = []
    for run, lr in enumerate((0.5, 0.01, 30)):
        expect(page.locator(f".run >> nth={run}")).to_have_attribute("data-step", "60")
        losses.append(reading(page, "train loss", run))
        if lr < 1:  # where it leaps about, the last bit of a rounding decides where it lands
            assert losses[-1] == judged(trained(settings_for("xor", lr=lr), 60)).loss
    learned, crawled, exploded = losses
    assert learned < crawled < 1 < exploded
    assert page.locator(".lab-losses .loss").count() == 3
    expect(page.locator(".gw-field", has_text="Learning rate")).to_contain_text("≠")


def test_a_rate_that_ends_in_infinity_says_where_it_began(lab):
    page = lab("data=sine")
    page.get_by_label("Optimizer").select_option("sgd")
    page.get_by_label("Learning rate", exact=True).fill("5")
    addressed(page, "lr=5")
    settings = settings_for("sine", optimizer="sgd", lr=5)
    with pytest.raises(NotFinite) as failure:
        trained(settings, 10**6)
    page.locator("button.train").click()
    expect(page.locator(".lab-dock .sentence")).to_contain_text(f"tep {failure.value.step} (")
    stands_at(page, failure.value.step)
    expect(page.locator("button.train")).to_be_disabled()


def test_building_the_network_begins_it_anew(lab):
    page = lab("data=xor&step=10")
    page.get_by_role("button", name="One unit more in layer 1").click()
    expect(page.get_by_label("Units in layer 1")).to_have_text("5")
    stands_at(page, 0)
    page.get_by_role("button", name="Add a layer").click()
    addressed(page, "hidden=5(,|%2C)5")
    assert reading(page, "train loss") == judged(trained(settings_for("xor", hidden=[5, 5]), 0)).loss


def test_a_setting_that_cannot_be_is_told_beside_its_field(lab):
    page = lab("data=xor")
    rate = page.get_by_label("Learning rate", exact=True)
    rate.fill("-3")
    expect(page.locator(".rate [role=alert]")).to_contain_text("Learning rate must be a number above 0, not -3")
    expect(rate).to_have_attribute("aria-invalid", "true")
    rate.fill("0.25")
    expect(page.locator(".rate [role=alert]")).to_have_count(0)
    addressed(page, "lr=0.25")


def test_points_are_drawn_by_keys_and_by_mouse_and_travel_in_the_link(lab):
    page = lab()
    page.get_by_role("button", name="Draw", exact=True).click()
    pad = page.get_by_role("application")
    pad.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="class 1").click()
    box = pad.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    addressed(page, "p=[^&]*(;|%3B)")
    points = json.loads(
        page.evaluate(
            "JSON.stringify(new URLSearchParams(location.hash.split('?')[1]).get('p').split(';').map((one) => one.split(',').map(Number)))"
        )
    )
    assert [point[2] for point in points] == [0, 1]
    assert points[0][:2] == [0, 0]
    assert points[1][:2] == pytest.approx([-0.5, 0.5], abs=0.02)
    expect(page.locator(".run .marks .mark")).to_have_count(2)


def test_a_table_is_learned_from(lab):
    page = lab()
    page.get_by_role("button", name="CSV", exact=True).click()
    page.set_input_files(".table-drop input", ROOT / "examples" / "houses.csv")
    expect(page.get_by_label("Predict")).to_have_value("price")
    expect(page.locator(".run [data-reading='train metric']")).to_be_visible()
    expect(page.get_by_text("a link leaves it out")).to_be_visible()


def test_a_drawn_digit_is_judged_and_its_pixels_get_gradients(lab):
    pixels = "0" * 3 + "gg" + "0" * 6 + "gg" + "0" * 6 + "gg" + "0" * 6 + "gg" + "0" * 6 + "gg" + "0" * 27
    page = lab(f"data=digits&step=10&label=1&px={pixels}")
    page.locator(".slopes [data-slope]").first.wait_for()
    slopes = [float(one.get_attribute("data-slope")) for one in page.locator(".slopes [data-slope]").all()]
    training = trained(settings_for("digits"), 10)
    inputs = np.array([[int(one, 17) / 16 for one in pixels]])
    with used(training.model):
        loss, slope = value_and_grad(lambda x: training.loss_function(training.model(x), leaf(np.array([1]))))(
            leaf(inputs)
        )
    assert float(page.locator("[data-look=loss] data").get_attribute("value")) == pytest.approx(loss.item(), abs=1e-12)
    assert slopes == pytest.approx(slope.value[0].tolist(), abs=1e-12)
    chances = [float(one.get_attribute("value")) for one in page.locator(".chances data").all()]
    assert chances == pytest.approx(probabilities(outputs(training.model, inputs), "classes")[0].tolist(), abs=1e-12)


def test_a_cell_of_the_confusion_matrix_shows_its_rows_and_a_row_goes_onto_the_sheet(lab):
    page = lab("data=digits&step=10")
    training = trained(settings_for("digits"), 10)
    held_out = training.data.held_out
    said = outputs(training.model, held_out.inputs).argmax(1)
    wrong = [(right, taken) for right, taken in zip(held_out.labels, said, strict=True) if right != taken]
    right, taken = max(set(wrong), key=wrong.count)
    cell = page.get_by_role("button", name=f"{right} taken for {taken}: {wrong.count((right, taken))} rows")
    cell.focus()
    page.keyboard.press("Enter")
    addressed(page, f"cell={right}(,|%2C){taken}")
    rows = np.flatnonzero((held_out.labels == right) & (said == taken))
    pictures = page.locator(".pictures button")
    expect(pictures).to_have_count(len(rows))
    first = len(training.data.train) + rows[0]
    page.get_by_role("button", name=f"Row {first}: put it on the sheet").click()
    expect(page.locator("[data-look=decided]")).to_have_text(str(taken))
    ink = [int(one.get_attribute("data-ink")) for one in page.locator(".pixel").all()]
    assert ink == (16 * held_out.inputs[rows[0]]).astype(int).tolist()
    loss = float(page.locator("[data-look=loss] data").get_attribute("value"))
    chances = probabilities(outputs(training.model, held_out.inputs[rows[:1]]), "classes")[0]
    assert loss == pytest.approx(-np.log(chances[right]), rel=1e-9)


def test_a_stroke_of_the_mouse_leaves_ink(lab):
    page = lab("data=digits")
    pad = page.get_by_role("application")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.1 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.8 * box["height"], steps=5)
    page.mouse.up()
    expect(page.locator("[data-look=decided]")).to_be_visible()
    ink = [int(one.get_attribute("data-ink")) for one in page.locator(".pixel").all()]
    assert 0 < max(ink) <= 16
    assert sum(ink) == sum(ink[k] for k in range(64) if k % 8 in (3, 4))


# --- the page ------------------------------------------------------------------------------------------------------------------

SOUND = {
    "moons": "step=20",
    "several": "data=xor&step=5&vs=" + quote('{"lr":30}'),
    "digits": "data=digits&step=2&px=" + "0g" * 32,
    "curve": "data=sine&step=5&walk=1",
    "no hidden layer": "data=xor&hidden=none&step=5",
}


def is_sound(page):
    """Accessible in both themes, and as wide as a phone."""
    page.add_script_tag(path=AXE)
    page.emulate_media(color_scheme="light")
    assert page.evaluate(AUDIT, None) == []
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(AUDIT, ["color-contrast", "link-in-text-block"]) == []
    page.set_viewport_size(PHONE)
    fits(page)


@pytest.mark.parametrize("name", SOUND)
def test_the_page_is_sound_in_both_themes_and_on_a_phone(lab, name):
    page = lab(SOUND[name])
    if "walk" in SOUND[name]:
        page.locator(".lab-walk .player").wait_for()
    is_sound(page)
    box = page.locator("button.train").bounding_box()
    assert box["y"] + box["height"] <= PHONE["height"]


def test_on_a_phone_what_can_be_set_stays_where_it_is_while_the_network_is_made(page, open_studio):
    page.set_viewport_size(PHONE)
    page.add_init_script(SHIFTS)
    open_studio("#lab")
    stands_at(page, 0)
    assert page.evaluate("window.shifted") < 0.1  # .25 where the settings leave the screen when the network comes


def test_on_a_phone_a_networks_walk_is_wide_enough_to_be_read_and_follows_its_step(page, lab):
    page.set_viewport_size(PHONE)
    page = lab("data=xor&step=7&walk=batch")
    room, ring = page.locator(".graph"), page.locator(".ring")
    assert page.get_by_text("W1", exact=True).first.bounding_box()["height"] > 9
    timeline(page).focus()
    for key in ["Home", "ArrowRight", "ArrowRight", "End"]:
        page.keyboard.press(key)
        if key != "Home":  # before the first step nothing is ringed
            page.wait_for_function(INSIDE, arg=[room.element_handle(), ring.element_handle()])


def test_a_link_with_layers_that_can_t_be_says_so_though_there_is_no_network_to_say_it_beside(open_studio):
    page = open_studio("#lab?hidden=a")
    expect(page.locator(".run .problem")).to_contain_text("must be a list")
