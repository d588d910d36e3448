"""MLflow: the store, runs, the logged model."""
