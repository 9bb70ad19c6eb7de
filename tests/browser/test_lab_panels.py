"""The lab's panels: histograms of what the units give, and how the optimizer moves a weight; as the engine has them."""

import pytest
from playwright.sync_api import expect

from gradwalk.train import settings_for
from tests.browser.test_lab import addressed, browser, is_sound, lab, stands_at, trained

__all__ = ["browser", "lab"]  # fixtures

ADAM = settings_for("xor", optimizer="adam", lr=0.1)
ADDRESS = "data=xor&optimizer=adam&lr=0.1"


def counts(page, layer):
    bins = page.locator(f".histogram[data-layer={layer}] .bin")
    return [int(bar.get_attribute("data-count")) for bar in bins.all()]


def shows(page, found):
    for histogram in found:
        first = page.locator(f".histogram[data-layer={histogram.layer}] .bin").nth(
            histogram.counts.index(max(histogram.counts))
        )
        expect(first).to_have_attribute("data-count", str(max(histogram.counts)))
        assert counts(page, histogram.layer) == histogram.counts


def story(page, name):
    return float(page.locator(f"[data-story={name}] data").get_attribute("value"))


def stands_for(page, step):
    expect(page.locator(".optimizer")).to_have_attribute("data-step", str(step))


def test_histograms_are_asked_for_when_opened_and_follow_the_step(lab):
    page = lab("data=xor&step=40")
    assert page.locator(".histogram").count() == 0
    page.get_by_text("What the units give").click()
    shows(page, trained(settings_for("xor"), 40).histograms())
    addressed(page, "show=activations")
    page.get_by_role("slider", name="Step").fill("7")
    stands_at(page, 7)
    shows(page, trained(settings_for("xor"), 7).histograms())


def test_histograms_follow_a_training_that_plays(lab):
    page = lab("data=xor&epochs=60&show=activations")
    page.locator("button.train").click()
    stands_at(page, 60)
    shows(page, trained(settings_for("xor", epochs=60), 60).histograms())


@pytest.mark.parametrize(
    ("setting", "reading"), [("data=xor&activation=relu&init_scale=0", "dead"), ("data=moons&init_scale=1000", "stuck")]
)
def test_units_that_do_nothing_are_counted(lab, setting, reading):
    page = lab(f"{setting}&show=activations")
    settings = dict(one.split("=") for one in setting.split("&"))
    training = trained(settings_for(**{**settings, "init_scale": float(settings["init_scale"])}), 0)
    expected = getattr(training.histograms()[0], reading)
    assert expected > 0
    expect(page.locator(f".histogram [data-reading={reading}]").first).to_have_text(str(expected))


def test_the_update_of_a_weight_is_told_with_its_numbers(lab):
    page = lab(f"{ADDRESS}&step=12&show=optimizer&weight=W1,2,1")
    stands_for(page, 11)
    path = "hidden1.linear.weight"
    before, training = trained(ADAM, 11).weights()[path], trained(ADAM, 12)
    after, [state] = training.weights()[path], [training.updating.optimizer.state[training.updating.parameters[path]]]
    assert [story(page, name) for name in ("before", "after")] == [before[2, 1], after[2, 1]]
    for name in ("exp_avg", "exp_avg_sq"):
        value = page.locator(f"[data-tensor={name}] [data-reading=entry] data").get_attribute("value")
        assert float(value) == state[name].value[2, 1]
    expect(page.locator(".optimizer .law")).to_contain_text("θ ← θ − γ·m̂ / (√ŝ + ε)")


def test_the_update_follows_phases_and_going_back(lab):
    page = lab(f"{ADDRESS}&step=5&phase=backward&show=optimizer&weight=b1,3")
    expect(page.locator("[data-when]")).to_have_attribute("data-when", "coming")
    path = "hidden1.linear.bias"
    after = trained(ADAM, 6).weights()[path][3]
    assert story(page, "after") == after
    page.get_by_role("button", name="update", exact=True).click()
    expect(page.locator("[data-when]")).to_have_attribute("data-when", "made")
    assert story(page, "after") == after
    page.get_by_role("button", name="forward", exact=True).click()
    expect(page.locator("[data-when]")).to_have_attribute("data-when", "waiting")
    page.get_by_role("slider", name="Step").fill("3")
    stands_at(page, 3)
    stands_for(page, 2)
    assert story(page, "after") == trained(ADAM, 3).weights()[path][3]


def test_a_weight_is_chosen_by_field_and_by_click(lab):
    page = lab(f"{ADDRESS}&step=9&show=optimizer")
    page.get_by_label("Parameter").select_option("W1")
    page.get_by_label("unit", exact=True).fill("3")
    addressed(page, "weight=W1(,|%2C)3(,|%2C)[01]")
    cells = page.locator("[data-tensor=weight] .cell-map")
    box = cells.bounding_box()
    cells.click(position={"x": 0.75 * box["width"], "y": 0.375 * box["height"]})
    addressed(page, "weight=W1(,|%2C)1(,|%2C)1")
    expect(page.get_by_label("unit", exact=True)).to_have_value("1")
    expect(page.locator("[data-tensor=weight] dt").nth(1)).to_have_text("[1, 1]")
    assert story(page, "after") == trained(ADAM, 9).weights()["hidden1.linear.weight"][1, 1]


def test_the_panels_are_sound_in_both_themes_and_on_a_phone(lab):
    page = lab(f"{ADDRESS}&step=9&show=activations,optimizer")
    page.locator(".story math").first.wait_for()
    is_sound(page)
