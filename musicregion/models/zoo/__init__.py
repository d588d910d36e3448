"""One module per model, named as in params.yaml.

Each defines either build or members, and space:

build(shape, regions, normalise, params): an untrained Keras network of segments.
members(params, seed, segments_shape, kind): unfitted scikit-learn pipelines for a kind of features,
    by their input: statistics of a "song" (always there) or of a "segment".
space(trial): suggests params to an Optuna trial, by dotted key; see stages.tune.
"""
