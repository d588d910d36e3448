# make repro: train on the embedded corpus. make web: a page that predicts a song's region.
# make table: all experiments, the best first. make compare: train four models and compare them.
# make ui: look at the runs. make test: what any change should pass. make test-slow: the others.
# make test-all: both. make check: style, layers, types. make docs: the documentation as a site.
# make clean-store: delete the stored results of songs; they are computed or downloaded again.
# make games: fetch the soundtracks of corpora/games.yaml (Debian or a relative; 1.5 GB to download).
PYTHON ?= python3
WEIGHTS := data/musicnn_weights/weights.npz data/basic_pitch/nmp.onnx
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: repro web ui table compare test missing test-slow test-all check docs games clean-store

repro: .venv/installed
	dvc repro
	@echo
	@musicregion verify
	@echo "Pictures and tables:     results/   the model: models/"
	@echo "Predict a song's region: make web   (then open http://127.0.0.1:7860)"
	@echo "Every run so far:        make ui"
	@echo "The numbers again:       make table"

web: .venv/installed
	musicregion web

ui: .venv/installed
	musicregion ui

table: .venv/installed
	musicregion table

compare: .venv/installed
	musicregion compare-models

test: .venv/installed $(WEIGHTS)
	python -m pytest -n 2 -m "not slow"

missing: .venv/installed
	python -m tests.missing

test-slow: missing $(WEIGHTS)
	python -m pytest -n 3 -m slow  # on two cores too: servers and downloads are waited for

test-all: missing test test-slow

games: .venv/installed
	python -m corpora.games

docs: .venv/installed
	NO_MKDOCS_2_WARNING=1 mkdocs build
	@echo "The documentation: site/index.html"

clean-store:
	rm -rf .song_results

check: .venv/installed
	ruff check .
	ruff format --check .
	lint-imports --no-logo
	mypy

$(WEIGHTS) &: | .venv/installed
	musicregion fetch-weights

.venv/installed: requirements.txt pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) and 'TensorFlow wants Python 3.11 to 3.13, $(PYTHON) is ' + sys.version.split()[0] + '. Try: make PYTHON=python3.13')"
	$(PYTHON) -m venv .venv
	python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements.txt)"
	uv pip install --quiet --compile-bytecode --python .venv/bin/python -r requirements.txt
	uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
	@touch $@
