"""Keeping what a process holds from other programs of the same user."""

import ctypes
import sys

PR_SET_DUMPABLE = 4


def be_unseen() -> None:
    """Let no other program of this user read this process's environment, memory or descriptors in /proc (Linux).

    The kernel treats it as one that may not be traced (ptrace(2), PR_SET_DUMPABLE in prctl(2)): no core is dumped, and
    only root may look. What it starts begins anew, so each process asks for itself.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
