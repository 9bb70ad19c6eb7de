"""The lab's replies: beside a training that was run directly, and beside PyTorch."""

import numpy as np
import pytest
import torch

from gradwalk.studio import experiments, lab, maps
from gradwalk.studio.kernel import Kernel
from gradwalk.studio.lab_parts import PARTS
from gradwalk.train import Training, settings_for
from gradwalk.train.measuring import measured
from tests.studio.conftest import Asked

MOONS = {"data": "moons", "data_options": {"count": 60}, "hidden": [3, 2], "batch_size": 16, "epochs": 30}
EVERYTHING = list(PARTS)


class Lab:
    """Asks a kernel; parts come by name, in their shape."""

    def __init__(self, ask):
        self.ask = ask

    def __call__(self, settings=None, step=0, parts=(), phase="", piece=None, fails=False, **fields):
        experiment = {name: fields.pop(name) for name in ("points", "table", "file", "key") if name in fields}
        if settings is not None:
            experiment["settings"] = settings
        moment = {"experiment": experiment, "step": step, "phase": phase, "piece": piece}
        head, buffers = self.ask("lab", moment=moment, parts=list(parts), **fields)
        if fails:
            return head
        assert head["kind"] == "lab", head
        infos = zip(head["parts"], buffers, strict=True)
        return head, {info["name"]: buffer.reshape(info["shape"]) for info, buffer in infos}

    def refused(self, settings=None, **fields):
        head = self(settings, fails=True, **fields)
        assert head["kind"] == "error", head
        return head["code"], head["setting"], head["sentence"]


@pytest.fixture
def ask():
    return Asked(Kernel(seconds=60))  # however busy the machine is


@pytest.fixture
def look_at(ask):
    return Lab(ask)


def direct(settings, step):
    """The training itself, at a step."""
    training = Training(settings_for(**settings))
    while training.step < step:
        training.finish_batch()
    return training


def as_torch(training):
    """The network in PyTorch, with a list of its hidden layers' results."""
    weights = {name: torch.tensor(value) for name, value in training.weights().items()}
    names = [name.removesuffix(".weight") for name in weights if name.endswith(".weight")]

    def run(x):
        seen = []
        for name in names:
            x = x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
            if name != names[-1]:
                x = torch.tanh(x)
                seen.append(x)
        return x, seen

    return run


# --- where a training stands ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [(9,), (30, 9), (2, 40, 9)])
def test_a_moment_is_the_training_at_that_step(look_at, way):
    for step in way:
        head, parts = look_at(MOONS, step, ["weights", "gradients", "losses", "outputs", "epochs"])
    training = direct(MOONS, 9)
    parameters = training.updating.parameters.values()
    np.testing.assert_array_equal(parts["weights"], np.concatenate([x.value.ravel() for x in parameters]))
    np.testing.assert_array_equal(parts["gradients"], np.concatenate([x.grad.value.ravel() for x in parameters]))
    assert (head["step"], head["epoch"], head["batch"], head["batches"]) == (9, 3, 0, 3)
    assert head["furthest"] == len(parts["losses"]) == max(way)
    assert head["loss"] == parts["losses"][8] == training.loss.item()
    found = measured(training.model, training.loss_function, training.data.train)
    assert head["train"] == {"loss": found.loss, "metric": found.metric}
    assert [layer["gradient"] for layer in head["layers"]] == [r.gradient for r in training.readings()]
    assert [layer["ratio"] for layer in head["layers"]] == [r.update_to_weight for r in training.readings()]
    record = training.history[-1]
    assert parts["epochs"][record.epoch - 1].tolist()[:4] == [
        record.epoch,
        record.step,
        record.train.loss,
        record.train.metric,
    ]


@pytest.mark.parametrize("phase", ["forward", "loss", "backward", "update"])
def test_a_phase_is_the_trainings(look_at, phase):
    head, parts = look_at(MOONS, 6, ["gradients"], phase)
    training = direct(MOONS, 6)
    while training.advance() != phase:
        pass
    assert (head["step"], head["phase"]) == (6, phase)
    assert ("gradients" in parts) == (phase in ("backward", "update"))
    assert [layer["gradient"] for layer in head["layers"]] == [r.gradient for r in training.readings()]
    assert head["loss"] == (None if phase == "forward" else training.loss.item())


def test_pieces_of_a_batch(look_at):
    settings = {**MOONS, "accumulate": 4}
    heads = [look_at(settings, 2, [], "backward", piece)[0] for piece in (0, 3, None)]
    assert [(head["piece"], head["pieces"]) for head in heads] == [(0, 4), (3, 4), (3, 4)]
    assert heads[1]["layers"] == heads[2]["layers"] != heads[0]["layers"]


def test_a_key_stands_for_an_experiment_until_it_is_let_go(look_at):
    first, parts = look_at(MOONS, 7, ["weights"])
    again, same = look_at(key=first["key"], step=7, parts=["weights"])
    assert (again["settings"], again["key"]) == (first["settings"], first["key"])
    np.testing.assert_array_equal(same["weights"], parts["weights"])
    for seed in range(lab.KEPT):
        look_at({**MOONS, "seed": seed + 1})
    assert look_at.refused(key=first["key"], step=7)[0] == "gone"
    _, anew = look_at(MOONS, 7, ["weights"])
    np.testing.assert_array_equal(anew["weights"], parts["weights"])


def test_only_parts_that_there_are_come_back(look_at):
    assert look_at(MOONS, 3, ["losses", "nonsense", "pulls", "losses"])[1].keys() == {"losses"}
    linear = look_at({**MOONS, "hidden": []}, 3, EVERYTHING)[1]
    assert linear.keys().isdisjoint({"hidden", "bent", "cut", "units"}) and "pulls" in linear
    wide = look_at({"data": "digits", "data_options": {"count": 50}}, 1, EVERYTHING)[1]
    assert wide.keys().isdisjoint({"boundary", "units", "bent", "cut"})
    assert wide["outputs"].shape == (50, 10)


# --- playing ---------------------------------------------------------------------------------------------------------------


def test_requests_of_one_play_go_on_from_one_another(look_at):
    steps = [look_at(MOONS, 3, seconds=1e-9, play="a")[0]["step"] for _ in range(3)]
    assert steps == [4, 5, 6]
    assert look_at(MOONS, 3, seconds=1e-9, play="b")[0]["step"] == 4
    assert look_at(MOONS, 3, seconds=1e-9)[0]["step"] == 4


def test_a_question_between_does_not_move_a_play(look_at):
    look_at(MOONS, 10, seconds=1e-9, play="a")
    look_at(MOONS, 2, phase="backward")
    head, parts = look_at(MOONS, 10, ["weights"], seconds=1e-9, play="a")
    assert head["step"] == 12
    assert parts["weights"].tolist() == look_at(MOONS, 12, ["weights"])[1]["weights"].tolist()


def test_two_experiments_play_side_by_side(look_at):
    other = {**MOONS, "lr": 0.01}
    for expected in (1, 2, 3):
        for settings in (MOONS, other):
            assert look_at(settings, 0, seconds=1e-9, play="a")[0]["step"] == expected


def test_a_play_stops_where_it_should_and_at_the_end(look_at):
    assert look_at(MOONS, 3, seconds=5, until=8, play="a")[0]["step"] == 8
    assert look_at(MOONS, 3, seconds=5, until=8, play="a")[0]["step"] == 8
    short = {**MOONS, "epochs": 1}
    assert [look_at(short, 0, seconds=1, play="b")[0]["step"] for _ in range(2)] == [3, 3]


def test_what_was_trained_ahead_is_where_its_play_goes_on(ask, look_at):
    lab = ask.kernel.trainings
    assert look_at(MOONS, 3, seconds=1e-9, play="a")[0]["step"] == 4
    assert lab.go_ahead()
    ahead = lab.playing.step
    head, parts = look_at(MOONS, 3, ["weights"], seconds=1e-9, play="a")
    assert head["step"] == ahead + 1 > 5
    assert parts["weights"].tolist() == look_at(MOONS, ahead + 1, ["weights"])[1]["weights"].tolist()


def test_nothing_is_trained_ahead_after_another_question(ask, look_at):
    look_at(MOONS, 3, seconds=1e-9, play="a")
    look_at(MOONS, 2)
    assert not ask.kernel.trainings.go_ahead()


def test_a_training_that_explodes_says_why_it_stands(look_at):
    settings = {"data": "line", "hidden": [], "lr": 30.0, "optimizer": "sgd", "epochs": 2000}
    head, _ = look_at(settings, 10**6)
    assert head["step"] == head["furthest"] < head["last"]
    assert f"step {head['step']} " in head["stopped"] and "learning rate" in head["stopped"]
    assert look_at(settings, 2)[0]["stopped"] == ""


# --- the data in their own units ---------------------------------------------------------------------------------------------

TABLE = "size,rooms,price\n" + "".join(f"{40 + 7 * i},{1 + i % 4},{900 * i + 50_000}\n" for i in range(30))
PRICES = {"data_options": {"target": "price"}, "hidden": [2], "epochs": 5}


def test_points_come_back_in_their_own_units_and_the_held_out_ones_last(look_at):
    head, parts = look_at(PRICES, table=TABLE, file="flats.csv", parts=["points", "outputs"])
    rows = {tuple(map(float, line.split(","))) for line in TABLE.splitlines()[1:]}
    points = parts["points"]
    assert {tuple(np.round(row, 9)) for row in points[:, :3]} == rows
    assert points[:, 3].tolist() == [0] * head["data"]["rows"] + [1] * head["data"]["held_out"]
    assert (head["data"]["rows"], head["data"]["held_out"], head["data"]["name"]) == (24, 6, "flats.csv")
    assert 40_000 < parts["outputs"].mean() < 90_000  # prices, not standard deviations


def test_the_map_covers_the_points_with_some_room(look_at):
    head, parts = look_at(PRICES, table=TABLE, file="flats.csv", parts=["points"])
    for (low, high), column in zip(head["data"]["extent"], parts["points"].T[:2], strict=True):
        assert low < column.min() and column.max() < high


@pytest.mark.parametrize("scale", [False, True])
def test_the_boundary_is_what_pytorch_says_there(look_at, scale):
    settings = {**MOONS, "scale": scale}
    head, parts = look_at(settings, 20, ["boundary"], grid=15)
    training = direct(settings, 20)
    xs, ys = (np.linspace(low, high, 15) for low, high in head["data"]["extent"])
    places = np.array([[x, y] for y in ys for x in xs])
    if scale:
        places = (places - training.data.train.input_scaling.shift) / training.data.train.input_scaling.spread
    expected = torch.sigmoid(as_torch(training)(torch.tensor(places))[0]).reshape(15, 15)
    np.testing.assert_allclose(parts["boundary"], expected, atol=1e-12)


def test_of_several_classes_the_boundary_is_the_likeliest_and_its_probability(look_at):
    settings = {"data": "spirals", "data_options": {"count": 60}, "hidden": [6]}
    head, parts = look_at(settings, 20, ["boundary"], grid=9)
    xs, ys = (np.linspace(low, high, 9) for low, high in head["data"]["extent"])
    scores = as_torch(direct(settings, 20))(torch.tensor([[x, y] for y in ys for x in xs]))[0]
    chances, classes = torch.softmax(scores, 1).max(1)
    np.testing.assert_array_equal(parts["boundary"][0].ravel(), classes)
    np.testing.assert_allclose(parts["boundary"][1].ravel(), chances, atol=1e-12)


@pytest.mark.parametrize(
    "settings", [MOONS, {"data": "spirals"}, {"data": "sine"}, {**MOONS, "normalization": "batch"}]
)
def test_a_picture_is_the_boundary_in_single_precision_and_changes_nothing(ask, look_at, settings):
    moment = {"experiment": {"settings": settings}, "step": 0}
    for step in range(1, 6):
        head, (buffer,) = ask("picture", moment=moment, seconds=1e-9, play="a")
        exact, parts = look_at(settings, step, ["boundary"])
        painted = np.frombuffer(buffer.tobytes(), "<f4")
        np.testing.assert_allclose(painted, parts["boundary"].ravel(), atol=1e-5)
        assert head["boundary"]["shape"] == list(parts["boundary"].shape)
        assert [head[name] for name in ("key", "step", "last", "stopped")] == [exact["key"], step, exact["last"], ""]
    weights = direct(settings, 5).updating.parameters.values()
    _, parts = look_at(settings, 5, ["weights"])
    np.testing.assert_array_equal(parts["weights"], np.concatenate([tensor.value.ravel() for tensor in weights]))


def test_where_there_is_no_map_a_picture_says_where_the_training_stands(ask):
    moment = {"experiment": {"settings": {"data": "digits", "data_options": {"count": 50}}}, "step": 3}
    head, buffers = ask("picture", moment=moment, seconds=1e-9, play="a")
    assert (head["step"], head["boundary"], buffers) == (4, None, [])


def test_a_single_input_has_a_curve(look_at):
    head, parts = look_at({"data": "sine"}, 5, ["boundary", "points", "units"], grid=50)
    (low, high), training = head["data"]["extent"][0], direct({"data": "sine"}, 5)
    expected = as_torch(training)(torch.linspace(low, high, 50, dtype=torch.float64)[:, None])[0][:, 0]
    np.testing.assert_allclose(parts["boundary"], expected, atol=1e-12)
    np.testing.assert_array_equal(parts["points"][:, 1], parts["points"][:, 2])
    assert parts["units"].shape == (32, 24)


# --- what the hidden layers see ---------------------------------------------------------------------------------------------


def test_units_are_what_pytorch_says_of_each(look_at):
    head, parts = look_at(MOONS, 20, ["units"], grid=100)
    xs, ys = (np.linspace(low, high, 24) for low, high in head["data"]["extent"])
    _, seen = as_torch(direct(MOONS, 20))(torch.tensor([[x, y] for y in ys for x in xs]))
    np.testing.assert_allclose(parts["units"], torch.cat(seen, 1).T.reshape(5, 24, 24), atol=1e-12)


def test_two_units_are_shown_as_they_are_with_the_line_that_cuts_them(look_at):
    _, parts = look_at(MOONS, 60, ["points", "hidden", "bent", "cut"])
    training = direct(MOONS, 60)
    run = as_torch(training)
    np.testing.assert_allclose(parts["hidden"], run(torch.tensor(parts["points"][:, :2]))[1][-1], atol=1e-12)
    assert parts["bent"].shape == (22, 41, 2)
    weight, bias = (training.weights()[f"output.linear.{name}"] for name in ("weight", "bias"))
    np.testing.assert_allclose(parts["cut"] @ weight[0] + bias, 0, atol=1e-9)


def test_more_units_are_shown_by_their_principal_directions(look_at):
    settings = {**MOONS, "hidden": [5]}
    head, parts = look_at(settings, 40, ["points", "hidden", "bent", "cut"])
    values = as_torch(direct(settings, 40))(torch.tensor(parts["points"][:, :2]))[1][-1]
    centred = values - values.mean(0)
    _, strengths, directions = torch.linalg.svd(centred, full_matrices=False)
    expected = (centred @ directions[:2].T).numpy()
    for column in (0, 1):  # a direction's sign is free
        sign = np.sign(expected[0, column] * parts["hidden"][0, column])
        np.testing.assert_allclose(parts["hidden"][:, column], sign * expected[:, column], atol=1e-9)
    share = float((strengths[:2] ** 2).sum() / (strengths**2).sum())
    note = next(part["note"] for part in head["parts"] if part["name"] == "hidden")
    assert "5 units" in note and f"{share:.0%}" in note


def test_values_beyond_numbers_are_shown_by_the_first_two_units():
    plane = maps.plane_of(np.array([[1.0, 2, 3], [np.inf, 0, 1]]))
    assert plane.seen(np.array([[1.0, 2, 3]])).tolist() == [[1, 2]] and "first two of 3" in plane.note


def test_lines_of_the_plane_bend_as_the_points_do(look_at):
    head, parts = look_at(MOONS, 30, ["bent"])
    (left, right), (low, high) = head["data"]["extent"]
    corners = [[left, low], [right, low], [left, high], [right, high]]
    seen, bent = as_torch(direct(MOONS, 30))(torch.tensor(corners, dtype=torch.float64))[1][-1], parts["bent"]
    found = [bent[0, 0], bent[0, -1], bent[10, 0], bent[10, -1]]
    np.testing.assert_allclose(found, seen, atol=1e-12)
    np.testing.assert_allclose([bent[11, 0], bent[21, 0], bent[11, -1], bent[21, -1]], seen, atol=1e-12)


# --- networks without hidden layers ---------------------------------------------------------------------------------------------


def test_without_a_hidden_layer_xor_fails_and_the_reply_says_why(look_at):
    head, parts = look_at({"data": "xor", "hidden": []}, 500, ["pulls", "tangle", "gradients"])
    assert head["train"]["metric"] < 1
    tangled, cancelled, guessing = head["remarks"]
    assert "(0, 0) and (1, 1) of class 0" in tangled and "(0, 1) and (1, 0) of class 1" in tangled
    assert "cancel" in cancelled and "ln 2" in guessing
    assert head["loss"] == pytest.approx(np.log(2), abs=1e-6)
    assert np.abs(parts["pulls"]).max() > 0.1 and np.abs(parts["pulls"].sum(0)).max() < 1e-4
    assert parts["tangle"].shape == (2, 3, 2)


def test_the_rows_pulls_add_up_to_the_gradient(look_at):
    settings = {"data": "gaussians", "data_options": {"count": 30}, "hidden": [], "batch_size": None, "held_out": 0}
    _, parts = look_at(settings, 5, ["pulls"])
    _, after = look_at(settings, 5, ["gradients"], "backward")
    np.testing.assert_allclose(parts["pulls"].sum(0), after["gradients"], atol=1e-14)


def test_what_a_line_separates_gets_no_such_remark(look_at):
    for settings in ({"data": "gaussians", "hidden": []}, {"data": "xor"}):
        head, parts = look_at(settings, 2, ["tangle"])
        assert head["remarks"] == [] and parts == {}


# --- looking at a row ----------------------------------------------------------------------------------------------------------


def test_looking_at_a_digit_gives_pytorchs_probabilities_and_gradient(ask):
    settings = {"data": "digits", "data_options": {"count": 100}, "activation": "tanh", "hidden": [7]}
    pixels = np.random.default_rng(0).random(64)
    moment = {"experiment": {"settings": settings}, "step": 9}
    head, (chances, slope) = ask("look", moment=moment, inputs=pixels.tolist(), label=3)
    x = torch.tensor(pixels[None], requires_grad=True)
    scores, _ = as_torch(direct(settings, 9))(x)
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor([3]))
    loss.backward()
    np.testing.assert_allclose(chances, torch.softmax(scores, 1)[0].detach(), atol=1e-12)
    np.testing.assert_allclose(slope, x.grad[0], atol=1e-12)
    assert head["loss"] == pytest.approx(loss.item(), abs=1e-12)
    assert head["decided"] == str(int(scores.argmax()))


def test_looking_changes_nothing(look_at, ask):
    _, before = look_at(MOONS, 5, ["weights", "gradients"])
    ask("look", moment={"experiment": {"settings": MOONS}, "step": 5}, inputs=[0.1, 0.2], label=1)
    _, after = look_at(MOONS, 5, ["weights", "gradients"])
    assert all((before[name] == after[name]).all() for name in before)


def test_looking_speaks_the_datas_own_units(ask):
    moment = {"experiment": {"settings": PRICES, "table": TABLE, "file": "a.csv"}, "step": 4}
    middle, _ = ask("look", moment=moment, inputs=[120, 2], label=60_000)
    losses = []
    for size in (119.999, 120.001):
        losses.append(ask("look", moment=moment, inputs=[size, 2], label=60_000)[0]["loss"])
    _, (number, slope) = ask("look", moment=moment, inputs=[120, 2], label=60_000)
    assert 40_000 < number[0] < 90_000 and float(middle["decided"]) == pytest.approx(number[0], rel=1e-5)
    assert slope[0] == pytest.approx((losses[1] - losses[0]) / 0.002, rel=1e-6)


@pytest.mark.parametrize("inputs, label", [([1.0], 0), ([1.0, 2.0], 2), ([1.0, 2.0], 0.5)])
def test_what_can_not_be_looked_at_is_told(ask, inputs, label):
    head, _ = ask("look", moment={"experiment": {"settings": MOONS}, "step": 0}, inputs=inputs, label=label)
    assert head["code"] == "bad-message" and "look." in head["sentence"]


# --- the walk of a step ---------------------------------------------------------------------------------------------------------


def test_a_moments_walk_has_the_gradients_of_that_very_step(ask, look_at):
    source = {"moment": {"experiment": {"settings": MOONS}, "step": 6}}
    head, (_, gradients, *_) = ask("open", source=source)
    _, parts = look_at(MOONS, 6, ["gradients"], "backward")
    nodes = {node["name"]: node for node in head["nodes"]}
    found = [gradients[nodes[n]["offset"] :][: nodes[n]["size"]] for n in ("W1", "b1", "W2", "b2", "W3", "b3")]
    np.testing.assert_allclose(np.concatenate(found), parts["gradients"], atol=1e-14)
    assert head["title"] == "step 6 on moons" and nodes["x"]["shape"] == [16, 2]


@pytest.mark.parametrize("row", [17, 55])  # learned from, held out
def test_a_rows_walk_is_that_rows(ask, look_at, row):
    source = {"moment": {"experiment": {"settings": MOONS}, "step": 6, "row": row}}
    head, (values, *_) = ask("open", source=source)
    _, parts = look_at(MOONS, 6, ["points"])
    x = next(node for node in head["nodes"] if node["name"] == "x")
    assert values[x["offset"] :][:2].tolist() == parts["points"][row, :2].tolist()


def test_what_is_too_large_to_walk_is_told(ask):
    settings = {"data": "digits", "batch_size": None, "hidden": [128]}
    head, _ = ask("open", source={"moment": {"experiment": {"settings": settings}, "step": 0}})
    assert head["code"] == "too-large" and "single row" in head["cure"]
    head, _ = ask("open", source={"moment": {"experiment": {"settings": settings}, "step": 0, "row": 4}})
    assert head["kind"] == "walk"
    head, _ = ask("open", source={"moment": {"experiment": {"settings": settings}, "step": 0, "row": 4000}})
    assert head["code"] == "walk" and "0 to 1796, the last 359 held out" in head["sentence"]


# --- what can't be trained --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings, setting, said",
    [
        ({"lr": -1}, "lr", "above 0"),
        ({"optimizer": "adma"}, "optimizer", "did you mean adam"),
        ({"hiden": [3]}, "hiden", "did you mean hidden"),
        ({"data": "moon"}, "data", "moons"),
        ({"data": "/etc/passwd"}, "data", "must be one of"),
        ({"data": "houses.csv"}, "data", "dropped"),
        ({"data": 3}, "data", "must be one of"),
        ({"data_options": {"cuont": 3}}, "data", "count"),
        ({"data_options": {"count": "many"}}, "data_options", "whole number"),
        ({"data_options": {"count": 10**9}}, "data_options", "1,000,000"),
        ({"data_options": {"count": 20_001}}, "data", "20,000"),
        ({"data": "digits", "data_options": {"count": 5000}}, "data", "1797"),
        ({"hidden": [2000, 2000]}, "hidden", "weights"),
        ({"data_options": {"count": 20000}, "hidden": [400, 200]}, "hidden", "values"),
        ({"hidden": [2] * 21}, "hidden", "up to 20"),
        ({"epochs": 10**6}, "epochs", "steps"),
        ({"network": "conv"}, "network", "pictures"),
        ({"data": "sine", "loss": "cross_entropy"}, "loss", "squared_error"),
        ({"normalization": "batch", "batch_size": 1}, "batch_size", "single row"),
    ],
)  # fmt: skip
def test_a_setting_that_does_not_work_is_told_with_its_name(look_at, settings, setting, said):
    code, name, sentence = look_at.refused(settings)
    assert (code, name) == ("setting", setting) and said in sentence


@pytest.mark.parametrize(
    "table, settings, said",
    [
        ("a,b\n", {"target": "b"}, "no rows"),
        ("a,b\n1,2\n", {"target": "b"}, "one row"),
        ("a,b\n1,2\n1,x\n3,4\n", {"target": "b"}, "x"),
        ("a,b\n1,2\n2,3,4\n", {"target": "b"}, "line 3"),
        ("a,b\n1,2\n2,2\n", {"target": "b"}, "every row says"),
        ("a,b\n1,2\n2,3\n", {"target": "c"}, "no column called 'c'"),
        ("a,b\n1,2\n2,3\n", {"target": "b", "task": "guess"}, "task"),
    ],
)
def test_a_table_that_can_not_be_learned_from_is_told(look_at, table, settings, said):
    found = look_at.refused({"data_options": settings}, table=table, file="mine.csv")
    assert found[:2] == ("setting", "table") and said in found[2]


def test_a_tables_target_is_asked_for(look_at):
    code, name, sentence = look_at.refused({}, table=TABLE)
    assert (code, name) == ("setting", "data_options") and "target" in sentence


def test_a_large_table_is_refused_in_a_sentence(look_at):
    rows = "1,2\n" * (experiments.MOST_BYTES // 4)
    assert "4 MB" in look_at.refused({"data_options": {"target": "b"}}, table="a,b\n" + rows)[2]
    many = "a,b\n" + "".join(f"{i},{i % 7}\n" for i in range(experiments.MOST_ROWS + 1))
    assert "20,001 rows" in look_at.refused({"data_options": {"target": "b"}}, table=many)[2]


@pytest.mark.parametrize("points, said", [([[0, 0, 1]], "another"), ([[0, 0], [1, 1]], "x, y and its class")])
def test_drawn_points_that_tell_nothing_apart_are_told(look_at, points, said):
    code, name, sentence = look_at.refused({}, points=points)
    assert (code, name) == ("setting", "points") and said in sentence


def test_drawn_points_are_learned(look_at):
    points = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
    settings = {"hidden": [4], "lr": 0.5, "optimizer": "sgd", "epochs": 500}
    head, parts = look_at(settings, 500, ["points"], points=points)
    assert parts["points"].tolist() == [[*point, 0] for point in points]
    assert head["train"]["metric"] == 1.0 and head["data"]["name"] == "drawn"


def test_what_takes_too_long_goes_on_when_it_is_asked_for_again(ask, look_at):
    ask.kernel.seconds = 0.05
    settings = {"data": "digits", "epochs": 40}
    steps = []
    for _ in range(2):
        head = look_at(settings, 900, fails=True)
        assert head["code"] == "too-slow" and "ask again" in head["cure"]
        steps.append(next(iter(ask.kernel.trainings.kept.values())).timeline.furthest)
    assert 0 < steps[0] < steps[1]


def test_histograms_are_those_of_the_batch(look_at):
    _, parts = look_at(MOONS, 5, ["activations", "spreads"])
    training = direct(MOONS, 5)
    found = training.histograms()
    assert parts["activations"].tolist() == [layer.counts for layer in found]
    assert parts["spreads"][:, 3].tolist() == [3, 2, 1]
    assert parts["spreads"][0].tolist() == [-1, 1, 0, 3, found[0].dead, found[0].stuck, found[0].flat, -0.97, 0.97]
    assert found[0].flat == training.readings()[0].activity.saturated
    assert np.isnan(parts["spreads"][2, 5:]).all()


def test_rows_come_in_their_own_units_the_held_out_ones_last(ask):
    settings = {"data": "digits", "data_options": {"count": 50}, "scale": True}
    data = direct({**settings, "scale": False}, 0).data
    head, (inputs,) = ask("rows", experiment={"settings": settings}, rows=[3, len(data.train) + 2])
    expected = [data.train.inputs[3], data.held_out.inputs[2]]
    np.testing.assert_allclose(inputs.reshape(2, 64), expected, atol=1e-12)
    assert head["rows"] == [3, len(data.train) + 2] and len(head["columns"]) == 64
    for rows in ([50], [-1]):
        assert ask("rows", experiment={"settings": settings}, rows=rows)[0]["code"] == "bad-message"
    assert ask("rows", experiment={"settings": settings}, rows=[0] * 501)[0]["code"] == "too-large"
