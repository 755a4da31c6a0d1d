"""How runs are queued: probed once at boot, recorded in the store, shown everywhere."""

from runners.engine.modes.probe import probe

__all__ = ["probe"]
