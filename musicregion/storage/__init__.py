"""Files: where each one is, and complete, atomic writes."""
