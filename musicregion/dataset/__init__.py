"""The data that models are trained on: features with labels, groups and parts."""
