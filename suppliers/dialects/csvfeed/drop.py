"""A folder on a supplier's web server where we put one file per purchase order."""

from urllib.parse import quote

from pydantic import ValidationError

from suppliers.contract import PurchaseRequest
from suppliers.dialects.csvfeed.files.addresses import Address, Site
from suppliers.dialects.csvfeed.options import Upload
from suppliers.dialects.csvfeed.rows.orders import holds_whole, purchase_orders_file
from suppliers.dialects.rest_messages import Refusal
from suppliers.errors import Ambiguous, Garbled, Rejected, SupplierError, Unavailable
from suppliers.http import REFUSES_READERS, Answer, SupplierHttp

TAKEN = (200, 201, 202, 204)


class Drop:
    def __init__(self, http: SupplierHttp, site: Site, declared: Upload) -> None:
        site.address(declared.place)  # a wrong one is found out before it is needed
        self._http = http
        self._site = site
        self._declared = declared

    def put(self, request: PurchaseRequest) -> None:
        answer = self._send(f"{_name(request.reference)}.csv", [request], [])
        if answer.status not in TAKEN:
            raise self._refusal(answer)

    def put_cancellation(self, reference: str) -> None:
        answer = self._send(f"{_name(reference)}.cancel.csv", [], [reference])
        if answer.status == 404:
            raise Rejected(self._http.supplier, f"it has no order {reference}")
        if answer.status not in TAKEN:
            raise self._refusal(answer)

    def holds(self, reference: str) -> bool:
        """Whether the file of a purchase order is there, and whole.

        Raises Rejected if this server never lets us know.
        """
        if not self._declared.files_stay:
            detail = "a file that is gone may have been taken in: it cannot be asked"
            raise Rejected(self._http.supplier, detail)
        address = self._address(f"{_name(reference)}.csv")
        answer = self._http.ask(
            address.signed_url, address.headers, shuts_out=REFUSES_READERS
        )
        if answer.status == 404:
            return False
        if answer.status in (405, 410):
            detail = f"it answered {answer.status}: it does not show files"
            raise Rejected(self._http.supplier, detail)
        if answer.status != 200:
            raise Unavailable(self._http.supplier, f"it answered {answer.status}")
        if not holds_whole(self._declared, answer.body, reference):
            raise Garbled(self._http.supplier, "its file of this order is not whole")
        return True

    def _send(
        self, name: str, requests: list[PurchaseRequest], cancelled: list[str]
    ) -> Answer:
        try:
            body = purchase_orders_file(self._declared, requests, cancelled)
        except UnicodeEncodeError as error:
            detail = f"{self._declared.encoding} lacks a character of this order"
            raise Rejected(self._http.supplier, detail) from error
        address = self._address(name)
        headers = {**address.headers, "Content-Type": "text/csv"}
        answer = self._http.place(address.signed_url, headers, body, method="PUT")
        if answer.status in TAKEN and not _is_plain(answer):
            raise Ambiguous(self._http.supplier, "it did not just take the file")
        return answer

    def _address(self, name: str) -> Address:
        return self._site.address(f"{self._declared.place.rstrip('/')}/{name}")

    def _refusal(self, answer: Answer) -> SupplierError:
        """Rejected if it says why; else it does not take files here."""
        detail = f"it answered {answer.status}"
        if answer.status < 400:
            return Ambiguous(self._http.supplier, f"{detail}, which means nothing here")
        try:
            refusal = Refusal.model_validate_json(answer.body)
        except ValidationError:
            return Unavailable(self._http.supplier, f"{detail} without a reason")
        return refusal.rejected(self._http.supplier)


def _name(reference: str) -> str:
    return quote(reference, safe="")


def _is_plain(answer: Answer) -> bool:
    """Servers may say a word about a new file; a page of its own says something else.

    A 200 with a page is that of a login or a portal; words that are not in the charset
    they claim come from a broken line.
    """
    kind = answer.headers.get("content-type", "")
    if answer.status == 200 and answer.body.lstrip().startswith(b"<"):
        return False
    _, _, charset = kind.partition("charset=")
    try:
        answer.body.decode(charset.strip(' ";').lower() or "latin-1")
    except (UnicodeDecodeError, LookupError):
        return False
    return True
