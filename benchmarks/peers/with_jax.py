"""JAX, compiled by XLA, on one thread: the whole step is one compiled function that may reuse the parameters' memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.peers import functional
from benchmarks.peers.contest import Contestant, training
from benchmarks.peers.workloads import RATE, Array, Convolutions, Elements, Network

NAME = "JAX jit"


def network(work: Network | Convolutions) -> Iterator[Contestant]:
    """A step of training; it waits for the loss."""
    x, y, arrays = work.arrays()
    loss_of = LOSSES[type(work)](jnp, work)
    x, y = jnp.array(x), jnp.array(y)
    now: list[Any] = []

    def stepped(parameters: list[Any], x: Any, y: Any) -> tuple[Any, list[Any]]:
        loss, gradients = jax.value_and_grad(loss_of)(parameters, x, y)
        return loss, [p - RATE * g for p, g in zip(parameters, gradients, strict=True)]

    compiled = jax.jit(stepped, donate_argnums=0)

    def step() -> Any:
        loss, now[:] = compiled(now, x, y)
        return loss.block_until_ready()

    def write(values: Sequence[Array]) -> None:
        now[:] = [jnp.array(value) for value in values]

    write(arrays)
    yield training(NAME, step, lambda: [np.array(p) for p in now], write)


def elements(work: Elements) -> Iterator[Contestant]:
    """The sum of elementwise ops and its three gradients."""
    parameters = [jnp.array(array) for array in work.arrays()]
    compiled = jax.jit(jax.value_and_grad(functional.elements_loss(jnp, work)))
    yield Contestant(
        NAME,
        lambda: jax.block_until_ready(compiled(parameters)),
        lambda: [np.array(g) for g in compiled(parameters)[1]],
    )


def convolutions_loss(library: Any, work: Convolutions) -> Callable[..., Array]:
    """The loss of the convolutional network as a function of parameters, images and classes."""

    def convolved(x: Array, w: Array, b: Array) -> Array:
        return jax.nn.relu(jax.lax.conv_general_dilated(x, w, (1, 1), "VALID") + b[:, None, None])

    def forward(parameters: Sequence[Array], x: Array, y: Array) -> Array:
        w1, b1, w2, b2, w3, b3 = parameters
        tile = (1, 1, 2, 2)
        x = jax.lax.reduce_window(convolved(x, w1, b1), -jnp.inf, jax.lax.max, tile, tile, "VALID")
        flat = convolved(x, w2, b2).reshape(len(x), -1)
        return functional.cross_entropy(library, flat @ w3 + b3, y)

    return forward


LOSSES = {Network: functional.network_loss, Convolutions: convolutions_loss}
WAYS: dict[type, Callable[..., Iterator[Contestant]]] = {
    Network: network,
    Elements: elements,
    Convolutions: network,
}
