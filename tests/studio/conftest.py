import numpy as np
import pytest

from gradwalk.studio.kernel import Kernel


class Asked:
    """A kernel, and replies with their buffers as arrays."""

    def __init__(self, kernel=None):
        self.kernel = kernel or Kernel()

    def __call__(self, kind, **fields):
        head, buffers = self.kernel.handle({"id": 5, "kind": kind, **fields})
        assert head["id"] == 5
        return head, [np.frombuffer(buffer) for buffer in buffers]

    def open(self, name="house", **fields):
        head, _ = self("open", source={"example": name, **fields})
        assert head["kind"] == "walk", head
        return head

    def state(self, name="house", **leaves):
        head = self.open(name)
        ids = {node["name"]: str(node["id"]) for node in head["nodes"]}
        return {"key": head["key"], "leaves": {ids[leaf]: value for leaf, value in leaves.items()}}


@pytest.fixture
def ask():
    return Asked()
