"""The command line: ``gradwalk walk``, ``why``, ``check``, ``cost``, ``compare``."""

from gradwalk.cli.main import main

__all__ = ["main"]
