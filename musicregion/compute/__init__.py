"""Processes: guarded against tasks that die, on this machine or on a Dask cluster."""
