"""Classifiers: training, calibrating, saving and exporting them."""
