from musicregion.storage.import_closure import direct_imports
from musicregion.tracking.logged_model import OTHER_ROOMS


def test_no_prediction_imports_a_room_that_is_left_out():
    imported, waiting = set(), {"musicregion.inference.serving"}
    while waiting:
        imported |= waiting
        waiting = {name for module in waiting for name in direct_imports(module)} - imported
    assert len(imported) > 30
    assert {name.split(".")[1] for name in imported}.isdisjoint(OTHER_ROOMS)
