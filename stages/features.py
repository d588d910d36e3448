"""`python -m stages.features`: computes the chosen features of every segment, an array a kind.

Writes data/features/<kind>.npy, float32 [segment, time, channel], rows as in segments.csv, and
data/features.csv.
"""

from musicregion.command import run
from musicregion.config import corpus, params
from musicregion.features.extract import describe_arrays, extract_corpus
from musicregion.features.registry import KINDS
from musicregion.features.tutorial_json import write_json
from musicregion.storage import tables
from musicregion.storage.files import prune
from musicregion.storage.paths import FEATURES, TUTORIAL_JSON


def main() -> None:
    settings = params.load_for_command(__doc__)
    for kind in settings.kinds:
        array = extract_corpus(kind, KINDS[kind], getattr(settings, kind))
        print(f"{kind}: {array.shape} [segment, time, channel], {array.nbytes / 1e6:.1f} MB")
        if kind == "mfcc" and settings.mfcc.json_:
            classes = corpus.load(settings.corpus).classes()
            regions = tables.SEGMENTS.read()["region"]
            labels = [region if region in classes else None for region in regions]
            write_json(array, labels, TUTORIAL_JSON)
    files = {path for path in FEATURES.iterdir() if path.stem in settings.kinds}
    with_json = "mfcc" in settings.kinds and settings.mfcc.json_
    prune(FEATURES, files | ({TUTORIAL_JSON} if with_json else set()))
    describe_arrays(settings.kinds)


if __name__ == "__main__":
    run(main)
