"""What the stages, the commands and the benchmarks share: one room for each job of the field.

A room imports only rooms below it; `make check` keeps the order (import-linter, pyproject.toml).
"""
