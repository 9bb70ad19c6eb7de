"""Make houses.csv: prices that follow a formula, so that one can judge what a network learns from them.

python examples/make_houses.py
"""

import sys
from pathlib import Path

import numpy as np

BASE, PER_SQUARE_METRE, PER_BEDROOM, NOISE = 50_000, 1_500, 15_000, 2_000
HOUSES = 300

COMMENT = f"""\
# Synthetic: no real houses. Made by make_houses.py, seed 0.
# price = {BASE} + {PER_SQUARE_METRE} · size + {PER_BEDROOM} · bedrooms + noise (normal, standard deviation {NOISE})
# size in square metres; price in euros; bedrooms drawn independently of size, so that both weights can be told apart
"""


def houses() -> str:
    """The text of the file."""
    random = np.random.default_rng(0)
    size, bedrooms = random.integers(40, 241, HOUSES), random.integers(1, 6, HOUSES)
    noise = NOISE * random.standard_normal(HOUSES)
    price = np.round(BASE + PER_SQUARE_METRE * size + PER_BEDROOM * bedrooms + noise).astype(int)
    rows = "".join(f"{s},{b},{p}\n" for s, b, p in zip(size, bedrooms, price, strict=True))
    return f"{COMMENT}size,bedrooms,price\n{rows}"


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("houses.csv"))
    path.write_text(houses(), encoding="utf-8")
    print(f"{HOUSES} houses written to {path.name}")
