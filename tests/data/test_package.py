"""`gradwalk.data` is there for whoever asks, and no sooner; and it says whose the digits are."""

import subprocess
import sys
from pathlib import Path

import gradwalk.data

HERE = Path(gradwalk.data.__file__).parent


def test_it_is_imported_when_first_asked_for():
    code = "import sys, gradwalk as gw; print('gradwalk.data' in sys.modules, len(gw.data.xor()))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split() == ["False", "4"]


def test_the_digits_come_with_their_licence():
    said = (HERE / "digits.LICENSE.txt").read_text()
    assert "E. Alpaydin and C. Kaynak" in said
    assert "CC BY 4.0" in said
    assert (HERE / "digits.npz").stat().st_size < 60_000
