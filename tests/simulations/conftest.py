"""Simulations are tested with one BLAS thread, as the worker process runs them: two test processes share two cores."""

import os

for library in ("OPENBLAS", "MKL", "OMP"):  # read when NumPy is first imported, which is after this
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
