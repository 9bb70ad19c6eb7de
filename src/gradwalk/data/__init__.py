"""Data to learn from: made ones with a seed, handwritten digits, and tables."""

from gradwalk.data.batches import Batches, split
from gradwalk.data.curves import CURVES, curve
from gradwalk.data.dataset import DataError, Dataset
from gradwalk.data.digits import digits
from gradwalk.data.makers import MAKERS, make
from gradwalk.data.points import circles, drawn, gaussians, moons, spirals, xor
from gradwalk.data.scaling import Scaling, in_original_units, standardise
from gradwalk.data.table import parse_csv, read_csv

__all__ = [
    "CURVES",
    "MAKERS",
    "Batches",
    "DataError",
    "Dataset",
    "Scaling",
    "circles",
    "curve",
    "digits",
    "drawn",
    "gaussians",
    "in_original_units",
    "make",
    "moons",
    "parse_csv",
    "read_csv",
    "spirals",
    "split",
    "standardise",
    "xor",
]
