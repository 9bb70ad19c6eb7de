"""Settings: checked when made, plain JSON and back, and a sentence for whatever doesn't fit."""

import json

import pytest

from gradwalk.train import Settings, SettingsError


def test_settings_survive_json():
    settings = Settings(
        data="moons",
        data_options={"noise": 0.2},
        hidden=[8, 4],
        optimizer="adam",
        optimizer_options={"betas": [0.8, 0.99]},
        schedule="step",
        schedule_options={"step_size": 10},
        batch_size=16,
        clip=1,
    )
    document = json.loads(json.dumps(settings.to_json()))
    assert Settings.from_json(document) == settings
    assert settings.hidden == (8, 4)
    assert settings.clip == 1.0


def test_what_is_not_given_keeps_its_default():
    assert Settings.from_json({"seed": 3}) == Settings(seed=3)


def test_no_hidden_layer_is_allowed():
    assert Settings(hidden=[]).hidden == ()


WRONG = [
    ("lr", "fast", "lr must be a number above 0, not 'fast'"),
    ("lr", -0.1, "lr must be a number above 0, not -0.1"),
    ("lr", float("nan"), "lr must be a number above 0, not nan"),
    ("lr", True, "lr must be a number above 0, not True"),
    ("hidden", 4, "hidden must be a list of at most 100, not 4"),
    ("hidden", [4, 0], "hidden must be a whole number from 1 to 4,096, not 0"),
    ("hidden", [2.5], "hidden must be a whole number from 1 to 4,096, not 2.5"),
    ("activation", "tahn", "activation must be one of tanh, sigmoid, relu, leaky_relu, elu, gelu, silu, softplus, identity (did you mean tanh?), not 'tahn'"),
    ("dropout", 1.0, "dropout must be a number at least 0 and below 1, not 1.0"),
    ("held_out", 1, "held_out must be a number at least 0 and below 1, not 1"),
    ("batch_size", 0, "batch_size must be a whole number from 1 to 10,000,000, not 0"),
    ("residual", "yes", "residual must be true or false, not 'yes'"),
    ("data", "", "data must be a text, not ''"),
    ("optimizer_options", {"momentun": 0.9}, "optimizer_options momentun is no option of sgd (did you mean momentum?), which has momentum, dampening, weight_decay, nesterov"),
    ("optimizer_options", {"momentum": 2}, "optimizer_options momentum must be a number at least 0 and below 1, not 2"),
    ("schedule_options", {"gamma": 0.5}, "schedule_options gamma is no option of constant, which has none"),
    ("seed", -1, "seed must be a whole number from 0 to 9,223,372,036,854,775,807, not -1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG, ids=[f"{n}={v!r:.20}" for n, v, _ in WRONG])
def test_a_wrong_value_is_told_with_its_setting(name, value, sentence):
    with pytest.raises(SettingsError) as caught:
        Settings.from_json({name: value})
    assert str(caught.value) == sentence
    assert caught.value.setting == name


def test_an_unknown_setting_is_told_with_a_near_one():
    with pytest.raises(SettingsError, match=r"^epoch is no setting \(did you mean epochs\?\); there are data, "):
        Settings.from_json({"epoch": 3})


def test_a_document_that_holds_no_settings():
    with pytest.raises(SettingsError, match="^settings must be named values, not list$"):
        Settings.from_json([1])
