"""Worker pools: a job runs on workers of its pool only. The default pool is what a deployment has that names none. Pure."""

import re

DEFAULT = "default"
NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


def stored(pool: str) -> str:
    """Return the pool as records and scripts have it: '' is the default one."""
    return "" if pool == DEFAULT else pool


def of_pool(name: str, pool: str) -> str:
    """Return the name under which a pool has for itself what the default one has under `name`."""
    return name if pool == DEFAULT else f"{name}:{pool}"
