"""What if a job's guards were others: its recorded slots decided again, by the same guards, from what is recorded. Pure.

What was outside of the job (pauses, approvals, pressure, the cap, runs of other jobs) is taken as it was. What follows from the
job itself (its active runs, its failures and cooldown, its own part of the flow group) is played anew.
"""

from runners.engine.what_if.past import Claim, Past, typical
from runners.engine.what_if.recorded import MOST_SLOTS, Recorded, expand
from runners.engine.what_if.replaying import Again, replay_all

__all__ = ["MOST_SLOTS", "Again", "Claim", "Past", "Recorded", "expand", "replay_all", "typical"]
