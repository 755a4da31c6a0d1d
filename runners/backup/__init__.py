"""A whole deployment as one file, and back: `multijob backup FILE` and `multijob restore FILE`.

Each object is read in one moment of its own, while everything goes on, and is written whole; `gather` says in which order, so
that what points at something finds it. The restored deployment is made of the same writes as a hand-over's. Its two operations
stand beside those of the engine: doors call nothing else of it that changes anything.
"""

from runners.backup.make import make_backup as make_backup
from runners.backup.restore import restore_backup as restore_backup
