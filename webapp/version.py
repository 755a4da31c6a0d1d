"""Which version of the program this is."""

from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed


@cache
def version() -> str:
    """Return the installed version; 'unknown' in a checkout that was never installed."""
    try:
        return installed("multijob")
    except PackageNotFoundError:
        return "unknown"
