"""One file a model, named as in params.yaml.

build(shape, regions, normalise, params): a Keras network, which takes segments.
members(params, seed, segments): scikit-learn estimators of songs' or segments' statistics.
space(trial): what a search may try, as changes of params by dotted key; see stages.tune.
"""
