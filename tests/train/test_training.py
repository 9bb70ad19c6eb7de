"""Training: the same step is the same, however one comes to it; and it computes what PyTorch computes."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from gradwalk.data import DataError
from gradwalk.train import NotFinite, Settings, SettingsError, Training, TrainingError, settings_for
from gradwalk.train.looking import in_single_precision
from gradwalk.train.measuring import outputs

XOR = Settings(data="xor", hidden=(4,), lr=0.5, epochs=500)
SMALL = Settings(data="moons", data_options={"count": 50}, hidden=(4, 3), batch_size=16, epochs=4, held_out=0.2, lr=0.3)
RICH = SMALL.changed(
    dropout=0.3,
    normalization="batch",
    optimizer="adam",
    schedule="cosine",
    warmup=1,
    accumulate=2,
    clip=1.0,
    patience=3,
)


def flat(state):
    """Every number of a nested state, by its path."""
    if isinstance(state, dict):
        return {f"{key}.{path}": x for key, value in state.items() for path, x in flat(value).items()}
    if isinstance(state, list | tuple):
        return flat(dict(enumerate(state)))
    return {"": getattr(state, "value", state)}


def assert_same(first, second):
    first, second = flat(first), flat(second)
    assert first.keys() == second.keys()
    for path, value in first.items():
        np.testing.assert_array_equal(value, second[path], err_msg=path)


def finished(settings):
    training = Training(settings)
    while not training.is_finished:
        training.finish_epoch()
    return training


@pytest.mark.parametrize("seed", range(20))
def test_xor_is_learned_from_every_seed(seed):
    assert finished(XOR.changed(seed=seed)).history[-1].train.metric == 1.0


def test_without_a_hidden_layer_xor_fails():
    assert finished(XOR.changed(hidden=())).history[-1].train.metric < 1.0


def test_a_step_has_four_phases_and_nothing_moves_before_the_update():
    training = Training(SMALL)
    before = training.state_dict()["model"]
    for phase in ("forward", "loss", "backward"):
        assert training.advance() == phase
        assert_same(before, {name: tensor.value for name, tensor in training.model.state_dict().items()})
    assert (training.advance(), training.step, training.is_between_batches) == ("update", 1, True)
    assert not np.array_equal(before["output.linear.weight"], training.model.state_dict()["output.linear.weight"].value)


def test_pieces_of_a_batch_have_phases_of_their_own():
    training = Training(SMALL.changed(accumulate=3))
    phases = [training.advance() for _ in range(10)]
    assert phases == ["forward", "loss", "backward"] * 3 + ["update"]


@pytest.mark.parametrize("settings", [SMALL, RICH], ids=["plain", "rich"])
@pytest.mark.parametrize("stops", [(1,), (2, 3, 7), (5,)])
def test_pieces_of_a_training_are_the_whole_bit_for_bit(settings, stops):
    whole, piece = finished(settings), Training(settings)
    for stop in stops:
        while piece.step < stop:
            piece.finish_batch()
        state, history = piece.state_dict(), piece.history
        piece = Training(settings)
        piece.load_state_dict(state)
        piece.history = history
    while not piece.is_finished:
        piece.finish_epoch()
    assert_same(whole.state_dict(), piece.state_dict())
    assert whole.history == piece.history


def test_going_back_gives_the_same_steps_again():
    training = Training(RICH)
    start = training.state_dict()
    training.finish_epoch()
    once, history = training.state_dict(), list(training.history)
    training.finish_epoch()
    training.load_state_dict(start)
    assert training.history == []
    training.finish_epoch()
    assert_same(once, training.state_dict())
    assert training.history == history


def test_the_users_random_numbers_are_left_alone():
    import gradwalk as gw

    gw.manual_seed(5)
    expected = gw.rand(3)
    gw.manual_seed(5)
    Training(RICH).finish_epoch()
    assert gw.equal(gw.rand(3), expected)


def test_there_is_no_state_in_the_middle_of_a_batch():
    training = Training(SMALL)
    training.advance()
    with pytest.raises(TrainingError, match="half done"):
        training.state_dict()


@pytest.mark.parametrize("pieces", [2, 3, 7, 16, 100])
@pytest.mark.parametrize("hidden", [(4,), ()])
def test_accumulated_gradients_are_the_whole_batchs(pieces, hidden):
    def gradients(accumulate):
        training = Training(SMALL.changed(accumulate=accumulate, hidden=hidden))
        training.finish_batch()
        return [gradient.value for gradient in training.updating.gradients()]

    for whole, accumulated in zip(gradients(1), gradients(pieces), strict=True):
        np.testing.assert_allclose(accumulated, whole, rtol=1e-12, atol=1e-14)


def test_patience_ends_a_training_that_gets_no_better():
    training = finished(SMALL.changed(lr=1e-12, patience=2, epochs=50, optimizer="sgd", held_out=0.0))
    best = min(training.history, key=lambda record: record.judged)
    assert training.has_stopped_early or best.epoch == 50
    stuck = finished(
        SMALL.changed(init="zeros", data="xor", data_options={}, held_out=0.0, batch_size=None, patience=2, epochs=50)
    )
    assert stuck.has_stopped_early
    assert stuck.epoch == 3


@pytest.mark.parametrize(
    "network",
    [
        {},
        {"dropout": 0.5},
        {"normalization": "batch"},
        {"normalization": "layer"},
        {"residual": True, "hidden": (4, 4)},
    ],
)
def test_looking_changes_nothing(network):
    training, other = Training(SMALL.changed(**network)), Training(SMALL.changed(**network))
    training.finish_batch(), other.finish_batch()
    walk = training.walk()
    training.readings()
    training.walk([0])
    assert_same(training.state_dict(), other.state_dict())
    training.advance(), training.advance()
    assert walk.value("L").item() == training.loss.item()
    training.advance()
    parameters = dict(zip(("W1", "b1"), training.updating.parameters.values(), strict=False))
    for name, tensor in parameters.items():
        np.testing.assert_array_equal(walk.gradient(name), tensor.grad.value)


def test_a_walk_is_checked_and_names_what_a_reader_knows():
    walk = Training(SMALL).walk([3, 1])
    assert {node.name for node in walk.leaves(0)} == {"x", "y", "W1", "b1", "W2", "b2", "W3", "b3"}
    assert {"hidden1", "hidden2", "output", "L"} <= {node.name for node in walk.nodes}
    assert walk.check().ok
    assert not walk.source


def test_a_held_out_row_has_a_walk_with_pytorchs_loss_and_gradients():
    training = Training(SMALL)
    training.finish_batch()
    walk, held_out = training.walk([4], held_out=True), training.data.held_out
    net, tensors = twin(training)
    x, y = torch.tensor(held_out.inputs[[4]]), torch.tensor(held_out.targets[[4]])
    loss = torch.nn.functional.binary_cross_entropy_with_logits(net(x), y)
    loss.backward()
    assert walk.value("L") == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(walk.gradient("W1"), tensors[0].grad, rtol=1e-9)
    assert "held out" in walk.title and "held out" not in training.walk([4]).title
    with pytest.raises(TrainingError, match="no rows are held out"):
        Training(SMALL.changed(held_out=0)).walk([0], held_out=True)


def test_readings_of_each_layer():
    training = Training(SMALL)
    assert [reading.gradient for reading in training.readings()] == [None, None, None]
    before = training.state_dict()["model"]
    training.finish_batch()
    first = training.readings()[0]
    moved = np.sqrt(
        sum(
            np.sum((before[f"hidden1.linear.{part}"] - training.state_dict()["model"][f"hidden1.linear.{part}"]) ** 2)
            for part in ("weight", "bias")
        )
    )
    assert first.layer == "hidden1"
    assert first.update == pytest.approx(moved, rel=1e-12)
    assert first.update == pytest.approx(SMALL.lr * first.gradient, rel=1e-9)
    assert first.update_to_weight == first.update / first.weight
    assert 0 <= first.activity.saturated <= 1
    assert training.readings()[-1].activity.saturated is None


def test_dead_units_are_counted():
    training = Training(SMALL.changed(activation="relu", hidden=(4,)))
    training.model[0].linear.bias.data = np.array([-100.0, -100.0, 100.0, -100.0])
    assert training.readings()[0].activity.dead == 0.75


# --- PyTorch -----------------------------------------------------------------------------------------------------------

OPTIMIZERS = {
    "sgd": ("SGD", {}),
    "sgd momentum": ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    "adam": ("Adam", {"weight_decay": 0.01}),
    "adamw": ("AdamW", {"weight_decay": 0.1}),
    "rmsprop": ("RMSprop", {"momentum": 0.5, "centered": True}),
    "adagrad": ("Adagrad", {"lr_decay": 0.01}),
}


def twin(training):
    """The same network in PyTorch, with the same weights."""
    state = {name: torch.tensor(value) for name, value in training.state_dict()["model"].items()}

    def net(x):
        h = torch.tanh(x @ state["hidden1.linear.weight"].T + state["hidden1.linear.bias"])
        h = torch.tanh(h @ state["hidden2.linear.weight"].T + state["hidden2.linear.bias"])
        return h @ state["output.linear.weight"].T + state["output.linear.bias"]

    return net, [tensor.requires_grad_() for tensor in state.values()]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_hundred_steps_have_pytorchs_losses(name):
    kind, options = OPTIMIZERS[name]
    training = Training(SMALL.changed(optimizer=name.split()[0], optimizer_options=options, lr=0.02, epochs=50))
    net, parameters = twin(training)
    optimizer = getattr(torch.optim, kind)(parameters, lr=0.02, **options)
    x, y = torch.tensor(training.data.train.inputs), torch.tensor(training.data.train.targets)
    ours, theirs = [], []
    for _ in range(100):
        rows = torch.tensor(training.batch_rows())
        training.finish_batch()
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(net(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        ours.append(training.loss.item()), theirs.append(loss.item())
    assert ours[-1] != ours[0]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)


# --- what can't go on --------------------------------------------------------------------------------------------------


def test_an_exploding_training_says_where_it_began():
    settings = Settings(data="parabola", hidden=(4,), activation="relu", lr=1e6, epochs=100)
    with pytest.raises(NotFinite, match=r"^step \d+ \(epoch \d+\): .*smaller learning rate") as caught:
        finished(settings)
    assert caught.value.step > 0


def test_infinite_data_are_told():
    training = Training(SMALL)
    training.data.train.inputs[:] = np.inf
    with pytest.raises(NotFinite, match="^step 0 .*x is given with an infinity"):
        training.finish_batch()


def test_a_weight_that_is_nan_is_told():
    training = Training(SMALL)
    training.model[1].linear.weight.data = np.full((3, 4), np.nan)
    with pytest.raises(NotFinite, match="^step 0 .*W2 is given with a NaN"):
        training.finish_batch()


def test_after_a_failure_the_weights_are_those_before_the_step():
    training = Training(SMALL)
    training.finish_batch()
    state = training.state_dict()
    inputs = training.data.train.inputs.copy()
    training.data.train.inputs[:] = np.nan
    with pytest.raises(NotFinite):
        training.finish_batch()
    training.data.train.inputs[:] = inputs
    assert_same(state, training.state_dict())


def test_a_loss_that_does_not_fit_the_targets():
    with pytest.raises(
        SettingsError, match="loss 'cross_entropy' doesn't fit a regression target; auto, squared_error do"
    ):
        Training(Settings(data="sine", loss="cross_entropy"))


def test_a_dataset_that_is_not_there():
    with pytest.raises(DataError, match="did you mean moons"):
        Training(Settings(data="moon"))


def test_a_state_of_another_network():
    with pytest.raises(RuntimeError, match="hidden2"):
        Training(SMALL.changed(hidden=(4,))).load_state_dict(Training(SMALL).state_dict())


def test_batch_normalization_of_a_single_row_is_refused_before_it_happens():
    with pytest.raises(SettingsError, match="batch_size leaves a piece of a single row"):
        Training(SMALL.changed(batch_size=13, normalization="batch"))


def test_trainings_in_several_threads_draw_their_own_numbers():
    settings = Settings(data="xor", hidden=(8,), dropout=0.3, epochs=60)
    alone = trained_weights(settings)
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(trained_weights, [settings] * 8))
    assert all(np.array_equal(one[name], alone[name]) for one in together for name in alone)


def trained_weights(settings):
    training = Training(settings)
    while not training.is_finished:
        training.finish_epoch()
    return training.weights()


WAYS = {
    "plain": {},
    "adam": {"hidden": (8, 8), "activation": "relu", "optimizer": "adam", "lr": 0.01, "batch_size": 16},
    "momentum": {"optimizer_options": {"momentum": 0.9, "nesterov": True}, "schedule": "cosine", "warmup": 2},
    "batch norm": {"normalization": "batch", "hidden": (8, 8)},
    "layer norm": {"normalization": "layer", "hidden": (8, 8), "activation": "gelu"},
    "dropout": {"dropout": 0.3, "hidden": (8, 8)},
    "residual": {"residual": True, "hidden": (8, 8, 8)},
    "pieces, clipped": {"accumulate": 3, "batch_size": 32, "clip": 0.1},
    "values clipped": {"clip_value": 0.01, "optimizer": "rmsprop", "lr": 0.01},
    "pictures": {"data": "digits", "network": "conv", "hidden": (4, 8), "batch_size": 32},
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("way", WAYS)
def test_whole_batches_are_programs_and_give_what_their_phases_give_bit_for_bit(way):
    settings = Settings(**{"data": "moons", "epochs": 30, **WAYS[way]})
    whole, phased = Training(settings), Training(settings)
    for _ in range(8):
        whole.finish_batch()
        while phased.advance() != "update":
            pass
        assert whole.batch_loss == phased.batch_loss
    for name, value in whole.weights().items():
        np.testing.assert_array_equal(value, phased.weights()[name])


def test_tiers_train_the_same_network():
    pytest.importorskip("numba")
    numpy, numba = (Training(SMALL.changed(tier=tier)) for tier in ("numpy", "numba"))
    while not numpy.is_finished:
        numpy.finish_epoch()
        numba.finish_epoch()
    for name, weight in numpy.weights().items():
        np.testing.assert_allclose(numba.weights()[name], weight, rtol=1e-9)


@pytest.mark.parametrize(
    "settings",
    [
        {"data": "moons", "hidden": (5, 5), "normalization": "batch", "dropout": 0.2, "residual": True},
        {"data": "digits", "network": "conv", "hidden": (3,), "data_options": {"count": 60}},
        {"data": "spirals"},
    ],
)
def test_the_network_as_a_program_gives_the_very_same_numbers(settings):
    training = Training(settings_for(**settings))
    rows = training.data.train.inputs[:20]
    for _ in range(5):
        training.finish_batch()
        np.testing.assert_array_equal(outputs(training.replayed, rows), outputs(training.model, rows))
        with in_single_precision(training.model):
            found = outputs(training.replayed, rows.astype(np.float32))
            np.testing.assert_array_equal(found, outputs(training.model, rows.astype(np.float32)))
        assert found.dtype == np.float32
    assert not training.replayed.reason
