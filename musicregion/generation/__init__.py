"""Makes new songs for a region."""
