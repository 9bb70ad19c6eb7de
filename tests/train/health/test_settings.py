"""Settings are checked when they are made; remedies change just what they say."""

import json
from dataclasses import replace

import pytest

from gradwalk.train.health import REMEDIES, HealthSettings, HealthSettingsError, treated


def test_they_are_plain_json():
    settings = HealthSettings(depth=3, activation="relu", clip=2.0)
    assert HealthSettings.from_json(json.loads(json.dumps(settings.to_json()))) == settings


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"depth": 0}, "depth must be a whole number from 1 to 40, not 0"),
        ({"width": 2.5}, "width must be a whole number"),
        ({"activation": "sigmod"}, "did you mean sigmoid?"),
        ({"lr": 0.0}, "lr must be a number at least 1e-06"),
        ({"lr": float("nan")}, "lr must be a number"),
        ({"residual": 1}, "residual must be true or false, not 1"),
        ({"batch_size": 201}, "batch_size must be a whole number from 1 to 200"),
        ({"clip": -1.0}, "clip must be a number"),
        ({"dept": 3}, "dept is no setting (did you mean depth?)"),
    ],
)
def test_what_can_t_be_is_told(given, said):
    with pytest.raises(HealthSettingsError) as raised:
        HealthSettings.from_json(given)
    assert said in str(raised.value)
    assert raised.value.setting == next(iter(given))


@pytest.mark.parametrize("name", REMEDIES)
def test_a_remedy_changes_what_it_says_and_can_be_applied_twice(name):
    settings = HealthSettings(bias=1.0, init_scale=2.0, init="normal")
    after = treated(settings, [name])
    assert after != settings
    assert treated(settings, [name, name]) in (after, treated(after, [name]))


def test_rates_stay_within_bounds():
    assert treated(HealthSettings(lr=1000.0), ["higher"]).lr == 1000
    assert treated(HealthSettings(lr=1e-6), ["lower"]).lr == 1e-6


def test_several_remedies():
    after = treated(HealthSettings(), ["relu", "he", "residual", "clip"])
    assert after == replace(HealthSettings(), activation="relu", init="kaiming_normal", residual=True, clip=1.0)


@pytest.mark.parametrize(
    ("remedies", "said"),
    [
        (["relu", "leaky_relu"], "which both set the activation"),
        (["reul"], "did you mean relu?"),
        (["higher", "lower"], "rate"),
    ],
)
def test_remedies_that_don_t_go_together(remedies, said):
    with pytest.raises(HealthSettingsError, match=said.replace("?", r"\?")):
        treated(HealthSettings(), remedies)
