"""This machine's clocks: one that counts from the boot and goes on in sleep, and which boot that was."""

from __future__ import annotations

import subprocess
import sys
import time
from functools import lru_cache
from pathlib import Path

from studyapp.core.exam.clock import Reading

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def reading() -> Reading:
    """One look at the clocks.

    Linux: CLOCK_BOOTTIME, which also counts the time a machine is suspended. macOS: CLOCK_MONOTONIC does so there.
    """
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Reading(_boot(), time.clock_gettime_ns(clock) // 1_000_000, time.time_ns() // 1_000_000)


@lru_cache(maxsize=1)
def _boot() -> str:
    """What names the present boot; "" where the system does not tell."""
    try:
        if sys.platform == "darwin":
            asked = ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]
            return subprocess.run(asked, capture_output=True, text=True, check=True, timeout=5).stdout.strip()
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
