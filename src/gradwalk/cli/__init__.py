"""The command line: ``gradwalk`` starts the studio; ``gradwalk walk``, ``why``, ``check``, ``cost``, ``compare``, ``export``, …"""

from gradwalk.cli.main import main

__all__ = ["main"]
