"""The clock that the scenarios set is the one that the server and its scripts read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests import servers
from tests.faults.server import FaultServer
from tests.faults.shifted_clock import ShiftedClock


def test_a_server_lives_by_the_clock_that_a_test_sets(tmp_path: Path) -> None:
    clock = ShiftedClock(tmp_path)
    server = FaultServer(servers.redis_binary(), tmp_path, env=clock.env)
    server.start()
    try:
        with server.client() as client:
            client.set("hour", "1", ex=3600)
            clock.jump(timedelta(minutes=59))
            assert client.exists("hour")
            clock.jump(timedelta(days=-1))
            back = [client.time()[0], int(client.eval("return redis.call('TIME')[1]", 0))]
            clock.set(datetime(2040, 6, 1, tzinfo=UTC))

            assert not client.exists("hour")
            assert datetime.fromtimestamp(client.time()[0], UTC).year == 2040
            wanted = datetime.now(UTC) - timedelta(hours=23, minutes=1)
            assert all(abs(seconds - wanted.timestamp()) < 30 for seconds in back)
    finally:
        server.kill()
