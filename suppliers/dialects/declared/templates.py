"""What we write: texts and JSON with `{placeholders}`, filled from a purchase order.

A text that is one placeholder takes the value with its type, so that `"{quantity}"`
becomes 2; `"{quantity:text}"` becomes "2". In a JSON template `{"$items": {…}}` becomes
a list with one of these for each item, and a key that ends in `?` goes with its value
if that is empty.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields

from config.money import to_text
from suppliers.contract import PurchaseItem, PurchaseRequest, Recipient
from suppliers.dialects.declared.expressions import Json

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_.]*)(:text)?\}")
ITEMS = "$items"
OF_AN_ORDER = frozenset(
    {"reference", "order_name", "currency", "page_url", "total", "total_cents"}
    | {f"recipient.{each.name}" for each in fields(Recipient)}
)
OF_AN_ITEM = frozenset({"line", "sku", "quantity", "unit_cost", "unit_cost_cents"})
OF_A_CALL = frozenset({"reference", "id"})

Values = Mapping[str, str | int]


def unknown_placeholders(template: Json, known: frozenset[str]) -> list[str]:
    """The placeholders of a template that nothing would fill."""
    return sorted({name for name in _names(template) if name not in known})


def uses(template: Json, name: str) -> bool:
    return name in set(_names(template))


def misplaced_items(template: Json, known: frozenset[str] = OF_AN_ITEM) -> list[str]:
    """What is wrong inside the lists of items: placeholders that no item has."""
    return sorted(
        name
        for each in _item_templates(template)
        for name in unknown_placeholders(each, known | OF_AN_ORDER)
    )


def outside_items(template: Json) -> Json:
    """The template without its lists of items."""
    if isinstance(template, dict):
        return {k: outside_items(v) for k, v in template.items() if k != ITEMS}
    if isinstance(template, list):
        return [outside_items(each) for each in template]
    return template


def fill_text(template: str, values: Values, quote: Callable[[str], str] = str) -> str:
    def filled(found: re.Match[str]) -> str:
        return quote(str(values[found[1]]))

    return PLACEHOLDER.sub(filled, template)


def fill_body(template: Json, request: PurchaseRequest) -> bytes:
    items = [_item_values(n, each, request) for n, each in enumerate(request.items, 1)]
    return _written(_filled(template, order_values(request), items))


def fill_call(template: Json, values: Values) -> bytes:
    return _written(_filled(template, values, []))


def order_values(request: PurchaseRequest) -> Values:
    total = sum(item.unit_cost_cents * item.quantity for item in request.items)
    recipient = {f"recipient.{k}": str(v) for k, v in asdict(request.recipient).items()}
    return {
        "reference": request.reference,
        "order_name": request.order_name,
        "currency": request.currency,
        "page_url": request.page_url,
        "total": to_text(total, request.currency),
        "total_cents": total,
        **recipient,
    }


def _item_values(line: int, item: PurchaseItem, request: PurchaseRequest) -> Values:
    return {
        "line": line,
        "sku": item.supplier_sku,
        "quantity": item.quantity,
        "unit_cost": to_text(item.unit_cost_cents, request.currency),
        "unit_cost_cents": item.unit_cost_cents,
    }


def _filled(template: Json, values: Values, items: list[Values]) -> Json:
    if isinstance(template, str):
        return _filled_text(template, values)
    if isinstance(template, list):
        return [_filled(each, values, items) for each in template]
    if not isinstance(template, dict):
        return template
    if ITEMS in template:
        return [_filled(template[ITEMS], {**values, **each}, []) for each in items]
    filled = {key: _filled(each, values, items) for key, each in template.items()}
    return {
        key.removesuffix("?"): each
        for key, each in filled.items()
        if not key.endswith("?") or each not in ("", None, [], {})
    }


def _filled_text(template: str, values: Values) -> str | int:
    alone = PLACEHOLDER.fullmatch(template)
    if alone and not alone[2]:
        return values[alone[1]]
    return fill_text(template, values)


def _written(body: Json) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def _names(template: Json) -> Iterator[str]:
    if isinstance(template, str):
        yield from (found[1] for found in PLACEHOLDER.finditer(template))
    elif isinstance(template, list):
        for each in template:
            yield from _names(each)
    elif isinstance(template, dict):
        for each in template.values():
            yield from _names(each)


def _item_templates(template: Json) -> Iterator[Json]:
    if isinstance(template, list):
        for each in template:
            yield from _item_templates(each)
    elif isinstance(template, dict):
        for key, each in template.items():
            if key == ITEMS:
                yield each
            else:
                yield from _item_templates(each)
