"""On which processor core the page server runs.

Of the threads of a Python process one runs at a time. Where the kernel wakes each on whichever core is idle, what they
share has to move from one core's memory to the other's at every turn, and a vote costs nearly twice its time
(decision 0015, measured in docs/performance.md).
"""

from __future__ import annotations

import os
from pathlib import Path

#: Place of the field "processor" among those after the name of the program, counted from 0 (proc(5): field 39 of all).
_PROCESSOR_FIELD = 36


def stay_on_one_core() -> int | None:
    """Keep this process, with all the threads it will start, on the core the kernel has chosen for it.

    Returns:
        The number of that core; nothing where the system has no such thing (macOS) or does not allow it.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None
    try:
        # the name may hold spaces and brackets; after the last bracket come only numbers
        fields = Path("/proc/self/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        core = int(fields[_PROCESSOR_FIELD])
        os.sched_setaffinity(0, {core})
    except (OSError, ValueError, IndexError):
        return None
    return core
