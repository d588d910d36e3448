"""The pipeline: one module per DVC stage. Each reads params and inputs, calls, and writes."""
