"""How runs are queued: probed once at boot. `protocol.presence` records it in the store."""

from runners.engine.modes.probe import probe

__all__ = ["probe"]
