"""Decodes audio files, cuts them into equal windows, and fingerprints them."""
