"""Optimizers: how a gradient becomes a change of the parameters. Names, defaults and results are PyTorch's."""

from gradwalk.optim import lr_scheduler
from gradwalk.optim.adagrad import Adagrad
from gradwalk.optim.adam import Adam, AdamW
from gradwalk.optim.optimizer import Optimizer
from gradwalk.optim.rmsprop import RMSprop
from gradwalk.optim.settings import OptimizerError
from gradwalk.optim.sgd import SGD
from gradwalk.optim.update import update_formula

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Optimizer",
    "OptimizerError",
    "RMSprop",
    "lr_scheduler",
    "update_formula",
]
