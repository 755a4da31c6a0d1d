"""`doctor`: what would go wrong here, and what did: this machine, the server, the processes, every invariant."""

from runners.doctor.examination import examine
from runners.doctor.finding import Finding

__all__ = ["Finding", "examine"]
