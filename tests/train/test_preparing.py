"""The data of a training: loaded by name or path, split by the seed, scaled by what is learned from."""

import numpy as np
import pytest

from gradwalk.train import Settings, SettingsError, settings_for
from gradwalk.train.preparing import is_table, prepared

CSV = "a,b\n" + "".join(f"{i},{3 * i + 1}\n" for i in range(50))


@pytest.fixture
def table(tmp_path):
    (tmp_path / "line.csv").write_text(CSV)
    return str(tmp_path / "line.csv")


def test_parts_make_the_whole():
    parts = prepared(Settings(data="moons", held_out=0.3, seed=5))
    assert (len(parts.train), len(parts.held_out)) == (140, 60)
    both = np.concatenate([parts.train.inputs, parts.held_out.inputs])
    whole = prepared(Settings(data="moons")).train.inputs
    np.testing.assert_array_equal(np.sort(both, axis=0), np.sort(whole, axis=0))


def test_the_seed_splits_and_the_points_stay():
    first, second = (prepared(Settings(data="moons", held_out=0.3, seed=seed)) for seed in (1, 2))
    assert not np.array_equal(first.held_out.inputs, second.held_out.inputs)


def test_what_is_held_out_has_no_say_in_the_scaling(table):
    parts = prepared(Settings(data=table, data_options={"target": "b"}, held_out=0.4, scale=True))
    assert parts.train.inputs.mean() == pytest.approx(0, abs=1e-12)
    assert parts.train.inputs.std() == pytest.approx(1)
    assert abs(parts.held_out.inputs.mean()) > 1e-6
    np.testing.assert_allclose(parts.train.targets, parts.train.inputs, atol=1e-12)  # a line, both scaled


def test_the_networks_type():
    data = prepared(Settings(data="moons", dtype="float32")).train
    assert (data.inputs.dtype, data.targets.dtype) == ("float32", "float32")
    assert prepared(Settings(data="digits", dtype="float32")).train.targets.dtype == "int64"


def test_names_and_tables_are_told_apart(table):
    assert is_table(table) and is_table("nowhere.csv")
    assert not is_table("moons") and not is_table("mons")


def test_a_tables_settings_are_a_linear_models(table):
    settings = settings_for(table, data_options={"target": "b"})
    assert (settings.hidden, settings.scale) == ((), True)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"data": "x.csv", "data_options": {"target": 3}}, "target must be a text, not 3"),
        ({"data": "digits", "data_options": {"count": 2.5}}, "count must be a whole number"),
        ({"data": "x.csv", "data_options": {"targt": "b"}}, "targt is no option of a table .did you mean target"),
        (
            {"data": "moons", "data_options": {"count": 2.5}},
            "count must be a whole number from 0 to 1,000,000, not 2.5",
        ),
        ({"data": "moons", "data_options": {"noise": None}}, "noise must be a number at least 0"),
    ],
)
def test_options_that_do_not_fit(settings, sentence):
    with pytest.raises(SettingsError, match=f"^data_options {sentence}"):
        prepared(Settings(**settings))


def test_one_column_needs_no_list_around_it(table):
    alone, listed = (
        prepared(Settings(data=table, data_options={"target": "b", "categorical": names})) for names in ("a", ["a"])
    )
    assert alone.train.columns == listed.train.columns
    assert len(alone.train.columns) == 50
