"""A client with a token that may write."""

import json

import pytest

from tests.erp.web.api.asked import PATH, SECRET
from tests.factories import make_token


@pytest.fixture
def token(sessions) -> int:
    with sessions.writing() as session:
        return make_token(session, SECRET).id


@pytest.fixture
def post(visitor, token):
    def send(body, *, key=None, secret=SECRET, raw=False, **headers):
        headers = {"Authorization": f"Bearer {secret}", **headers}
        if key:
            headers["Idempotency-Key"] = key
        data = body if raw else json.dumps(body)
        return visitor.post(
            PATH, data=data, content_type="application/json", headers=headers
        )

    return send
