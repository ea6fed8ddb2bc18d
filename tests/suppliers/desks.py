"""A supplier of the sandbox, and clients that speak to it in its way."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from suppliers.dialects.email.sending import Outgoing
from suppliers.registry import Clients, Connection
from suppliers.sandbox.remote import SandboxRemote
from tests.suppliers.ways import PLAIN, Way

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Desk:
    code: str
    remote: SandboxRemote
    clients: Clients
    way: Way = PLAIN

    def client(self, **changed: Any) -> Any:
        return self.clients.client_for(self.connection(**changed))

    def client_of_nobody(self, port: int) -> Any:
        """A client whose calls nobody takes."""
        return self.client(base_url=f"http://127.0.0.1:{port}")

    def connection(self, **changed: Any) -> Connection:
        base_url = self.remote.base_url(self.code, self.way.wire)
        connection = {
            "supplier_id": hash(self.code),
            "kind": self.way.kind,
            "code": self.code,
            "base_url": base_url,
            "token": f"token of {self.code}",
            "options": self.way.options(base_url),
            "read_seconds": 5.0,
            "allow_private": True,
        }
        return Connection(**{**connection, **changed})

    @property
    def outgoing(self) -> Outgoing | None:
        """How mails to the supplier leave, if any do."""
        return None

    def misbehave(self, kind: str, **details: Any) -> None:
        self.remote.misbehave(self.code, kind, **details)

    def counted(self, reference: str) -> tuple[int, int]:
        """Orders made and posts received under a reference."""
        books = self.remote.books()["suppliers"][self.code]["references"]
        entry = books.get(reference, {"orders": 0, "posts": 0})
        return entry["orders"], entry["posts"]
