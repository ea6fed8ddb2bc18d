import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from suppliers.dialects.declared.client import DeclaredClient
from suppliers.dialects.declared.declaration import Declaration
from suppliers.dialects.rest import RestConnection
from suppliers.options import fitting

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def client_at() -> Callable[..., DeclaredClient]:
    """A client of a declared API that answers as this function does."""

    def create(
        declaration: dict[str, Any],
        answer: Callable[[httpx.Request], httpx.Response],
        token: str = "secret",
    ) -> DeclaredClient:
        connection = RestConnection("acme", "https://acme.test/api/", token)
        fitted = fitting(Declaration, declaration)
        transport = httpx.MockTransport(answer)
        return DeclaredClient(connection, fitted, lambda: NOON, transport)

    return create


@pytest.fixture
def client_that_hears(client_at) -> Callable[..., DeclaredClient]:
    """A client whose every call is answered with this."""

    def create(
        declaration: dict[str, Any], body: Any, status: int = 200, **headers: str
    ) -> DeclaredClient:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client_at(
            declaration,
            lambda _: httpx.Response(status, content=content, headers=headers),
        )

    return create
