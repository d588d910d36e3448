"""params.yaml and corpus files: sections, bounds, and errors that name the key."""
