"""A supplier as quick as one can be: `python -m tests.bench.quick_supplier`.

It speaks the plain REST dialect, takes every order and keeps none, so that what is
measured against it is us. Below `/hangs` it hears everything and never answers. It says
its address, and ends when its standard input does.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.processes import PATIENCE, ROOT

KEY = b"idempotency-key: "


class Supplier(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.heard = b""

    def data_received(self, data: bytes) -> None:
        self.heard += data
        while (end := self.heard.find(b"\r\n\r\n")) >= 0:
            head = self.heard[:end].lower()
            size = int(_after(head, b"content-length: ") or 0)
            if len(self.heard) < end + 4 + size:
                return
            key = _after(self.heard[:end], KEY) or _after(self.heard[:end], KEY.title())
            self.heard = self.heard[end + 4 + size :]
            if b" /hangs" not in head.partition(b"\r\n")[0]:
                self.transport.write(_taken(key.decode()))


def _after(head: bytes, name: bytes) -> bytes:
    return head.partition(name)[2].partition(b"\r\n")[0]


def _taken(reference: str) -> bytes:
    nothing = dict.fromkeys(("acknowledged_at", "ship_by", "deliver_by", "reason"))
    body = json.dumps(
        {"reference": reference, "supplier_reference": "Q", "status": "received"}
        | nothing
        | {"note": "", "items": [], "parcels": []}
    ).encode()
    head = f"HTTP/1.1 201 Created\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Content-Type: application/json\r\n\r\n".encode() + body


@contextmanager
def quick_supplier() -> Iterator[str]:
    """Its address, while it runs in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.quick_supplier"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Supplier, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"http://127.0.0.1:{port}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
