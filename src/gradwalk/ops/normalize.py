"""Softmax, and layers that centre and scale their input."""

from __future__ import annotations
