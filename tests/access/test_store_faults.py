"""A store that is away lets nobody in by what it keeps; one that is full still lets an administrator shut somebody out."""

from dataclasses import replace

import pytest
from redis import Redis

from runners.engine import operations
from runners.engine.errors import StoreAway
from runners.engine.operations import Role
from runners.engine.store.connection import limits
from tests import servers
from tests.access.conftest import ADMIN, bearer, of_environment
from tests.planted import PASSWORD
from tests.servers import free_port

NAMED = "mjt_aaaaaaaaaaaa_" + "A" * 43


@pytest.fixture
def away(app, guarded):
    """The app on a server that refuses connections."""
    gone = Redis(port=free_port(), decode_responses=True, **limits())
    app.extensions["platform"] = replace(guarded, store=replace(guarded.store, redis=gone))
    return app.test_client()


@pytest.mark.parametrize("headers", [bearer(NAMED), bearer("wrong"), of_environment("admin")])
def test_while_the_store_is_away_nobody_is_told_whether_a_token_is_right(away, headers):
    answer = away.get("/jobs", headers=headers)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1


def test_while_the_store_is_away_nobody_without_a_token_learns_that(away):
    assert away.get("/jobs").status_code == 401
    assert away.get("/healthz").status_code == 200


@pytest.fixture
def own_server():
    """A server that a test may fill."""
    with servers.running(servers.redis_binary()) as server:
        yield server


@pytest.mark.slow
def test_a_full_store_takes_nobody_in_and_shuts_out_whoever_must_be(own_server, server_env):
    from runners.engine.platform import open_platform
    from runners.engine.settings import read

    platform = open_platform(read(server_env | {"REDIS_URL": own_server.url}))
    token = operations.create_token(platform, ADMIN, "ci", Role.ADMIN).token
    for name in ("ana", "ben"):
        operations.create_person(platform, ADMIN, name, Role.ADMIN, PASSWORD)
    platform.store.redis.config_set("maxmemory", 1)

    with pytest.raises(StoreAway):
        operations.create_token(platform, ADMIN, "more", Role.VIEWER)
    with pytest.raises(StoreAway):
        operations.create_person(platform, ADMIN, "cora", Role.VIEWER, PASSWORD)
    operations.revoke_token(platform, ADMIN, token.id)
    operations.change_person(platform, ADMIN, "ana", disabled=True)
    operations.delete_person(platform, ADMIN, "ana")

    assert operations.get_token(platform, ADMIN, token.id).revoked_at is not None
    assert [person.name for person in operations.list_people(platform, ADMIN, 10).rows] == ["ben"]
    assert platform.store.redis.zcard(platform.store.keys.audit) == 6
    platform.store.redis.close()
    platform.store.rq_redis.close()
