"""The walk: a tape frozen with its backward pass, and everything that can be asked of it."""

from gradwalk.walk.model import FORMAT, Elided, Node, Step, WalkData, WalkError
from gradwalk.walk.record import walk
from gradwalk.walk.replay import replay, restored, rounded, update
from gradwalk.walk.save import dumps, load, loads, save
from gradwalk.walk.walk import QUESTIONS, RENDERERS, Walk

QUESTIONS.update(replay=replay, rounded=rounded, update=update, save=save)

__all__ = ["FORMAT", "QUESTIONS", "RENDERERS", "Elided", "Node", "Step", "Walk", "WalkData", "WalkError", "dumps", "load", "loads", "restored", "save", "walk"]
