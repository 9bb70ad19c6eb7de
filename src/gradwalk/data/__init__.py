"""Data to learn from: made ones with a seed, handwritten digits, and tables."""

from gradwalk.data.dataset import DataError, Dataset
from gradwalk.data.makers import MAKERS, make
from gradwalk.data.points import circles, gaussians, moons, spirals, xor

__all__ = ["MAKERS", "DataError", "Dataset", "circles", "gaussians", "make", "moons", "spirals", "xor"]
