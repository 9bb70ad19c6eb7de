"""Functions of arrays as programs of the kernel."""

import numpy as np

from gradwalk.program.listing import Listing
from gradwalk.program.native import instructions
from gradwalk.program.native.loading import loading
from gradwalk.program.native.native import Native
from gradwalk.program.plan import Plan


def program(function, *arrays, settled=True):
    """A function of arrays as a program."""
    listing = Listing()
    given = [listing.cell(array) for array in arrays]
    found = function(*given)
    wanted = found if isinstance(found, list) else [found]
    return Native(Plan(listing.calls, given, wanted), given, wanted, (), loading(settled).wait())


def opcodes(native):
    """The instructions of a program."""
    tables = [
        x
        for x in native.found["kept"]
        if isinstance(x, np.ndarray) and x.ndim == 2 and x.shape[1] == instructions.WIDTH
    ]
    return [int(code) for table in tables for code in table[:, instructions.OPCODE]]
