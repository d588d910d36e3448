"""A trained model's predictions for new songs."""
