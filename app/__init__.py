"""Using a trained model: from the shell, on a page, as a service."""
