"""The old servers are what their names say."""

import pytest
from redis.exceptions import ResponseError

from tests import old_servers, servers


@pytest.mark.parametrize("version", old_servers.SOURCES)
def test_an_old_server_is_of_its_version_and_lacks_what_it_lacked(version: str) -> None:
    lacks = {"3.2.6": "XADD", "5.0.6": "XAUTOCLAIM"}[version]

    with servers.running(old_servers.binary(version)) as server:
        client = server.client()

        assert client.info("server")["redis_version"] == version
        with pytest.raises(ResponseError, match="unknown command"):
            client.execute_command(lacks, "key", "*", "field", "value")
        client.close()
