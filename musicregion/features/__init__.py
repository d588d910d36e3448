"""Computes features of segments: spectral ones, and those of a pretrained network."""
