"""The table that the kernel reads: each instruction is a row of integers.

An instruction calls one of NumPy's inner loops (or a loop of our own) on up to four operands, the result last. An
operand lies at an offset from a slot's memory; slot 0 is address 0, so that what never moves has its address as offset.
The inner loop goes over the innermost dimension; the kernel repeats it over up to two dimensions around that.
"""

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
BLOCKS = 3  # the next rows, as many as SIZES says, together on one block after the other; ROWS blocks in all

# Opcodes of product_loops.py, in float32 and float64
PRODUCT_4, PRODUCT_8 = (
    4,
    5,
)  # small matrix products; where FUNCTION is 1, a row before the result is added to each of its
TURN_4, TURN_8 = 6, 7  # out = x.T

# Opcodes of index_loops.py
TAKE_4, TAKE_8 = 10, 11  # out[…] = x[…, index[…], …]; DATA is the bytes from one entry to the next
ADD_AT_4, ADD_AT_8 = 12, 13  # out[…, index[…], …] += x[…], in float32 and float64; DATA as above
CHECK = 14  # stop unless all indices are from 0 up to DATA; FUNCTION is the check's number
COUNT = 15  # out += how many are true
CAST = 16  # the same numbers in another type; DATA is the position in CASTS
LARGEST = 17  # the largest of each short row, or NaN; SIZES are columns and rows, DATA is how many bytes a number has
SUM_OF_ROWS = 18  # of short ones; SIZES and DATA as above
AT_LEAST = 19  # out = max(x, number), with one number for all; DATA as above
CASTS = ("?l", "?f", "?d", "lf", "ld", "fd", "df")  # from which type to which

# Opcodes of nests.py: up to four dimensions (SIZES) in one loop of our own, with STEPS of the source, then of the target
COPY_4, COPY_8 = 20, 21  # target = source, for elements of four and of eight bytes
ADD_4, ADD_8 = 22, 23  # target += source, in float32 and float64
LARGER_4, LARGER_8 = 24, 25  # target = the larger of target and source, or NaN
FIRST_4, FIRST_8 = 26, 27  # out = waiting and x == largest, waiting = waiting and not out; the inner dimension first

# Opcodes of passes.py, in float32 and float64
AXPY_4, AXPY_8 = 30, 31  # out = y - factor * x; operands: factor, x, y, out
OUTER_AXPY_4, OUTER_AXPY_8 = 32, 33  # outer = x[:, None] * y, out -= factor * outer; DATA is the factor's address
SLOPE_4, SLOPE_8 = 34, 35  # out = factor * (start - x * x); operands: start, x, factor, out

# More of a row of BLOCKS: how many elements a block has, and the last one; how many there are in all. FUNCTION is one loop that
# does the same, or 0; DATA leads to a table of what the rows read and write, with a column for each (PLANES in number).
BLOCK_SIZE, LAST_SIZE, WHOLE_SIZE = SIZES + 1, SIZES + 2, SIZES + 3
SPAN_SLOTS, SPAN_OFFSETS, SPAN_BYTES, SPAN_WRITTEN, SPAN_ADDRESSES = range(5)

# The head of a stretch of instructions
TABLE, OBJECTS, MEMORY, SCRATCH, LENGTH, SLOT_COUNT = range(6)
