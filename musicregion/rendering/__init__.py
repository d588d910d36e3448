"""ABC and MIDI to audio."""
