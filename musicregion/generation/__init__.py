"""New songs for a region."""
