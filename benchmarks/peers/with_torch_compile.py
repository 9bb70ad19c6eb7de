"""PyTorch with its compiler (an option: it takes its time to compile, and needs a C++ compiler)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import torch

from benchmarks.peers import with_torch
from benchmarks.peers.contest import Contestant
from benchmarks.peers.workloads import Convolutions, Network

NAME = "torch.compile"


def network(work: Network | Convolutions) -> Iterator[Contestant]:
    """A step of training, whose forward and backward passes are compiled."""
    for contestant in with_torch.network(work, torch.compile):
        yield dataclasses.replace(contestant, name=NAME)


WAYS: dict[type, Callable[..., Iterator[Contestant]]] = {Network: network, Convolutions: network}
