"""A small picture as PNG, so that ten thousand cells of a map are one element of a page."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np


def png(pixels: Any) -> bytes:
    """An array (height, width, 4) of bytes, red green blue and opacity, as a PNG file."""
    array = np.ascontiguousarray(pixels, np.uint8)
    height, width, _ = array.shape
    rows = b"".join(b"\0" + row.tobytes() for row in array)  # 0: this row is stored as it is
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits, RGBA
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def data_address(pixels: Any) -> str:
    """The picture as an address that holds it, for an ``image`` or ``img`` element."""
    return f"data:image/png;base64,{base64.b64encode(png(pixels)).decode()}"
