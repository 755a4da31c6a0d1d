"""The key of a backup: secrets in it are sealed with it, and it proves that nobody changed the file."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

from runners.engine.errors import MultijobError
from runners.engine.settings.values import encryption_keys
from runners.engine.vault import Vault

SHORTEST = 12
SALT_BYTES = 16
COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024}
"""scrypt: 32 MiB and a tenth of a second for each guess."""


class KeyUnusable(MultijobError):
    """The key cannot be used, or is not the one that the file was made with."""


class BackupKey:
    """A key made of `text`: one as `multijob secrets key` prints, or a passphrase, stretched with `salt`."""

    def __init__(self, text: str, salt: bytes) -> None:
        try:
            (key,) = encryption_keys(text)
        except ValueError:
            if len(text) < SHORTEST:
                raise KeyUnusable(
                    f"the key is neither one that `multijob secrets key` prints nor a passphrase of {SHORTEST} characters or more"
                ) from None
            key = urlsafe_b64encode(hashlib.scrypt(text.encode(), salt=salt, dklen=32, **COST)).decode()
        self.vault = Vault((key,))
        self._mac = hashlib.sha256(b"multijob backup mac " + key.encode()).digest()

    def mac(self, digest: bytes) -> str:
        """Return what only who has the key can say about a file of this digest."""
        return hmac.new(self._mac, digest, hashlib.sha256).hexdigest()

    def fits(self, digest: bytes, mac: str) -> bool:
        """Say whether `mac` is what this key says about the digest."""
        return hmac.compare_digest(self.mac(digest), mac)
