"""Files: where each one is, and writing it whole or not at all."""
