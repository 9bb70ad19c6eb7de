"""Questions about values that have no slope: which is the largest, in what order, how many."""

from __future__ import annotations
