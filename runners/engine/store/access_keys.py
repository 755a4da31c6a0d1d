"""Keys of people, of named API tokens, and of what is counted against guessing; the rest is in `keys.py`, which says how to read these.

No key holds a password or a token: only what proves that one was right.
"""

from dataclasses import dataclass

from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class AccessKeys(Prefixed):
    """Names of the keys of who may use the platform, under one prefix."""

    # --- people
    def person(self, person_id: str) -> str:
        """HASH name, role, password (argon2id, encoded), disabled ('1'/'0'), version, created_at, created_by, changed_at.

        version rises with every change, so that whatever was opened by an older one ends. Written by `person`.
        """
        return f"{self.prefix}person:{person_id}"

    @property
    def people(self) -> str:
        """ZSET name → 0: all people in the order of their names (ZRANGEBYLEX)."""
        return f"{self.prefix}people"

    @property
    def people_ids(self) -> str:
        """HASH name → person id."""
        return f"{self.prefix}people:ids"

    @property
    def last_versions_of_people(self) -> str:
        """HASH name → the last version of a deleted person; one made again goes on from it, so that an ETag never names two."""
        return f"{self.prefix}people:last"

    @property
    def administrators(self) -> str:
        """SET of the ids of people who are admin and not disabled."""
        return f"{self.prefix}people:admins"

    @property
    def first_code(self) -> str:
        """STRING SHA-256 of the one-time code of the first sign-in; expires by itself. Written by `first_code`."""
        return f"{self.prefix}people:first"

    # --- named API tokens
    def token(self, token_id: str) -> str:
        """HASH name, role, digest (SHA-256 of the whole token), created_at, created_by, expires_at or '', revoked_at or '',
        revoked_by. Written by `token`."""
        return f"{self.prefix}token:{token_id}"

    @property
    def tokens(self) -> str:
        """ZSET 'created_at:id' → 0, in the order of making (ZREVRANGEBYLEX): all tokens that are kept."""
        return f"{self.prefix}tokens"

    @property
    def token_names(self) -> str:
        """HASH name → id of the token that has it; a token that ended gives its name up."""
        return f"{self.prefix}tokens:names"

    @property
    def token_owners(self) -> str:
        """HASH token's name → who made tokens of that name, one per line; kept while any of them is. Written by `token`."""
        return f"{self.prefix}tokens:owners"

    @property
    def token_ends(self) -> str:
        """ZSET token id → when it expires or was revoked; a month later it is forgotten."""
        return f"{self.prefix}tokens:ends"

    @property
    def tokens_used(self) -> str:
        """HASH token id, or the name of one of the environment's → its last use, to the minute. Written by `token_use`."""
        return f"{self.prefix}tokens:used"

    # --- against guessing
    def attempts(self, whose: str) -> str:
        """STRING count of wrong credentials in this window, expires with it; whose is KIND:DIGEST. Written by `attempt`."""
        return f"{self.prefix}attempts:{whose}"

    # --- against asking too often
    def spent(self, whose: str) -> str:
        """STRING microseconds of the clock up to which requests are spent, expires; whose is token:DIGEST. Written by `spend`."""
        return f"{self.prefix}spent:{whose}"
