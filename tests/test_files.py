"""Files appear whole or not at all."""

import os

import pytest

from gradwalk.files import write_durably


def test_a_file_is_written_and_replaced(tmp_path):
    target = tmp_path / "file"
    write_durably(target, b"old")
    write_durably(target, b"new")
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["file"]


def test_an_interruption_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "file"
    write_durably(target, b"old")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_durably(target, b"new")
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_folder_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_durably(tmp_path / "missing" / "file", b"new")
