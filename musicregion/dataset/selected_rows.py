"""Rows of features that stay on the disk: a part or a fold is a list of indices, not a copy."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

BLOCK_BYTES = 32e6  # of features, read at a time


@dataclass(frozen=True)
class SelectedRows:
    """Rows of an array, memory-mapped or not; indexing reads those that are asked for, no others.

    It has shape and dtype, and can be indexed and converted, as an array.
    """

    array: np.ndarray  # [row, ...]
    rows: np.ndarray  # int [n], of the array

    @property
    def shape(self) -> tuple[int, ...]:
        return len(self.rows), *self.array.shape[1:]

    @property
    def dtype(self) -> np.dtype:
        return self.array.dtype

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: Any) -> np.ndarray:  # noqa: ANN401
        """As of an array. index: of the rows, or a tuple of it and of what the other axes take."""
        first, *others = index if isinstance(index, tuple) else (index,)
        selected: np.ndarray = self.array[self.rows[first]]
        return selected[..., *others] if others else selected

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:  # noqa: ANN401
        """All rows as an array in memory."""
        return np.asarray(self.array[self.rows], dtype)


FeatureArray = np.ndarray | SelectedRows  # float32 [segment, time, channel]


def select_rows(array: FeatureArray, index: np.ndarray | slice) -> SelectedRows:
    """Some rows of an array, or of rows selected before, in the order of `index`."""
    if isinstance(array, SelectedRows):
        return SelectedRows(array.array, array.rows[index])
    return SelectedRows(array, np.arange(len(array))[index])


def block_slices(array: FeatureArray, multiple: int = 1) -> Iterator[slice]:
    """Yield slices that cover the rows in order, each of about BLOCK_BYTES.

    multiple: all slices but the last have a multiple of so many rows.
    """
    row_bytes = math.prod(array.shape[1:]) * array.dtype.itemsize
    size = max(1, int(BLOCK_BYTES / row_bytes) // multiple) * multiple
    for start in range(0, len(array), size):
        yield slice(start, start + size)
