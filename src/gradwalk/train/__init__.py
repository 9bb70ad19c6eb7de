"""Training: a function of settings and data, which can be stopped, looked at, saved and gone back to at any step."""

from gradwalk.train.defaults import settings_for
from gradwalk.train.nonfinite import NotFinite
from gradwalk.train.readings import Activity, Reading
from gradwalk.train.record import Record
from gradwalk.train.settings import Settings, SettingsError
from gradwalk.train.training import Phase, Training, TrainingError

__all__ = [
    "Activity",
    "NotFinite",
    "Phase",
    "Reading",
    "Record",
    "Settings",
    "SettingsError",
    "Training",
    "TrainingError",
    "settings_for",
]
