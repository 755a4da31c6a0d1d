"""The first thing a program's process does; a script of its own, run by `running.start`, importing nothing of ours.

A step between fork and exec of a process with threads may deadlock, so this runs after an exec and then becomes the program.
Arguments: the pid of the parent, a descriptor of the working directory, the names of the program's environment joined by
commas (Python may have added to it), the program's absolute path, its arguments.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)


def main(parent: int, folder: int, kept: list[str], program: str, arguments: list[str]) -> None:
    """Become `program` in `folder`; die with the parent, also when it died before we could ask for that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
    os.fchdir(folder)
    os.close(folder)
    os.execve(program, [program, *arguments], {name: os.environ[name] for name in kept})


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].split(","), sys.argv[4], sys.argv[5:])
    except OSError as error:
        sys.exit(f"{sys.argv[4]}: {error.strerror}")
