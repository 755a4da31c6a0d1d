"""Which transport a fault test plays on, where both would take longer than they teach."""

import pytest

STREAMS_ONLY = pytest.mark.parametrize("transport", ["streams"])
LISTS_SELDOM = pytest.mark.parametrize("transport", ["streams", pytest.param("lists", marks=pytest.mark.slow)])
