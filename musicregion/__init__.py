"""What the stages, the commands and the benchmarks share: one room for each job of the field.

A room imports only rooms below it; `make check` keeps the order (import-linter, pyproject.toml).
"""

from musicregion.compute import tensorflow_notices

# here, since every process that imports TensorFlow imports this first: stages, commands, workers
tensorflow_notices.install()
