"""What a training takes of the machine, in MLflow's own terms: system/cpu_utilization_percentage.

Not MLflow's SystemMetricsMonitor, which stops for good when the server is away once.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from musicregion.tracking.tracked_run import TrackedRun

INTERVAL = 5  # seconds


@contextmanager
def log_system_metrics(run: TrackedRun) -> Iterator[None]:
    """Log processor, memory, disk, network and graphics cards, every few seconds of the block."""
    from mlflow.system_metrics.metrics.cpu_monitor import CPUMonitor
    from mlflow.system_metrics.metrics.disk_monitor import DiskMonitor
    from mlflow.system_metrics.metrics.gpu_monitor import GPUMonitor
    from mlflow.system_metrics.metrics.network_monitor import NetworkMonitor

    monitors = [CPUMonitor(), DiskMonitor(), NetworkMonitor()]
    with suppress(Exception):  # raised where there is no graphics card, or no driver
        monitors.append(GPUMonitor())
    ended = threading.Event()

    def watch() -> None:
        step = 0
        while True:
            last = ended.wait(INTERVAL)
            values: dict[str, float] = {}
            for monitor in monitors:
                monitor.collect_metrics()
                values |= monitor.aggregate_metrics()
                monitor.clear_metrics()
            run.log_metrics({f"system/{name}": value for name, value in values.items()}, step)
            step += 1
            if last:
                return

    thread = threading.Thread(target=watch, daemon=True, name="system metrics")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
