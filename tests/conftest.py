"""What holds for all tests."""

import gc


def pytest_collection_finish(session):
    """Sixteen thousand tests and PyTorch are nobody's garbage: looking through them again and again takes a while."""
    gc.collect()
    gc.freeze()
