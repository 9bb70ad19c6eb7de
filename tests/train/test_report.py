"""The report: its numbers are the training's, it holds everything it shows, and says it in tables too."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from gradwalk.data import parse_csv
from gradwalk.train import Settings, Training
from gradwalk.train.classification import GRID, boundary, confusion, surface
from gradwalk.train.pictures import pictures
from gradwalk.train.regression import fit, residuals
from gradwalk.train.report import report, save_report
from gradwalk.train.summary import linear_formula, linear_weights, remarks, shape, summary, told
from gradwalk.train.writing import RunError

MOONS = Settings(data="moons", data_options={"count": 60}, epochs=3, held_out=0.2, batch_size=16, lr=0.5)


def trained(settings, data=None):
    training = Training(settings, data)
    while not training.is_finished:
        training.finish_epoch()
    return training


def rows(training, picture):
    return {row[0]: row[1:] for row in picture.table[1]}


def table_of_houses(count=200):
    random = np.random.default_rng(0)
    size, rooms = random.uniform(40, 200, count), random.integers(1, 6, count)
    lines = "".join(f"{s},{r},{50_000 + 1500 * s + 15_000 * r}\n" for s, r in zip(size, rooms, strict=True))
    return parse_csv(("size,rooms,price\n" + lines).encode(), "price", name="homes")


HOMES = Settings(hidden=(), optimizer="adam", lr=0.1, epochs=60, batch_size=32, held_out=0.2, scale=True)


def test_what_suits_each_task():
    assert [p.title.split(" (")[0].split(",")[0] for p in pictures(trained(MOONS))] == [
        "Loss", "Gradient flow per layer", "Decision boundary", "Confusion matrix", "Confusion matrix",
    ]  # fmt: skip
    sine = trained(Settings(data="sine", epochs=2))
    assert [picture.title for picture in pictures(sine)] == ["Loss", "Gradient flow per layer", "Fit", "Residuals"]


def test_before_the_first_epoch_there_are_no_curves():
    assert "Loss" not in [picture.title for picture in pictures(Training(MOONS))]


def test_the_boundary_is_the_networks():
    training = trained(MOONS.changed(epochs=60))
    pixels = surface(training, [(-1.5, 2.5), (-1.0, 1.5)])
    assert pixels.shape == (GRID, GRID, 4)
    x, y = np.linspace(-1.5, 2.5, GRID), np.linspace(1.5, -1.0, GRID)
    with np.errstate(over="ignore"):
        state = training.weights()
        for row, column in [(0, 0), (50, 20), (99, 99), (20, 70)]:
            hidden = np.tanh(state["hidden1.linear.weight"] @ [x[column], y[row]] + state["hidden1.linear.bias"])
            chance = 1 / (1 + np.exp(-(state["output.linear.weight"] @ hidden + state["output.linear.bias"]).item()))
            assert pixels[row, column, 3] == pytest.approx(150 * abs(2 * chance - 1))
            assert (pixels[row, column, 0] == 0xC2) == (chance > 0.5)
    assert rows(training, boundary(training))["learned"] == (24, 24)


def test_the_map_of_scaled_data_is_in_their_own_units():
    shifted = parse_csv(
        "\n".join(
            ["a,b,c", *(f"{1000 + x},{y},{'up' if y > x * 0.01 else 'down'}" for x in range(8) for y in (-1, 1))]
        ).encode(),
        "c",
    )
    training = trained(Settings(hidden=(), lr=1.0, epochs=50, scale=True), shifted)
    winner = surface(training, [(1000.0, 1007.0), (-1.0, 1.0)])[:, :, 0]
    assert (winner[0] == winner[0, 0]).all() and (winner[-1] == winner[-1, 0]).all()
    assert winner[0, 0] != winner[-1, 0]
    assert ">1,002<" in boundary(training).svg


def test_the_confusion_matrix_counts_every_row():
    training = trained(Settings(data="spirals", data_options={"count": 90}, epochs=5, hidden=(8,)))
    _, lines = confusion(training, "learned", training.data.train).table
    counts = np.array([line[1:] for line in lines])
    assert counts.sum(1).tolist() == [30, 30, 30]
    assert counts.trace() / 90 == pytest.approx(training.history[-1].train.metric)


def test_residuals_are_in_original_units():
    training = trained(HOMES, table_of_houses())
    parts = rows(training, residuals(training))
    learned = training.data.train
    right = learned.target_scaling.undo(learned.targets)[:, 0]
    weights = linear_weights(training)
    inputs = learned.input_scaling.undo(learned.inputs)
    left = right - inputs @ [weights["size"], weights["rooms"]] - weights[""]
    assert parts["learned"] == pytest.approx((left.mean(), left.std(), np.abs(left).max()), rel=1e-6, abs=1e-4)
    assert parts.keys() == {"learned", "held out"}


def test_a_fit_is_the_networks_curve():
    training = trained(Settings(data="line", hidden=(), lr=0.3, epochs=50))
    for x, y in fit(training).table[1]:
        weights = linear_weights(training)
        assert y == pytest.approx(weights["x"] * x + weights[""])


def test_weights_in_original_units():
    training = trained(HOMES, table_of_houses())
    assert linear_weights(training) == pytest.approx({"size": 1500, "rooms": 15000, "": 50000}, rel=0.02)
    assert re.fullmatch(r"price = 1,\d\d\d·size \+ 1\d,\d\d\d·rooms \+ \d\d,\d\d\d", linear_formula(training))
    assert linear_weights(trained(MOONS)) is None


class Reader(HTMLParser):
    """What a page is made of."""

    def __init__(self):
        super().__init__()
        self.tags, self.addresses, self.attributes, self.depth = [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attributes]
        self.addresses += [value for name, value in attributes if name in ("href", "src")]
        if tag not in ("meta", "image", "rect", "path"):
            self.depth.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("meta", "image", "rect", "path"):
            assert self.depth.pop() == tag


def test_the_page_is_whole_runs_nothing_and_loads_nothing():
    page = report(trained(MOONS))
    reader = Reader()
    reader.feed(page)
    assert reader.depth == []
    assert "script" not in reader.tags
    assert not [name for name in reader.attributes if name.startswith("on") or name == "style"]
    assert all(address.startswith("data:image/png;base64,") for address in reader.addresses)
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    assert reader.tags.count("table") == 6  # one for each of five pictures, and the settings
    assert "prefers-color-scheme:dark" in page


def test_no_name_of_a_column_becomes_markup(tmp_path):
    data = parse_csv(b'"<script>alert(1)</script>",b\n1,2\n2,3\n3,5\n4,4\n', "b", name="<i>")
    page = report(trained(Settings(hidden=(), epochs=1, scale=True), data))
    assert "<script" not in page and "<i>" not in page
    assert "&lt;script&gt;" in page


def test_a_report_that_cannot_be_written(tmp_path):
    with pytest.raises(
        RunError, match="no/report.html can't be written: No such file or directory; the training itself"
    ):
        save_report(Training(MOONS), tmp_path / "no" / "report.html")


def test_the_end_in_words_and_as_data():
    training = trained(MOONS)
    assert told(training).splitlines()[:3] == [
        "moons: 48 rows to learn from, 12 held out",
        "network: 2 → 4 tanh → 1, 17 parameters",
        "epoch 3, step 9",
    ]
    end = summary(training)
    assert (end["epoch"], end["parameters"], end["train"]["loss"]) == (3, 17, training.history[-1].train.loss)
    assert (
        shape(Training(Settings(data="digits", network="conv", hidden=(4,), activation="relu")))
        == "64 → 4 convolutions relu → 10"
    )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"dropout": 0.1}, "with dropout, accumulated gradients differ from the whole batch's: each piece drops units of its own"),
        ({"normalization": "batch"}, "with batch normalization, accumulated gradients differ from the whole batch's: each piece has statistics of its own"),
    ],
)  # fmt: skip
def test_where_accumulation_is_not_exact_it_is_said(settings, words):
    assert list(remarks(Training(MOONS.changed(accumulate=2, **settings)))) == [words]
    assert list(remarks(Training(MOONS.changed(**settings)))) == []
