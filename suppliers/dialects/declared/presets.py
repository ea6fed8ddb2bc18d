"""Declarations to start from: usual shapes of an API, to be changed where one differs.

None of them is a supplier's own: what a preset says is true only once a real answer
has been read through it.
"""

from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType

from suppliers.contract import RejectReason, ReportedStatus, ScanKind
from suppliers.dialects.declared.expressions import Json

Options = dict[str, Json]

RECIPIENT: Options = {
    name: f"{{recipient.{name}}}"
    for name in (
        *("name", "company", "address1", "address2", "city", "province"),
        *("postal_code", "country", "phone"),
    )
}
ITEM: Options = {
    "sku": "{sku}",
    "quantity": "{quantity}",
    "unit_cost_cents": "{unit_cost_cents}",
}
BODY: Options = {
    "reference": "{reference}",
    "order_name": "{order_name}",
    "currency": "{currency}",
    "recipient": RECIPIENT,
    "items": {"$items": ITEM},
}
REASONS: Options = {each.value: each.value for each in RejectReason}
OTHERWISE: Options = REASONS | {"*": RejectReason.OTHER.value}
UNKNOWN: Options = {
    "status": 404,
    "when": "error == 'unknown_order'",
    "reference": "reference",
}
REPORT: Options = {
    "reference": "reference",
    "supplier_reference": "supplier_reference",
    "status": "status",
    "statuses": {each.value: each.value for each in ReportedStatus},
    "acknowledged_at": "acknowledged_at",
    "ship_by": "ship_by",
    "deliver_by": "deliver_by",
    "reason": "reason",
    "reasons": OTHERWISE,
    "note": "note",
    "items": {"list": "items", "sku": "sku", "quantity": "accepted_quantity"},
    "parcels": {
        "list": "parcels",
        "shipment_id": "shipment_id",
        "carrier": "carrier",
        "tracking_number": "tracking_number",
        "contents": {"list": "contents", "sku": "sku", "quantity": "quantity"},
        "scans": {
            "list": "scans",
            "kind": "kind",
            "at": "at",
            "place": "place",
            "kinds": {each.value: each.value for each in ScanKind},
        },
    },
}
STOCK: Options = {
    "path": "/stock",
    "rows": "items",
    "sku": "sku",
    "quantity": "quantity",
    "unit_cost": "unit_cost_cents",
    "currency": "currency",
    "money": "cents",
    "as_of": "as_of",
}

PLAIN: Options = {
    "auth": {"kind": "bearer"},
    "idempotency_header": "Idempotency-Key",
    "follows": "changes",
    "duplicates": {"how": "native_key"},
    "moments": {"kind": "iso"},
    "submit": {"path": "/orders", "body": BODY, "order": "@"},
    "look_up": {"path": "/orders/{reference}", "order": "@", "absent": UNKNOWN},
    "changes": {
        "path": "/orders",
        "orders": "orders",
        "paging": {
            "kind": "cursor",
            "parameter": "since",
            "size_parameter": "limit",
            "next": "cursor",
            "more": "more",
        },
    },
    "stock": STOCK,
    "cancel": {
        "path": "/orders/{reference}/cancel",
        "answers": "order",
        "order": "@",
    },
    "report": REPORT,
    "failure": {"code": "reason", "note": "note", "reasons": OTHERWISE},
}

PAGED: Options = {
    "auth": {"kind": "header", "name": "X-Api-Key"},
    "follows": "changes",
    "duplicates": {
        "how": "unique_ref_conflict",
        "codes": ["duplicate"],
        "id": "error.id",
    },
    "moments": {"kind": "epoch_seconds"},
    "submit": {"path": "/orders", "body": BODY, "location": "/orders/{id}"},
    "look_up": {
        "path": "/orders",
        "query": {"reference": "{reference}"},
        "order": "data.order",
        "absent": {
            "status": 200,
            "when": "ok == `false` && error.code == 'not_found'",
            "reference": "error.reference",
        },
    },
    "changes": {
        "path": "/orders/changed",
        "orders": "data.orders",
        "paging": {"kind": "page", "size_parameter": "per_page"},
        "since": {"parameter": "after", "value": "revision"},
    },
    "stock": STOCK
    | {
        "rows": "data.rows",
        "unit_cost": "price",
        "money": "decimal",
        "paging": {"kind": "page", "size_parameter": "per_page"},
    },
    "cancel": {
        "path": "/orders/{id}/cancel",
        "answers": "look_up",
        "settled": ["too_late", "cancelled_before"],
    },
    "report": REPORT | {"supplier_reference": "id"},
    "failure": {
        "when": "ok == `false`",
        "code": "error.code",
        "note": "error.message",
        "reasons": REASONS,
        "retryable": ["busy"],
    },
}

SIGNED: Options = PLAIN | {
    "auth": {
        "kind": "hmac",
        "message": "{method}\n{path_query}\n{timestamp}\n{body}",
        "header": "X-Signature",
        "value": "sha256={signature}",
        "timestamp_header": "X-Timestamp",
    },
    "changes": {
        "path": "/orders",
        "orders": "orders",
        "paging": {"kind": "link", "size_parameter": "limit"},
    },
}

BLIND: Options = {
    "auth": {"kind": "basic", "user": "shop"},
    "follows": "told",
    "duplicates": {"how": "none"},
    "moments": {"kind": "iso"},
    "submit": {"path": "/orders", "body": BODY, "id": "id"},
    "report": REPORT,
    "failure": {"code": "error", "note": "message", "reasons": REASONS},
}

PRESETS: Mapping[str, Options] = MappingProxyType(
    {"plain": PLAIN, "paged": PAGED, "signed": SIGNED, "blind": BLIND}
)


def preset(name: str) -> Options:
    """A copy to be changed. Raises KeyError."""
    return deepcopy(PRESETS[name])
