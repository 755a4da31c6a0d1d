"""How runs are queued: probed once at boot, recorded in the store, shown everywhere."""

from runners.engine.modes.probe import probe
from runners.engine.modes.record import record

__all__ = ["probe", "record"]
