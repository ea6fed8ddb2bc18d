"""Every table there is: importing this makes the metadata complete."""

from config.database import metadata
from erp.accounts import models as accounts
from erp.alerts import models as alerts
from erp.fulfilment import models as fulfilment
from erp.fulfilment.attachments import models as attachments
from erp.fulfilment.invoicing import models as invoicing
from erp.fulfilment.letters import models as letters
from erp.fulfilment.notices import models as notices
from erp.fulfilment.page_links import models as page_links
from erp.fulfilment.set_aside import models as set_aside
from erp.jobs import models as jobs
from erp.kpis import models as kpis
from erp.orders import models as orders
from inventory import models as inventory
from suppliers import models as suppliers

MODELS = (
    suppliers,
    inventory,
    accounts,
    orders,
    fulfilment,
    letters,
    notices,
    page_links,
    attachments,
    set_aside,
    invoicing,
    kpis,
    alerts,
    jobs,
)

__all__ = ["MODELS", "metadata"]
