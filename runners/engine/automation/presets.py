"""Well-tried settings of failure memory: how many failures in a row, and how long the job then cools down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final, Literal

PresetName = Literal["critical", "standard", "fragile", "batch"]


@dataclass(frozen=True, slots=True)
class Preset:
    """From how many failures in a row a job cools down, at first for how many seconds, and for how many at most."""

    failure_threshold: int
    failure_cooldown_sec: int
    failure_cooldown_max_sec: int

    def fields(self) -> dict[str, int]:
        """Return the control fields that it fills."""
        return asdict(self)


PRESETS: Final[Mapping[str, Preset]] = {
    "critical": Preset(5, 60, 1800),
    "standard": Preset(3, 120, 3600),
    "fragile": Preset(2, 300, 7200),
    "batch": Preset(1, 600, 14_400),
}
