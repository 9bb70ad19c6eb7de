"""Measure, keep and report: ``python -m benchmarks [GROUP …]``, all groups if none is named."""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import chart, commands, engine, fresh, lab, report, results, studio, walks
from benchmarks.peers import costs
from benchmarks.peers.field import OPTIONAL, PEERS, contest, field
from benchmarks.peers.workloads import SMALL, WORKLOADS
from benchmarks.timing import Row


def main(arguments: list[str]) -> int:
    """Measure in a fresh process, and write the results."""
    chosen = options(arguments)
    if not fresh.is_fresh():
        return fresh.again(arguments)
    if chosen.quick:
        return quick()
    for group in chosen.groups or groups(chosen.options):
        print(f"{group} …", file=sys.stderr, flush=True)
        results.keep(group, groups(chosen.options)[group]())
    found = results.load()
    chart.write(found)
    print(report.write(found))
    return 0


def options(arguments: list[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help="a letter of a workload, or a table's name")
    parser.add_argument("--quick", action="store_true", help="only compare everybody's gradients, on small workloads")
    parser.add_argument("--options", action="store_true", help="with torch.compile, tinygrad and CasADi, if installed")
    return parser.parse_args(arguments)


def quick() -> int:
    """Compare gradients and time nothing."""
    for key, workload in SMALL.items():
        print(f"({key}) {workload.name}: {', '.join(contestant.name for contestant in field(workload))}")
    return 0


def groups(options: bool) -> dict[str, Callable[[], Any]]:
    """What can be measured, by name: figures of workloads and nodes, and tables of rows."""
    names = (*PEERS, *OPTIONAL) if options else PEERS
    figures = {key: functools.partial(contest, workload, names) for key, workload in WORKLOADS.items()}
    costs_of_nodes = {"op": costs.op_costs, "memory": costs.memory, "start": costs.start, "growth": costs.growth}
    return {
        **{name: fresh.on_one_core()(measure) for name, measure in (figures | costs_of_nodes).items()},
        **{name: functools.partial(listed, rows) for name, rows in TABLES.items()},
    }


def listed(rows: Callable[[], Iterator[Row]]) -> list[Row]:
    """All rows of a table."""
    return list(rows())


TABLES: dict[str, Callable[[], Iterator[Row]]] = {
    "eager": engine.eager_ops, "step": engine.training_step, "walks": walks.walks, "kernel": walks.studio,
    "drag": studio.studio_drag, "commands": commands.train_commands, "training": commands.train_steps,
    "lab": lab.lab, "chain": engine.long_chain,
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
