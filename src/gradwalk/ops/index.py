"""Picking entries, and putting them back where they came from."""

from __future__ import annotations
