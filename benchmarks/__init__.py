"""Speed figures, side by side with peers in one run, because machines differ and are noisy.

Workloads are plain data (`peers/workloads.py`), and each peer's file turns them into steps. Gradients are told from how far
a step moves the parameters, so that the very step that is timed is the one that was checked. Floors and goals stand in
`goals.py`; figures are kept in `results.json`, from which the report and the pictures are made.
"""
