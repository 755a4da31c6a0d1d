"""A schedule's one point in time has a limit, and says it."""

import pytest
from pydantic_core import PydanticCustomError

from runners.engine.schedule.at import check_at


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "soon"])
def test_a_time_beyond_the_limit_is_told_the_limit(text):
    with pytest.raises(PydanticCustomError, match="is not a time of the years 1970 to 2199; write it as"):
        check_at(text)
