"""Sliding windows: convolution and pooling."""

from __future__ import annotations
