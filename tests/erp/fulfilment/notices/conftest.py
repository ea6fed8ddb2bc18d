"""A supplier with an endpoint of its own: a small server that answers as it is told."""

from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet

from config.secrets import Secrets
from tests.erp.fulfilment.notices.receiving import Receiver, receiving
from tests.erp.fulfilment.notices.told import Office


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def other_receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def office(store) -> Office:
    return Office(store, Secrets(Fernet.generate_key()))
