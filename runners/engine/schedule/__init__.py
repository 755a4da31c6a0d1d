"""When a job is due: the value, its slots, its words, and the check of what somebody sent."""

from runners.engine.schedule.cron_times import shortest_gap
from runners.engine.schedule.model import Kind, Misfire, Schedule
from runners.engine.schedule.slots import count_between, jitter_offset, next_slot, slots_between
from runners.engine.schedule.wire import ScheduleSpec, one_way_only, parse
from runners.engine.schedule.words import in_words

__all__ = [
    "Kind",
    "Misfire",
    "Schedule",
    "ScheduleSpec",
    "count_between",
    "in_words",
    "jitter_offset",
    "next_slot",
    "one_way_only",
    "parse",
    "shortest_gap",
    "slots_between",
]
