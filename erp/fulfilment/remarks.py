"""What is said of a purchase order: a remark of our own, or somebody else's words.

Ours is a code, which the pages put into the reader's language. What a supplier or a
library said is kept as it is, in `note`.
"""

from erp.fulfilment.lifecycle import Remark
from erp.fulfilment.models import PurchaseOrder
from suppliers.errors import SupplierError, Unavailable


class NoTurn(Unavailable):
    """Not called at all: it waited so long for its turn that its lease may end."""


def remark(purchase: PurchaseOrder, said: Remark | SupplierError) -> dict[str, str]:
    """Keep what happened last; the same as facts for the timeline."""
    if isinstance(said, NoTurn):
        said = Remark.NO_TURN
    if isinstance(said, Remark):
        purchase.remark, purchase.note = said, ""
        return {"remark": said.value}
    purchase.remark, purchase.note = None, said.detail
    return {"detail": said.detail}


def storable(text: str, most: int) -> str:
    """Somebody's words, cut; no database takes NULs or half characters."""
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    return whole[:most]
