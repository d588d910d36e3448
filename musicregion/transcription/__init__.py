"""Audio to notes."""
