"""When a job is due: the value, its slots, its words, and the check of what somebody sent."""

from runners.engine.schedule.model import Kind, Misfire, Schedule
from runners.engine.schedule.slots import jitter_offset, next_slot, slots_between
from runners.engine.schedule.wire import ScheduleSpec, parse

__all__ = ["Kind", "Misfire", "Schedule", "ScheduleSpec", "jitter_offset", "next_slot", "parse", "slots_between"]
