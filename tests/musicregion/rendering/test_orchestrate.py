"""A part is played up to the end of the song, with velocities that MIDI has."""

import numpy as np

from musicregion.rendering.orchestrate import TICKS, UNEVENNESS, play_part


def test_a_part_ends_with_the_song_and_its_velocities_are_uneven():
    loud, soft = (
        [(beat / 2, 1.0, 60, velocity) for beat in range(200)] for velocity in (126.9, 0.1)
    )
    random = np.random.default_rng(0)
    middle = play_part([(beat / 2, 1.0, 60, 64.0) for beat in range(200)], 40, False, 80, random)
    assert (middle.program, middle.is_drum) == (40, False)
    starts = [note.start / TICKS for note in middle.notes]
    assert starts == [beat / 2 for beat in range(160)]
    assert [note.duration / TICKS for note in middle.notes] == [1.0] * 159 + [0.5]
    assert UNEVENNESS * 0.8 < np.std([note.velocity for note in middle.notes]) < UNEVENNESS * 1.2
    for notes, limit in ((loud, 127), (soft, 1)):
        velocities = [note.velocity for note in play_part(notes, 0, True, 80, random).notes]
        assert limit in velocities
        assert min(velocities) >= 1
        assert max(velocities) <= 127
