"""The settings of a training as options of the command line: read as JSON has them, checked by `Settings` itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from gradwalk.errors import GradwalkError
from gradwalk.train import Settings, SettingsError, settings_for

F = TypeVar("F", bound=Callable[..., Any])


def plain(text: str) -> Any:
    """A number, true, false or null as JSON writes it, several with commas between them as a list; else the text itself.

    >>> plain("0.5"), plain(".5"), plain("true"), plain("0.9,0.99"), plain("adam"), plain(",")
    (0.5, 0.5, True, [0.9, 0.99], 'adam', ',')
    """
    if "," in text.strip(","):  # a comma alone is itself, as in decimal=,
        return listed(text)
    for read in (json.loads, float):  # float: people also write .5
        try:
            return read(text)
        except ValueError:
            continue
    return text


def listed(text: str) -> list[Any]:
    """Several values with commas between them; none of an empty text."""
    return [plain(part.strip()) for part in text.split(",") if part.strip()]


def batch(text: str) -> Any:
    """A number of rows, or ``all``."""
    return None if text == "all" else plain(text)


@dataclass(frozen=True)
class Option:
    """One option: the setting that it is for (``group`` with a name inside a setting that has named values)."""

    setting: str
    metavar: str
    help: str
    read: Callable[[str], Any] = plain
    group: str = ""

    @property
    def flag(self) -> str:
        """How it is written."""
        return _flag(self.setting)


OPTIONS = (
    Option("target", "COLUMN", "Of a table: the column to be predicted.", str, "data_options"),
    Option("count", "N", "How many points to make.", plain, "data_options"),
    Option("noise", "NUMBER", "The standard deviation of their noise.", plain, "data_options"),
    Option("network", "KIND", "dense, or conv for pictures.", str),
    Option("hidden", "WIDTHS", "Hidden layers: 8 or 16,16; '' for none.", listed),
    Option("activation", "NAME", "tanh, sigmoid, relu, leaky_relu, elu, gelu, silu, softplus or identity.", str),
    Option("init", "NAME", "How weights start: auto, default, xavier_…, kaiming_…, orthogonal, normal or zeros.", str),
    Option("init_scale", "NUMBER", "A factor on those weights."),
    Option("normalization", "KIND", "none, batch or layer.", str),
    Option("dropout", "SHARE", "The share of units that is left out at random."),
    Option("loss", "NAME", "auto, squared_error or cross_entropy.", str),
    Option("optimizer", "NAME", "sgd, adam, adamw, rmsprop or adagrad.", str),
    Option("lr", "RATE", "The learning rate."),
    Option("momentum", "SHARE", "Of sgd and rmsprop.", plain, "optimizer_options"),
    Option("weight_decay", "NUMBER", "Of all optimizers.", plain, "optimizer_options"),
    Option("schedule", "NAME", "How the rate goes: constant, step, exponential or cosine.", str),
    Option("warmup", "EPOCHS", "A linear rise of the rate before that."),
    Option("batch_size", "N", "Rows in a batch, or all.", batch),
    Option("accumulate", "N", "In how many pieces each batch is computed."),
    Option("clip", "NORM", "The most that the norm of all gradients may be."),
    Option("clip_value", "NUMBER", "The most that each entry of a gradient may be."),
    Option("epochs", "N", "How often to go through the data."),
    Option("patience", "EPOCHS", "Stop when so many epochs brought nothing better."),
    Option("held_out", "SHARE", "The share of rows to judge by, and not to learn from."),
    Option("seed", "N", "Where the random numbers start."),
    Option("dtype", "TYPE", "float64 or float32.", str),
    Option("tier", "NAME", "What runs the steps: numpy, or numba (faster; needs the extra fast).", str),
)
FLAGS = {
    "residual": "Add each layer's input to its result, where they are of one size.",
    "scale": "Bring columns to mean 0 and standard deviation 1.",
}
GROUPS = ("data_options", "optimizer_options", "schedule_options")


def _flag(setting: str) -> str:
    """``optimizer_options`` is written --optimizer-option, as often as wanted."""
    name = setting.removesuffix("s") if setting in GROUPS else setting
    return f"--{name.replace('_', '-')}"


def training_options(command: F) -> F:
    """Add all settings as options, from the tables."""
    for group in reversed(GROUPS):
        about = "Any other of its options."
        command = click.option(_flag(group), group, multiple=True, metavar="NAME=VALUE", help=about)(command)
    for name, about in reversed(FLAGS.items()):
        command = click.option(f"--{name}/--no-{name}", name, default=None, help=about)(command)
    for option in reversed(OPTIONS):
        command = click.option(option.flag, option.setting, metavar=option.metavar, help=option.help)(command)
    return command


def chosen(options: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that the options give, as `Settings` takes them."""
    settings: dict[str, Any] = {name: options[name] for name in FLAGS if options[name] is not None}
    for option in OPTIONS:
        text = options[option.setting]
        if text is not None:
            place = settings.setdefault(option.group, {}) if option.group else settings
            place[option.setting] = option.read(text)
    for group in GROUPS:
        if options[group]:
            settings.setdefault(group, {}).update(_pairs(group, options[group]))
    return settings


def _pairs(group: str, words: Iterable[str]) -> dict[str, Any]:
    """NAME=VALUE, as often as wanted."""
    pairs = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name.strip():
            raise SettingsError(group, f"takes NAME=VALUE, not {word!r}")
        pairs[name.strip().replace("-", "_")] = plain(text.strip())
    return pairs


def settings_from(data: str | None, file: str | None, given: Mapping[str, Any]) -> Settings:
    """The settings of a dataset, or of a file, with those that are given in their place."""
    if file is None:
        if data is None:
            raise SettingsError("data", "is missing: name a dataset (moons) or a table (houses.csv --target price)")
        return settings_for(data, **given)
    document = {**read_settings(Path(file)), **({"data": data} if data else {})}
    return Settings.from_json({**document, **given})


def read_settings(path: Path) -> dict[str, Any]:
    """The settings in a JSON file: alone, or in the config.json of a run."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError("settings", f"can't be read from {path}: {error.strerror}") from None
    except ValueError as error:
        raise SettingsError("settings", f"can't be read from {path}: it is no JSON ({error})") from None
    found = document.get("settings", document) if isinstance(document, dict) else document
    try:
        return Settings.from_json(found).to_json()
    except SettingsError as error:
        raise GradwalkError(f"{path}: {error}") from None


def spelled(setting: str, entry: str = "") -> str:
    """How a setting, or one of its named values, is written on the command line.

    >>> spelled("batch_size"), spelled("optimizer_options", "momentum"), spelled("optimizer_options", "betas")
    ('--batch-size', '--momentum', '--optimizer-option betas')
    """
    own = next(
        (one for one in OPTIONS if (one.group, one.setting) == ((setting, entry) if entry else ("", setting))), None
    )
    if own is not None:
        return own.flag
    if setting in GROUPS:
        return f"{_flag(setting)} {entry}".strip()
    return _ARGUMENTS.get(setting) or (_flag(setting) if setting in FLAGS else setting)


_ARGUMENTS = {"data": "DATA", "settings": "--settings", "save": "--save"}
