import numpy as np
import pytest

from musicregion.dataset import selected_rows
from musicregion.dataset.selected_rows import SelectedRows, block_slices, select_rows

ARRAY = np.arange(10 * 4 * 3, dtype="float32").reshape(10, 4, 3)
ROWS = np.array([7, 2, 2, 9])


@pytest.mark.parametrize(
    "index",
    [1, slice(1, 3), np.array([3, 0]), [True, False, True, False], (slice(None), 0, [2, 1])],
    ids=str,
)
def test_indexing_gives_what_a_copy_would(index):
    selected, copied = select_rows(ARRAY, ROWS), ARRAY[ROWS]
    assert np.array_equal(selected[index], copied[index])
    assert selected[index].shape == copied[index].shape


def test_it_has_the_shape_and_type_of_a_copy_and_becomes_one():
    selected, copied = select_rows(ARRAY, ROWS), ARRAY[ROWS]
    assert (selected.shape, selected.dtype, len(selected)) == (copied.shape, copied.dtype, 4)
    assert np.array_equal(np.asarray(selected), copied)
    assert np.asarray(selected, "float64").dtype == "float64"


def test_rows_of_rows_are_rows_of_the_array():
    selected = select_rows(select_rows(ARRAY, ROWS), slice(None, None, 2))
    assert selected.array is ARRAY
    assert selected.rows.tolist() == [7, 2]


@pytest.mark.parametrize(("multiple", "starts"), [(1, [0, 3, 6, 9]), (2, [0, 2, 4, 6, 8])])
def test_blocks_cover_all_rows_in_order(monkeypatch, multiple, starts):
    monkeypatch.setattr(selected_rows, "BLOCK_BYTES", 3 * ARRAY[0].nbytes)
    blocks = list(block_slices(ARRAY, multiple))
    assert [block.start for block in blocks] == starts
    assert np.array_equal(np.concatenate([ARRAY[block] for block in blocks]), ARRAY)


def test_a_block_has_a_row_at_least(monkeypatch):
    monkeypatch.setattr(selected_rows, "BLOCK_BYTES", 1)
    assert len(list(block_slices(SelectedRows(ARRAY, ROWS)))) == len(ROWS)
