"""Networks on musicnn's activations; benchmarks.transfer compares them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.augmented_batches import Augment, make_batches
from musicregion.config.params import Params
from musicregion.dataset.dataset import Dataset

if TYPE_CHECKING:
    import keras

EPOCHS, BATCH = 15, 64  # BATCH: segments
BAG_EPOCHS, BAG_BATCH = 60, 16  # of attention, whose examples are songs: its epochs are short
BAG = 12  # segments of a song that attention gets in training, drawn again each epoch
UNITS, DROPOUT = 200, 0.5  # musicnn's own
SongPredictions = tuple[np.ndarray, np.ndarray]  # ids [song] and probabilities [song, region]


def fine_tuned_layers(shape: tuple[int, int], networks: tuple[str, ...]) -> "keras.Model":
    """Both networks' back ends with their pretrained weights: [patch, 3012] → [patch, 400]."""
    import keras
    from keras import layers

    from musicregion.features import musicnn_network
    from musicregion.storage import paths

    weights = musicnn_network.load_weights(paths.MUSICNN_WEIGHTS)
    inputs = keras.Input(shape)
    outputs = []
    width = shape[1] // len(networks)
    for index, name in enumerate(networks):
        back_end = keras.Sequential(
            [
                keras.Input((shape[0], width)),
                layers.BatchNormalization(epsilon=1e-3),
                layers.Dropout(DROPOUT),
                layers.Dense(UNITS, activation="relu"),
                layers.BatchNormalization(epsilon=1e-3),
            ]
        )
        # the checkpoint alternates a channel's maximum and mean, our features have all means first
        order = np.argsort(np.arange(width).reshape(2, -1)[::-1].T.ravel())
        first, second = (
            [
                weights[name][f"batch_normalization_{number}/{part}"]
                for part in ("gamma", "beta", "moving_mean", "moving_variance")
            ]
            for number in (9, 10)
        )
        back_end.layers[0].set_weights([value[order] for value in first])
        kernel, bias = weights[name]["dense/kernel"], weights[name]["dense/bias"]
        back_end.layers[2].set_weights([kernel[order], bias])
        back_end.layers[3].set_weights(second)
        outputs.append(back_end(inputs[:, :, index * width : (index + 1) * width]))
    return keras.Model(inputs, keras.ops.concatenate(outputs, axis=2))


def new_layer(shape: tuple[int, int], networks: tuple[str, ...]) -> "keras.Model":
    """An untrained hidden layer: [patch, 3012] → [patch, 200]."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input(shape),
            layers.BatchNormalization(),
            layers.Dropout(DROPOUT),
            layers.Dense(UNITS, activation="relu"),
            layers.BatchNormalization(),
        ]
    )


def compile_model(model: "keras.Model", steps: int) -> "keras.Model":
    import keras

    rate = keras.optimizers.schedules.CosineDecay(0.001, steps)
    model.compile(keras.optimizers.Adam(rate), loss="categorical_crossentropy")
    return model


def reset_seeds(settings: Params) -> np.random.Generator:
    import keras

    keras.utils.clear_session()
    keras.utils.set_random_seed(settings.train.seed)
    return np.random.default_rng(settings.train.seed)


def predict_by_patches(
    data: Dataset,
    settings: Params,
    make_layers: "Callable[[tuple[int, int], tuple[str, ...]], keras.Model]",
    augment: Augment,
    train: np.ndarray,
    test: np.ndarray,
) -> SongPredictions:
    """Layers on every patch, the mean over patches, softmax; then a song's segments pooled."""
    import keras
    from keras import layers

    from musicregion.models.opinion_pool import combine_segments

    random = reset_seeds(settings)
    shape = data.array.shape[1:]
    inputs = keras.Input(shape)
    hidden = make_layers(shape, settings.musicnn.networks)(inputs)
    mean = layers.Dropout(DROPOUT)(keras.ops.mean(hidden, axis=1))
    model = keras.Model(inputs, layers.Dense(len(data.regions), activation="softmax")(mean))
    batches = make_batches(data, train, augment, random, BATCH)
    compile_model(model, len(batches) * EPOCHS).fit(batches, epochs=EPOCHS, verbose=0)
    segments = model.predict(data.array[test], batch_size=512, verbose=0)
    return combine_segments(segments, data.songs[test])


def predict_by_attention(
    data: Dataset, settings: Params, train: np.ndarray, test: np.ndarray
) -> SongPredictions:
    """Gated attention over segments (Ilse, Tomczak, Welling 2018, equation 9)."""
    import keras
    from keras import layers

    from musicregion.dataset.balance import oversample

    random = reset_seeds(settings)
    means = data.segment_means("musicnn")
    centre, scale = means[train].mean(axis=0), means[train].std(axis=0) + 1e-6
    values = (means - centre) / scale
    inputs = keras.Input((None, values.shape[1]))
    hidden = layers.Dense(UNITS, activation="relu")(layers.Dropout(DROPOUT)(inputs))
    gate = layers.Dense(64, activation="tanh")(hidden) * layers.Dense(64, "sigmoid")(hidden)
    attention = keras.ops.softmax(layers.Dense(1)(gate), axis=1)  # [song, segment, 1]
    pooled = layers.Dropout(DROPOUT)(keras.ops.sum(attention * hidden, axis=1))
    model = keras.Model(inputs, layers.Dense(len(data.regions), activation="softmax")(pooled))
    songs, first = np.unique(data.songs[train], return_index=True)
    labels = data.labels[train][first]
    rows = {song: train[data.songs[train] == song] for song in songs}
    steps = max(1, len(oversample(labels, random)) // BAG_BATCH) * BAG_EPOCHS
    compile_model(model, steps)
    targets = np.eye(len(data.regions))
    for _ in range(BAG_EPOCHS):
        order = oversample(labels, random)
        bags = np.stack([values[random.choice(rows[songs[index]], BAG)] for index in order])
        model.fit(bags, targets[labels[order]], batch_size=BAG_BATCH, verbose=0)
    names = np.unique(data.songs[test])
    predictions = [model(values[None, test[data.songs[test] == song]])[0] for song in names]
    return names, np.array(predictions)
