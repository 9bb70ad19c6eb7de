"""``gradwalk train``: train a network on a dataset or a table, keep the run, go on with it, and report."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import click

from gradwalk.cli.output import note, show_json
from gradwalk.cli.progress import Display, display_for
from gradwalk.cli.train_options import chosen, settings_from, spelled, training_options
from gradwalk.data import DataError
from gradwalk.errors import GradwalkError
from gradwalk.train import NotFinite, SettingsError, Training
from gradwalk.train.preparing import TABLE_OPTIONS
from gradwalk.train.restoring import AFTERWARDS
from gradwalk.train.run import REPORT, Run
from gradwalk.train.summary import remarks, summary, told
from gradwalk.train.threads import one_thread
from gradwalk.train.writing import refuse_unwritable

SIGNALS = ("SIGINT", "SIGTERM")


@click.command("train", short_help="Train a network, keep the run, and report.")
@click.argument("data", required=False)
@training_options
@click.option("--linear", is_flag=True, help="No hidden layer: --hidden ''.")
@click.option(
    "--settings",
    "file",
    metavar="FILE",
    help="Settings from a JSON file (a run's config.json); options go before them.",
)
@click.option("--save", metavar="FOLDER", help="Keep the run in a new folder.")
@click.option("--resume", metavar="FOLDER", help="Go on with a run that was kept.")
@click.option("--walk-at", default="", metavar="STEPS", help="Keep the walks of these steps (0,10) in the run.")
@click.option("--report", metavar="FILE", help="Write a report as one HTML file (a kept run has one anyway).")
@click.option("--json", "as_json", is_flag=True, help="Each epoch as a line of JSON; the last line sums up.")
def command(
    data: str | None, linear: bool, file: str | None, save: str | None, resume: str | None, walk_at: str,
    report: str | None, as_json: bool, **options: Any,
) -> None:  # fmt: skip
    """Train a network on DATA: xor, moons, circles, spirals, gaussians, digits, line, sine, waves, … or a CSV file.

    \b
      gradwalk train moons
      gradwalk train digits --save run
      gradwalk train houses.csv --target price --linear
      gradwalk train --resume run

    The name alone trains well; options change what is usual for it. Ctrl-C keeps everything so far.
    """
    steps = _steps(walk_at)
    if steps and not (save or resume):
        raise click.UsageError("--walk-at keeps walks in a run: say where, with --save FOLDER")
    if report:
        refuse_unwritable(Path(report))
    with ExitStack() as stack:
        stack.enter_context(one_thread())
        stack.enter_context(_spelt_as_options())
        given = chosen(options) | ({"hidden": []} if linear else {})
        run: Run | None = None
        if resume:
            run = stack.enter_context(_resumed(data, file, save, given, Path(resume), steps))
            training = run.training
        else:
            training = Training(settings_from(data, file, given))
            run = stack.enter_context(Run.begin(Path(save), training, steps)) if save else None
        for sentence in remarks(training):
            note(sentence)
        if _is_stopped(training, run, display_for(training, as_json)):
            run = run or stack.enter_context(_rescued(training))
            note(f"stopped after step {training.step}; go on with: gradwalk train --resume {run.folder}")
        show_json(summary(training)) if as_json else click.echo(told(training))
        _report(training, run, report)


def _steps(text: str) -> list[int]:
    """The numbers of steps whose walks are wanted."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdecimal() for part in parts):
        raise click.UsageError(f"--walk-at takes the numbers of steps with commas between them (0,10), not {text!r}")
    return [int(part) for part in parts]


def _resumed(
    data: str | None, file: str | None, save: str | None, given: Mapping[str, Any], folder: Path, steps: list[int]
) -> Run:
    """The run that goes on; of its settings, only when to end can be changed."""
    foreign = [name for name in given if name not in AFTERWARDS]
    foreign += [name for name, value in (("data", data), ("settings", file), ("save", save)) if value]
    if foreign:
        raise click.UsageError(
            f"{spelled(foreign[0])} can't be given with --resume, because a run goes on as it began; "
            f"for a new one like it: gradwalk train --settings {folder / 'config.json'} …"
        )
    run = Run.resume(folder, steps, **given)
    for remark in run.remarks:
        note(remark)
    settings = run.training.settings
    if run.training.has_stopped_early:
        note(f"this run stopped early; --patience {2 * (settings.patience or 1)} would go on")
    elif run.training.is_finished:
        note(f"this run is finished; --epochs {2 * max(1, settings.epochs)} would go on")
    return run


@contextmanager
def _spelt_as_options() -> Iterator[None]:
    """Let errors name settings as they are written here: --batch-size for batch_size, --target for target=."""
    try:
        yield
    except SettingsError as error:
        raise GradwalkError(f"{spelled(error.setting, error.entry)} {error.sentence}") from None
    except DataError as error:
        spelt = re.sub(r"\btarget=", "--target ", str(error))
        spelt = re.sub(r"setting '(\w+)'", lambda found: spelled("data_options", found[1]), spelt)
        raise DataError(re.sub(rf"\b(?:{'|'.join(TABLE_OPTIONS)})=", r"--data-option \g<0>", spelt)) from None


# --- running -----------------------------------------------------------------------------------------------------------


@contextmanager
def _interruptions() -> Iterator[list[int]]:
    """The signals that arrive inside, in place of what they usually do; a second Ctrl-C is a KeyboardInterrupt again."""
    arrived: list[int] = []

    def arrive(number: int, frame: Any) -> None:
        if arrived:
            raise KeyboardInterrupt
        arrived.append(number)

    before = {name: signal.signal(getattr(signal, name), arrive) for name in SIGNALS}
    try:
        yield arrived
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _is_stopped(training: Training, run: Run | None, display: Display) -> bool:
    """Train to the end; whether it was interrupted before that."""
    with _interruptions() as arrived, display:
        while not training.is_finished and not arrived:
            try:
                training.finish_batch()
            except NotFinite as error:
                if run is not None:
                    _keep_before(run, error)
                raise
            if run is not None:
                run.keep()
            display.stepped(training)
    if run is not None:
        run.checkpoint()
    return bool(arrived) and not training.is_finished


def _keep_before(run: Run, error: NotFinite) -> None:
    """Keep the state before the step that met a NaN or an infinity, if it is still there, and say what can be done."""
    if not error.in_update:
        run.checkpoint()
    again = f"gradwalk train --settings {run.folder / 'config.json'} --lr {run.training.settings.lr / 10:g}"
    note(f"the state after step {run.saved_step} is kept in {run.folder}; to try another rate: {again}")


def _rescued(training: Training) -> Run:
    """Keep what an interruption left of a training that no folder was named for."""
    return Run.begin(next(path for path in _folders() if not path.exists()), training)


def _folders() -> Iterator[Path]:
    yield Path("gradwalk-run")
    yield from (Path(f"gradwalk-run-{number}") for number in count(2))


def _report(training: Training, run: Run | None, report: str | None) -> None:
    """Write the report where it is wanted."""
    from gradwalk.train.report import save_report

    targets = ([Path(report)] if report else []) + ([run.folder / REPORT] if run else [])
    for target in targets:
        save_report(training, target)
        note(f"saved {target}")
