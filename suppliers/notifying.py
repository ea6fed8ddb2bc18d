"""Posts notices to suppliers' programs: guarded, without redirects, within a time.

Only the status counts. A body is not read: it could be that of another server.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from suppliers.http import said_wait, words_of
from suppliers.transport import GuardedTransport, HttpPolicy

CONNECT_SECONDS = 5.0
HEADERS = {"content-type": "application/json", "user-agent": "dropship-erp"}


@dataclass(frozen=True, slots=True)
class Heard:
    """What a post came to; without a status nobody answered, and `error` says why."""

    status: int | None
    told_to_wait: timedelta | None = None  # as Retry-After has it
    error: str = ""

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """It asks never to be called again."""
        return self.status == 410


class Notifier:
    """Safe to share between threads. Close it after use."""

    def __init__(self, timeout_seconds: float, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._transports = {
            allow_private: GuardedTransport(
                HttpPolicy(
                    connect_seconds=min(CONNECT_SECONDS, timeout_seconds),
                    read_seconds=timeout_seconds,
                    total_seconds=timeout_seconds,
                    allow_private=allow_private,
                )
            )
            for allow_private in (False, True)
        }

    def post(
        self, url: str, headers: Mapping[str, str], body: bytes, *, allow_private: bool
    ) -> Heard:
        """Post a body once; whatever goes wrong is an answer too."""
        try:
            sent = {**HEADERS, **headers}
            request = httpx.Request("POST", url, headers=sent, content=body)
            answer = self._transports[allow_private].handle_request(request)
        except httpx.InvalidURL:
            return Heard(None, error="the address cannot be read")
        except httpx.HTTPError as error:
            return Heard(None, error=words_of(error))
        answer.close()
        status = answer.status_code
        said = "" if 200 <= status < 300 else f"it answered {status}"
        return Heard(status, said_wait(answer.headers, self._clock()), said)

    def close(self) -> None:
        for each in self._transports.values():
            each.close()
