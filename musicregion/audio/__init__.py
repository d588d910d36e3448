"""Audio files to equal windows, and to fingerprints."""
