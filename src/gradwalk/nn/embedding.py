"""Embedding: a learned table with one row of numbers for each word (or whatever is numbered)."""

from __future__ import annotations

from typing import Any

from gradwalk.errors import ShapeError
from gradwalk.nn import init
from gradwalk.nn.module import Module
from gradwalk.nn.parameter import Parameter, empty_parameter
from gradwalk.operators import functions
from gradwalk.recording import no_grad
from gradwalk.tensor import Tensor


class Embedding(Module):
    """Look rows up in a learned table: ``weight`` of shape (num_embeddings, embedding_dim), normally distributed at first.

    The row ``padding_idx`` starts as zeros and doesn't learn.
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ):
        super().__init__()
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = self._row(padding_idx)
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq, self.sparse = scale_grad_by_freq, sparse
        if _weight is None:
            self.weight = empty_parameter(num_embeddings, embedding_dim, device=device, dtype=dtype)
            self.reset_parameters()
        elif _weight.shape != (num_embeddings, embedding_dim):
            raise ShapeError(f"the weight has shape {_weight.shape}, not {(num_embeddings, embedding_dim)}")
        else:
            self.weight = Parameter(_weight)
        self.weight.requires_grad_(not _freeze)

    def _row(self, padding_idx: int | None) -> int | None:
        """The padding row counted from the start."""
        if padding_idx is None:
            return None
        if not -self.num_embeddings <= padding_idx < self.num_embeddings:
            raise ValueError(f"padding_idx {padding_idx} must be within num_embeddings, {self.num_embeddings}")
        return padding_idx % self.num_embeddings

    @classmethod
    def from_pretrained(
        cls, embeddings: Tensor, freeze: bool = True, padding_idx: int | None = None, **keywords: Any
    ) -> Embedding:
        """A layer around a table that exists already."""
        if embeddings.ndim != 2:
            raise ShapeError(f"an embedding is a table of rows, and this has shape {embeddings.shape}")
        rows, width = embeddings.shape
        return cls(rows, width, padding_idx, _weight=embeddings, _freeze=freeze, **keywords)

    def reset_parameters(self) -> None:
        """Draw new rows."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0.0

    def forward(self, input: Tensor) -> Tensor:
        """The rows of these numbers."""
        return functions["embedding"](  # type: ignore[no-any-return]
            input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse
        )

    def extra_repr(self) -> str:
        """The sizes; the other settings where they aren't the usual ones."""
        settings = [
            ("padding_idx", self.padding_idx, None),
            ("max_norm", self.max_norm, None),
            ("norm_type", self.norm_type, 2),
            ("scale_grad_by_freq", self.scale_grad_by_freq, False),
            ("sparse", self.sparse, False),
        ]
        shown = "".join(f", {name}={value}" for name, value, usual in settings if value != usual)
        return f"{self.num_embeddings}, {self.embedding_dim}{shown}"
