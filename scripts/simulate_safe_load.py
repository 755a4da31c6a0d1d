#!/usr/bin/env python3
"""A safe load: many small jobs that never overlap, watched for a while, and judged by what their runs' records say.

    python scripts/simulate_safe_load.py --jobs 100 --interval-sec 30 --work-ms 8000 --jitter-sec 25 --duration-sec 90 --cleanup

Makes the jobs by the API (`simulation.heavy`), prints one line per tick, and ends with the concurrency that the load needs and
the criteria. Exits 0 when all of them hold, 1 when one fails or the server does not do what it is asked, 2 for wrong options,
130 when it is interrupted. Needs this checkout and Python 3.11, nothing else; only `--virtual`, which plays the same load on
the platform's own guards and scheduler with a clock of its own, needs the platform's packages. docs/load.md says how to read it.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from runners.simulation.main import main

if __name__ == "__main__":
    raise SystemExit(main())
