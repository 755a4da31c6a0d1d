"""Keys of the sessions of browsers; `keys.py` says how to read these."""

from dataclasses import dataclass

from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class SessionKeys(Prefixed):
    """Names of the keys of sessions."""

    def session(self, digest: str) -> str:
        """HASH owner, kind, id, version, subject, role, how, browser, address, began_at, seen_at, ends_at, content (opaque).

        `digest` is the SHA-256 of the id in the browser's cookie. Written by `sign_in` and `keep_session`; expires when it
        was idle for too long.
        """
        return f"{self.prefix}session:{digest}"

    def sessions_of(self, owner: str) -> str:
        """ZSET digest → ends_at: the sessions of one who signed in ('person:ID'), at most 20; by `sign_in` and `sign_out`."""
        return f"{self.prefix}sessions:{owner}"
