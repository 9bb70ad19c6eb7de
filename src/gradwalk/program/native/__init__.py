"""The Numba tier: the same programs, carried out by a compiled kernel."""
