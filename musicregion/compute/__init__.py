"""Processes for tasks that may crash or hang, on this machine or on a Dask cluster."""
