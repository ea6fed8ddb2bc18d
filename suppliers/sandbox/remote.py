"""Steer a running sandbox from another process."""

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx

from suppliers.sandbox.messages import (
    ClockSetting,
    Kind,
    Peace,
    Restart,
    SandboxStock,
    SandboxSupplier,
    Script,
    Scripts,
    StockList,
    Suppliers,
    Told,
    Trouble,
)

PATIENCE_SECONDS = 60.0  # a script for thousands of orders takes a moment


class SandboxRemote:
    """The control endpoints as calls; any failure is an httpx.HTTPError."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        self._client = httpx.Client(
            base_url=self.url,
            trust_env=False,
            timeout=PATIENCE_SECONDS,
            transport=transport,
        )

    def base_url(self, supplier: str, wire: str = "s") -> str:
        """Where a supplier's own interface is; each wire has its first path part."""
        return f"{self.url}/{wire}/{supplier}"

    def set_clock(self, now: datetime | None) -> None:
        """Stop the clock at this moment; None lets it run."""
        self._post("clock", ClockSetting(now=now))

    def add_suppliers(self, suppliers: Sequence[SandboxSupplier]) -> None:
        self._post("suppliers", Suppliers(suppliers=tuple(suppliers)))

    def set_stock(
        self,
        supplier: str,
        items: Sequence[SandboxStock],
        as_of: datetime | None = None,
        *,
        replace: bool = True,
    ) -> None:
        stock = StockList(
            supplier=supplier, items=tuple(items), as_of=as_of, replace=replace
        )
        self._post("stock", stock)

    def load_scripts(self, scripts: Sequence[Script]) -> None:
        self._post("script", Scripts(scripts=tuple(scripts)))

    def misbehave(
        self,
        supplier: str | None,
        kind: Kind | str,
        *,
        times: int | None = 1,
        **details: Any,
    ) -> None:
        """Ask for trouble; the details are the other fields of `Trouble`."""
        told = {"supplier": supplier, "kind": kind, "times": times, **details}
        self._post("misbehave", Trouble.model_validate(told))

    def behave(self, supplier: str | None = None) -> None:
        """End one supplier's troubles, or everyone's."""
        self._post("misbehave", Peace(clear=True, supplier=supplier))

    def troubles(self) -> tuple[int, dict[str, int]]:
        """How many wait, and how many calls ran into each kind since it started."""
        answer = self._client.get("/control/misbehave").raise_for_status().json()
        return answer["waiting"], answer["met"]

    def restart(self, seconds: float) -> None:
        """Have it refuse connections for so long; its books stay."""
        self._post("restart", Restart(seconds=seconds))

    def books(self) -> dict[str, Any]:
        """What every supplier was sent; see `GET /control/books`."""
        answer = self._client.get("/control/books").raise_for_status().json()
        assert isinstance(answer, dict)
        return answer

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _post(self, page: str, message: Told) -> None:
        answer = self._client.post(
            f"/control/{page}",
            content=message.model_dump_json(),
            headers={"Content-Type": "application/json"},
        )
        answer.raise_for_status()
