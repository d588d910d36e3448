"""The pipeline: one module per DVC stage, and the few pure modules that stages share."""
