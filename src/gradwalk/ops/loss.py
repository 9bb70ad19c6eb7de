"""How wrong a prediction is: one number, or one per example."""

from __future__ import annotations
