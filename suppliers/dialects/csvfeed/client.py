"""CSV files over HTTP: how a supplier with a web server and no interface works.

Everything is declared (options.py): where the files are, how they are written, how
their columns are called.

    GET stock         their stock list, of any size, gzip or not
      200 the file    304 unchanged since the ETag or Last-Modified we know
    GET shipments     what they took on and sent: the whole file, again and again
      200, 304 as above
    PUT orders/{reference}.csv           the way `upload`
      200, 201, 202, 204   taken; the same name again is the same file (RFC 9110, 9.3.4)
      422 {reason, note}                 not taken, as in the plain REST dialect
    GET orders/{reference}.csv           only where files stay under their names
      200 it is there    404 it never came; elsewhere a file that is gone may have
                         been taken in, so nobody can tell
    PUT orders/{reference}.cancel.csv    only if declared; answered by the shipments
      404 there is no such order

In the way `pickup` nothing is sent: the supplier fetches its open purchase orders from
us, so an order lies ready the moment it is submitted, and can never be lost.
"""

from suppliers.contract import (
    ChangePage,
    Duplicates,
    Follows,
    PurchaseReport,
    PurchaseRequest,
    ReportedStatus,
    StockReading,
)
from suppliers.dialects.csvfeed.drop import Drop
from suppliers.dialects.csvfeed.files.addresses import Site
from suppliers.dialects.csvfeed.options import Options, Upload
from suppliers.dialects.csvfeed.shipment_list import ShipmentList
from suppliers.dialects.csvfeed.stock_list import StockList
from suppliers.errors import Rejected
from suppliers.http import SupplierHttp


class CsvFeedClient:
    """A supplier that works by CSV files. Safe to share between threads."""

    def __init__(self, http: SupplierHttp, site: Site, options: Options) -> None:
        self._supplier = http.supplier
        self._http = http
        self._takes_cancellations = options.orders.takes_cancellations
        orders, stock, shipments = options.orders, options.stock, options.shipments
        self._drop = Drop(http, site, orders) if isinstance(orders, Upload) else None
        self._stock = StockList(http, site, stock) if stock else None
        self._shipments = ShipmentList(http, site, shipments) if shipments else None
        self.duplicates = _duplicates(options)
        self.follows = Follows.CHANGES if shipments else Follows.TOLD

    def submit(self, request: PurchaseRequest) -> PurchaseReport:
        if self._drop is not None:
            self._drop.put(request)
        return _received(request.reference)

    def look_up(self, reference: str) -> PurchaseReport | None:
        told = self._shipments.find(reference) if self._shipments else None
        if told is not None:
            return told
        if self._drop is None or self._drop.holds(reference):
            return _received(reference)
        return None

    def changes(self, cursor: str | None) -> ChangePage:
        if self._shipments is None:
            raise Rejected(self._supplier, "it has no file of shipments")
        return self._shipments.changes(cursor)

    def read_stock(self, mark: str = "") -> StockReading:
        if self._stock is None:
            raise Rejected(self._supplier, "it has no stock list")
        return self._stock.read(mark)

    def cancel(self, reference: str) -> PurchaseReport | None:
        if not self._takes_cancellations:
            raise Rejected(self._supplier, "it takes no cancellations")
        if self._drop is not None:
            self._drop.put_cancellation(reference)
        return None

    def close(self) -> None:
        self._http.close()


def _duplicates(options: Options) -> Duplicates:
    """One file name is one order, as long as the file stays where it was put."""
    gone = isinstance(options.orders, Upload) and not options.orders.files_stay
    return Duplicates.NONE if gone else Duplicates.NATIVE_KEY


def _received(reference: str) -> PurchaseReport:
    """Taken in under the only name there is: ours."""
    return PurchaseReport(reference, reference, ReportedStatus.RECEIVED)
