"""What `up` writes down about itself in DATA_DIR, so that `status`, `stop` and a second `up` know it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from runners.engine import lock_file
from runners.engine.whole_file import replacing
from runners.local.proc import Identity

LOGS = Path("runtime-logs")


@dataclass(frozen=True, slots=True)
class ChildState:
    """One program of `up`: its process, None while it waits for its next start, and how often it ended by itself."""

    name: str
    process: Identity | None
    restarts: int


@dataclass(frozen=True, slots=True)
class State:
    """One `up`: its supervisor, the address of the dashboard, where logs go, and its programs."""

    supervisor: Identity
    url: str
    logs: str
    children: tuple[ChildState, ...]


def write(data_dir: Path, state: State) -> None:
    """Replace the state in one step, so that a reader never sees half of it. Raises OSError."""
    with replacing(_path(data_dir)) as file:
        file.write(json.dumps(asdict(state), indent=2).encode())


def read(data_dir: Path) -> State | None:
    """Return what the last `up` wrote, alive or not; None when there is nothing that can be read."""
    try:
        raw = json.loads(_path(data_dir).read_text())
        children = tuple(_child(row) for row in raw["children"])
        return State(Identity(**raw["supervisor"]), raw["url"], raw["logs"], children)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _child(row: dict[str, object]) -> ChildState:
    """Return one program as `write` stored it."""
    process = row["process"]
    identity = Identity(**process) if isinstance(process, dict) else None
    return ChildState(str(row["name"]), identity, int(str(row["restarts"])))


def erase(data_dir: Path) -> None:
    """Forget the last `up`; every process of it has ended."""
    _path(data_dir).unlink(missing_ok=True)


def take_lock(data_dir: Path) -> int | None:
    """Return a descriptor that marks this process as the only `up` of the folder, or None while another one is."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return lock_file.take(data_dir / "up.lock")


def _path(data_dir: Path) -> Path:
    return data_dir / "up.json"
