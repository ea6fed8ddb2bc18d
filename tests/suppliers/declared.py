"""Declarations of suppliers who have nothing in common, as their options hold them."""

from typing import Any

from suppliers.contract import RejectReason

ENVELOPE: dict[str, Any] = {
    "auth": {"kind": "header", "name": "X-Api-Key"},
    "follows": "changes",
    "duplicates": {
        "how": "unique_ref_conflict",
        "codes": ["E_DUPLICATE"],
        "id": "error.number",
    },
    "moments": {"kind": "epoch_seconds"},
    "submit": {
        "path": "/v2/purchases",
        "body": {
            "purchase": {
                "external_ref": "{reference}",
                "label": "{order_name}",
                "currency": "{currency}",
                "total": "{total}",
                "ship_to": {
                    "name": "{recipient.name}",
                    "company": "{recipient.company}",
                    "address1": "{recipient.address1}",
                    "address2": "{recipient.address2}",
                    "city": "{recipient.city}",
                    "province": "{recipient.province}",
                    "postal_code": "{recipient.postal_code}",
                    "country": "{recipient.country}",
                    "phone": "{recipient.phone}",
                },
                "lines": {
                    "$items": {
                        "no": "{line}",
                        "article": "{sku}",
                        "qty": "{quantity:text}",
                        "price": "{unit_cost}",
                    }
                },
            }
        },
        "location": "/v2/purchases/{id}",
    },
    "look_up": {
        "path": "/v2/purchases",
        "query": {"external_ref": "{reference}"},
        "order": "data.purchase",
        "absent": {
            "status": 200,
            "when": "ok == `false` && error.code == 'E_NOT_FOUND'",
            "reference": "error.external_ref",
        },
    },
    "changes": {
        "path": "/v2/purchases/changed",
        "orders": "data.purchases",
        "paging": {"kind": "page", "size_parameter": "per_page", "size": 100},
        "since": {"parameter": "after", "value": "revision"},
    },
    "stock": {
        "path": "/v2/stock",
        "rows": "data.rows",
        "sku": "article",
        "quantity": "on_hand",
        "unit_cost": "price",
        "currency": "currency",
        "as_of": "as_of",
        "paging": {"kind": "page", "size_parameter": "per_page", "size": 2},
    },
    "cancel": {
        "path": "/v2/purchases/{id}/cancellation",
        "answers": "look_up",
        "settled": ["E_TOO_LATE", "E_ALREADY"],
    },
    "report": {
        "reference": "external_ref",
        "supplier_reference": "number",
        "status": "state",
        "statuses": {
            "1": "received",
            "2": "accepted",
            "3": "partly_accepted",
            "8": "rejected",
            "9": "cancelled",
        },
        "acknowledged_at": "times.confirmed",
        "ship_by": "times.ship_by",
        "deliver_by": "times.arrive_by",
        "reason": "trouble.code",
        "reasons": {f"E_{each.value.upper()}": each.value for each in RejectReason},
        "note": "remark",
        "items": {"list": "lines", "sku": "article", "quantity": "granted"},
        "parcels": {
            "list": "boxes",
            "shipment_id": "id",
            "carrier": "via.name",
            "tracking_number": "via.code",
            "contents": {"list": "holds", "sku": "article", "quantity": "qty"},
            "scans": {
                "list": "events",
                "kind": "what",
                "at": "when",
                "kinds": {
                    "PICKED_UP": "picked_up",
                    "IN_TRANSIT": "in_transit",
                    "DELIVERED": "delivered",
                },
            },
        },
    },
    "failure": {
        "when": "ok == `false`",
        "code": "error.code",
        "note": "error.text",
        "reasons": {f"E_{each.value.upper()}": each.value for each in RejectReason},
        "retryable": ["E_BUSY"],
    },
}

FLAT: dict[str, Any] = {
    "auth": {
        "kind": "hmac",
        "message": "{method}\n{path_query}\n{timestamp}\n{body}",
        "header": "X-Signature",
        "value": "sha256={signature}",
        "timestamp_header": "X-Timestamp",
    },
    "idempotency_header": "Idempotency-Key",
    "follows": "changes",
    "duplicates": {"how": "native_key"},
    "moments": {
        "kind": "format",
        "form": "%d/%m/%Y %H:%M:%S",
        "zone": "Europe/Madrid",
    },
    "submit": {
        "path": "/orders",
        "body": {
            "ref": "{reference}",
            "label": "{order_name}",
            "currency": "{currency}",
            "name": "{recipient.name}",
            "street": "{recipient.address1}",
            "town": "{recipient.city}",
            "zip": "{recipient.postal_code}",
            "country": "{recipient.country}",
            "lines": {"$items": ["{sku}", "{quantity}", "{unit_cost_cents}"]},
        },
        "order": "@",
    },
    "look_up": {
        "path": "/orders/by-ref/{reference}",
        "order": "@",
        "absent": {"when": "error == 'no_such_order'", "reference": "ref"},
    },
    "changes": {
        "path": "/orders",
        "orders": "orders",
        "paging": {
            "kind": "link",
            "size_parameter": "limit",
            "size": 100,
            "more": "left > `0`",
        },
    },
    "stock": {
        "path": "/stock",
        "rows": "stock",
        "sku": "sku",
        "quantity": "units",
        "unit_cost": "cents",
        "currency": "money",
        "money": "cents",
        "as_of": "at",
    },
    "cancel": {
        "method": "DELETE",
        "path": "/orders/by-ref/{reference}",
        "answers": "order",
        "order": "@",
    },
    "report": {
        "reference": "ref",
        "supplier_reference": "id",
        "status": "standing",
        "statuses": {
            "received": "received",
            "accepted": "accepted",
            "partly-accepted": "partly_accepted",
            "rejected": "rejected",
            "cancelled": "cancelled",
        },
        "acknowledged_at": "since",
        "ship_by": "leaves",
        "deliver_by": "arrives",
        "reason": "why",
        "reasons": {each.value.replace("_", "-"): each.value for each in RejectReason},
        "note": "say",
        "items": {"list": "granted", "sku": "sku", "quantity": "units"},
        "parcels": {
            "list": "parcels",
            "shipment_id": "parcel",
            "carrier": "carrier",
            "tracking_number": "track",
            "contents": {"list": '"in"', "sku": "sku", "quantity": "units"},
            "scans": {
                "list": "[{what: 'left', at: left}, {what: 'moved', at: moved},"
                " {what: 'arrived', at: arrived}][?at]",
                "kind": "what",
                "at": "at",
                "kinds": {
                    "left": "picked_up",
                    "moved": "in_transit",
                    "arrived": "delivered",
                },
            },
        },
    },
    "failure": {
        "code": "error",
        "note": "say",
        "reasons": {each.value.replace("_", "-"): each.value for each in RejectReason},
    },
}

# The same API again, believed to do less and less against duplicates.
UNGUARDED = {key: part for key, part in FLAT.items() if key != "idempotency_header"}
LOOKED_UP = UNGUARDED | {"duplicates": {"how": "lookup_by_ref"}, "follows": "each"}
SCANNED = UNGUARDED | {
    "duplicates": {"how": "list_scan"},
    "look_up": {
        "path": "/orders/all",
        "orders": "orders",
        "paging": {"kind": "offset", "size_parameter": "limit", "size": 2},
        "absent": {"when": "error == 'no_such_order'", "reference": "ref"},
    },
}
BLIND = {
    key: part
    for key, part in UNGUARDED.items()
    if key not in ("look_up", "stock", "cancel")
} | {"duplicates": {"how": "none"}}
