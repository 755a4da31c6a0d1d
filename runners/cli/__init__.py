"""The command line: `multijob`. Thin: processes are started, everything else is asked over the API."""

from runners.cli.main import main

__all__ = ["main"]
