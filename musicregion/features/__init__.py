"""Segments to features."""
