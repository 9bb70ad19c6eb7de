"""``python -m gradwalk.cli``: the same as the command ``gradwalk``."""

from gradwalk.cli.main import main

main(prog_name="gradwalk")
