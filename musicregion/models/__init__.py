"""Classifiers: training, calibration, saving and export to ONNX."""
