"""How well a model classifies songs that it was not trained on."""
