"""What a column of our purchase order files may hold."""

from enum import StrEnum


class OrderField(StrEnum):
    REFERENCE = "reference"
    ACTION = "action"  # "order", or "cancel"
    ROW = "row"  # of this purchase order, from 1
    ROWS = "rows"  # how many it has: fewer, and the file broke off
    ORDER_NAME = "order_name"
    SKU = "sku"
    QUANTITY = "quantity"
    UNIT_COST = "unit_cost"
    CURRENCY = "currency"
    NAME = "name"
    COMPANY = "company"
    ADDRESS1 = "address1"
    ADDRESS2 = "address2"
    CITY = "city"
    PROVINCE = "province"
    POSTAL_CODE = "postal_code"
    COUNTRY = "country"
    PHONE = "phone"
    PAGE_URL = "page_url"


USUAL_COLUMNS = tuple(
    ("purchase_order" if field is OrderField.REFERENCE else field.value, field)
    for field in OrderField
)
