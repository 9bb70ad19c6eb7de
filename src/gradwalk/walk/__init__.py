"""The walk: a tape frozen with its backward pass, and everything that can be asked of it."""

from gradwalk.walk.check import check
from gradwalk.walk.compare import compare
from gradwalk.walk.cost import cost
from gradwalk.walk.grain import stretches
from gradwalk.walk.layout import layout
from gradwalk.walk.model import FORMAT, Elided, Node, Step, WalkData, WalkError
from gradwalk.walk.record import walk
from gradwalk.walk.replay import replay, restored, rounded, update
from gradwalk.walk.save import dumps, load, loads, save
from gradwalk.walk.walk import QUESTIONS, RENDERERS, Walk
from gradwalk.walk.why import why

QUESTIONS.update(
    replay=replay,
    rounded=rounded,
    update=update,
    save=save,
    why=why,
    check=check,
    cost=cost,
    compare=compare,
    stretches=stretches,
    layout=layout,
)

__all__ = [
    "FORMAT",
    "QUESTIONS",
    "RENDERERS",
    "Elided",
    "Node",
    "Step",
    "Walk",
    "WalkData",
    "WalkError",
    "dumps",
    "load",
    "loads",
    "restored",
    "save",
    "walk",
]
