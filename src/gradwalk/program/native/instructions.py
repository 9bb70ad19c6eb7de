"""The table that the kernel reads: each instruction is a row of integers.

An instruction calls one of NumPy's inner loops (or a loop of our own) on up to four operands, the result last. An
operand lies at an offset from a slot's memory; slot 0 is address 0, so that what never moves has its address as offset.
The inner loop goes over the innermost dimension; the kernel repeats it over up to two dimensions around that.
"""

import zlib

OPCODE, FUNCTION, DATA = 0, 1, 2  # what to call: an inner loop's address, and the data that it is handed
SIZES = 3  # what the inner loop is told: how many elements; for a product 1, rows, inner size, columns
PLANES, ROWS = 7, 8  # how often it is repeated
SLOTS, OFFSETS = 9, 13  # where each operand begins
STEPS = 17  # what the inner loop is told: bytes from one element to the next, for each operand (a product has nine)
ROW_STEPS, PLANE_STEPS = 26, 30  # bytes from one row or plane to the next, for each operand
WIDTH = 34

OPERANDS = 4

# Opcodes
LOOP = 0
SELECT_4, SELECT_8 = 1, 2  # where(condition, a, b), for elements of four and of eight bytes
PRODUCT_4, PRODUCT_8 = 3, 4  # small matrix products in float32 and float64
BLOCKS = 5  # the next rows, as many as SIZES says, together on one block after the other; ROWS blocks in all

# Opcodes of nests.py: up to four dimensions (SIZES) in one loop of our own, with STEPS of the source, then of the target
COPY_4, COPY_8 = 20, 21  # target = source, for elements of four and of eight bytes
ADD_4, ADD_8 = 22, 23  # target += source, in float32 and float64
LARGER_4, LARGER_8 = 24, 25  # target = the larger of target and source, or NaN
FIRST_4, FIRST_8 = (
    26,
    27,
)  # out = waiting and x == largest, waiting = waiting and not out; two dimensions, the inner one first

# The head of a stretch of instructions
TABLE, OBJECTS, MEMORY, SCRATCH, LENGTH, SLOT_COUNT = range(6)


def digest() -> str:
    """A few letters that stand for all numbers here: another table has others."""
    numbers = sorted((name, value) for name, value in globals().items() if name.isupper())
    return f"{zlib.crc32(repr(numbers).encode()):08x}"
