"""A language model of notes: trains it, samples new pieces from it and performs them as songs."""
