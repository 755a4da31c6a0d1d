"""The first thing a program's process does; a script of its own, run by `program.start`, importing nothing of ours.

A step between fork and exec of a process with threads may deadlock, so this runs after an exec and then becomes the program.
Arguments: the pid of the parent, a descriptor of the working directory, the program's absolute path, its arguments.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)
KEPT = ("PATH", "LANG", "HOME")


def main(parent: int, folder: int, program: str, arguments: list[str]) -> None:
    """Become `program` in `folder`; die with the parent, also when it died before we could ask for that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
    os.fchdir(folder)
    os.close(folder)
    os.execve(program, [program, *arguments], {name: os.environ[name] for name in KEPT})


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
    except OSError as error:
        sys.exit(f"{sys.argv[3]}: {error.strerror}")
