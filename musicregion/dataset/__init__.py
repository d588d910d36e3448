"""What a model learns from: features with labels, groups and parts."""
