"""Predicts the region of new songs with a trained model."""
