"""The search for better params."""
