"""Arranges tunes as songs, and turns them into audio."""
