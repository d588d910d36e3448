"""A model of notes: training it, and playing what it writes."""
