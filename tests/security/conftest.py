"""The city of the security tests, made once per worker and put back before each test that finds it changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fixtures.databases import Backends
from tests.security.city import City, standing
from tests.security.permissions import read_rules
from tests.security.sending import Found, find_taken


@pytest.fixture(scope="session")
def made_city(backends: Backends) -> Iterator[City]:
    """The city, made once."""
    made = City(backends)
    yield made
    made.close()


@pytest.fixture(scope="session")
def found_forms(made_city: City) -> Found:
    """Every form of the city, and for each door one that is taken."""
    with standing(made_city.clock):
        made_city.put_back()
        return find_taken(made_city, read_rules())


@pytest.fixture
def city(made_city: City) -> Iterator[City]:
    """The city as it was made, with its clock standing; put back afterwards."""
    with standing(made_city.clock):
        made_city.put_back()
        yield made_city
        made_city.put_back()
