"""How good a model is, on songs it was not trained on."""
