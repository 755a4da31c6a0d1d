"""What a job of type http.request says wrongly is named once, by the path that was sent."""

import pytest

from runners.engine.catalog import load
from runners.engine.errors import Invalid
from runners.engine.job import validate


@pytest.mark.parametrize(
    ("inputs", "loc", "msg"),
    [
        ({"url": "X"}, ("inputs", "url"), "url 'X': scheme '' is not http or https"),
        (
            {"url": "http://a", "expect_status": 99},
            ("inputs", "expect_status"),
            "expect_status 99 is less than 100",
        ),
        (
            {"url": "http://a", "expect_status": [99]},
            ("inputs", "expect_status", 0),
            "expect_status.0 99 is less than 100",
        ),
    ],
)
def test_wrong_inputs_are_named_as_they_were_sent(inputs, loc, msg):
    with pytest.raises(Invalid) as refused:
        validate({"job_id": "a", "type": "http.request", "inputs": inputs}, load())

    assert (loc, msg) in [(problem.loc, problem.msg) for problem in refused.value.problems]
