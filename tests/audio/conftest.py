"""A sound server for the tests that play."""

import pytest

from tests.rig import null_sink


@pytest.fixture(scope="module")
def sink():
    with null_sink(44100) as running:
        yield running
