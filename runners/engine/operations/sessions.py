"""One's own sessions and password: what everybody who is signed in may see and change of himself."""

from __future__ import annotations

from collections.abc import Collection

from runners.engine.access.guessing import PER_NAME, Source, admit, forgive
from runners.engine.access.identity import Identity
from runners.engine.access.passwords import hashed, matches, password_problems
from runners.engine.access.sessions import owner_of
from runners.engine.errors import Conflict, Forbidden, Invalid, Problem
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import people as protocol
from runners.engine.protocol import sessions as sessions_protocol
from runners.engine.protocol.people import Becomes
from runners.engine.store import people as stored
from runners.engine.store import sessions as stored_sessions
from runners.engine.store.people import Person
from runners.engine.store.sessions import Session


@operation(Role.VIEWER)
def own_sessions(platform: Platform, actor: Actor, who: Identity) -> list[Session]:
    """Return where `who`, the one who asks, is signed in, the last used first."""
    return stored_sessions.of_owner(platform.store, owner_of(who), platform.settings.session_idle)


@operation(Role.VIEWER)
def end_own_sessions(platform: Platform, actor: Actor, who: Identity, digests: Collection[str]) -> int:
    """End these sessions of `who`, the one who asks; returns how many there were. Others' sessions are none of these."""
    own = stored_sessions.of_owner(platform.store, owner_of(who), platform.settings.session_idle)
    return sessions_protocol.end(platform.store, actor.author(), [one for one in own if one.digest in digests])


@operation(Role.VIEWER)
def change_own_password(platform: Platform, actor: Actor, who: Identity, current: str, new: str) -> Person:
    """Give the one who asks a new password, which ends all that he has signed in to; returns who he is now.

    Raises Forbidden for one without a password, Invalid with every problem, TooMany, and Conflict when he was changed
    meanwhile.
    """
    person = stored.load_person(platform.store, who.id) if who.kind == "person" else None
    if person is None:
        raise Forbidden("only people have a password; a token is replaced by a new one")
    tried = (Source("own", person.id, PER_NAME),)
    admit(platform, tried)
    problems = [] if matches(person.password, current) else [_wrong()]
    problems += [Problem(("new",), problem.msg, problem.type) for problem in password_problems(new, person.name)]
    if problems:
        raise Invalid(problems)
    forgive(platform, tried)
    becomes = Becomes(password=hashed(new))
    if protocol.change(platform.store, actor.author(), person, becomes, last_admin_stays=False).word != "ok":
        raise Conflict("somebody changed you meanwhile; sign in again")
    changed = stored.load_person(platform.store, person.id)
    if changed is None:
        raise Conflict("somebody deleted you meanwhile")
    return changed


def _wrong() -> Problem:
    return Problem(("current",), "this is not your password now", "wrong_password")
