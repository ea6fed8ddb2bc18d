"""How long the replay of the recorded trade takes."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from erp.bootstrap import utc_now
from suppliers.contract import PurchaseItem, PurchaseRequest, Recipient
from suppliers.registry import Clients, Connection
from suppliers.sandbox.messages import SandboxSupplier
from suppliers.sandbox.process import start
from suppliers.sandbox.remote import SandboxRemote
from tests.bench.measured import Measured
from tests.bench.processes import ERP, ROOT, NotHere

RECORDED = ROOT.parent / "shared" / "data" / "olist"
LIMIT = 60
SOMEBODY = Recipient("Ada", "1 Street", "London", "N1", "GB")


def measure(folder: Path) -> Iterator[Measured]:
    if not RECORDED.is_dir():
        raise NotHere(f"no recorded trade beside the project: {RECORDED.name}")
    began = time.perf_counter()
    run = subprocess.run(
        [*ERP, "replay", str(RECORDED), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - began
    if run.returncode:
        raise NotHere(f"the replay failed: {run.stderr[-300:]}")
    found = json.loads(run.stdout)
    calls = found["purchase_orders"]
    yield Measured(
        "replay",
        "s",
        [took],
        limit=LIMIT,
        floor=[_floor(folder / "sandbox", calls)],
        notes=[
            f"{found['orders']:,} orders, {calls:,} purchase orders, "
            f"{found['mails']:,} mails, forwarded twice {found['forwarded_twice']}, "
            f"never forwarded {found['never_forwarded']}; floor: as many purchase "
            "orders sent to a sandbox one after the other and their changes read, "
            "nothing written down"
        ],
    )


def _floor(folder: Path, calls: int) -> float:
    """Seconds for the same calls without bookkeeping."""
    with start(folder) as sandbox, SandboxRemote(sandbox.url) as remote:
        remote.add_suppliers([SandboxSupplier(code="S1", token="t")])
        clients = Clients(utc_now)
        try:
            url = f"{sandbox.url}/s/S1"
            supplier = clients.client_for(
                Connection(1, "rest", "S1", url, "t", allow_private=True)
            )
            began = time.perf_counter()
            for number in range(calls):
                supplier.submit(_request(number))
            cursor, more = None, True
            while more:
                page = supplier.changes(cursor)
                cursor, more = page.cursor, page.more
            return time.perf_counter() - began
        finally:
            clients.close()


def _request(number: int) -> PurchaseRequest:
    items = (PurchaseItem("A", 1, 100),)
    return PurchaseRequest(f"P{number}", f"#{number}", "BRL", SOMEBODY, items)
