"""`python -m stages.features`: computes the chosen features of every segment, as one array.

Writes data/<features>/features.npy, float32 [segment, time, channel], rows as in segments.csv.
"""

from musicregion.command import run
from musicregion.config import corpus, params
from musicregion.features.extract import extract_corpus
from musicregion.features.registry import KINDS
from musicregion.features.tutorial_json import write_json
from musicregion.storage import tables
from musicregion.storage.paths import TUTORIAL_JSON


def main() -> None:
    settings = params.load_for_command(__doc__)
    name = settings.features
    array = extract_corpus(name, KINDS[name], getattr(settings, name))
    print(f"{name}: {array.shape} [segment, time, channel], {array.nbytes / 1e6:.1f} MB")
    if name == "mfcc" and settings.mfcc.json_:
        classes = corpus.load(settings.corpus).classes()
        regions = tables.SEGMENTS.read()["region"]
        labels = [region if region in classes else None for region in regions]
        write_json(array, labels, TUTORIAL_JSON)
    elif name == "mfcc":
        TUTORIAL_JSON.unlink(missing_ok=True)


if __name__ == "__main__":
    run(main)
