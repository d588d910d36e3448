"""Transcribes songs: audio to notes."""
