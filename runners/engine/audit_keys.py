"""Where the keys of the audit chain come from: AUDIT_KEYS, else SECRET_KEY, else one that is made in DATA_DIR.

All processes of a deployment must have the same. One that does not know the key of the newest entry does not go on with
the chain, so that a wrong key is found at the first change and not at the next verification.
"""

from __future__ import annotations

import secrets
import stat

from runners.engine.audit import Key, derive
from runners.engine.errors import AuditUnusable
from runners.engine.key_file import kept
from runners.engine.settings import Settings

FILE = "audit.key"


def audit_keys(settings: Settings) -> tuple[Key, ...]:
    """Return the keys, the one to seal with first. Raises AuditUnusable when there is none to be had."""
    if settings.audit_keys:
        return tuple(map(derive, settings.audit_keys))
    if settings.secret_key:
        return (derive(settings.secret_key),)
    path = settings.data_dir / FILE
    try:
        text = kept(path, lambda: secrets.token_hex(32))
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise AuditUnusable(f"others may read the key of the audit; run: chmod 600 '{path}'")
    except OSError as error:
        raise AuditUnusable(
            f"the key of the audit cannot be kept in '{path}' ({error.strerror}); set SECRET_KEY"
        ) from None
    if not text.strip():
        raise AuditUnusable(f"'{path}' holds no key of the audit; put the right one back, or set SECRET_KEY")
    return (derive(text.strip()),)
