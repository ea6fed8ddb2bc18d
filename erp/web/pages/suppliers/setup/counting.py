"""Calls of a trial count like all others that go to the same supplier."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from erp.fulfilment.supplier_accounts import leads_elsewhere
from erp.web.frame.context import erp
from suppliers.allowances import listen, spend_one, told
from suppliers.errors import RateLimited
from suppliers.models import Supplier
from suppliers.registry import Connection


@dataclass(frozen=True, slots=True)
class Counted:
    """Against whose allowance the calls go; None: nobody's."""

    supplier_id: int | None

    def permit(self) -> datetime | None:
        """Take a call; if there is none, from when on there is one."""
        if self.supplier_id is None:
            return None
        with erp().sessions.writing() as session:
            return spend_one(session, self.supplier_id, erp().clock())

    def heed(self, patience: timedelta | None) -> None:
        """It asked for patience: that holds for orders too."""
        if self.supplier_id is None or patience is None:
            return
        now = erp().clock()
        heard = RateLimited("", "a trial was one call too many", patience)
        with erp().sessions.writing() as session:
            listen(session, [told(self.supplier_id, heard, now + patience)], now)


def counted_for(supplier: Supplier | None, connection: Connection) -> Counted:
    """Its own, if the calls go where its orders go."""
    base_url, options = connection.base_url, connection.options
    if supplier is None or leads_elsewhere(supplier, base_url, options):
        return Counted(None)
    return Counted(supplier.id)
