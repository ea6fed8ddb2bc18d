"""The sandbox's books for human eyes."""

import json
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from flask import Blueprint, abort, render_template

from suppliers.sandbox import reports
from suppliers.sandbox.books import find_supplier, stamp, stock_list
from suppliers.sandbox.desk import desk

blueprint = Blueprint("pages", __name__)

LATEST = 200  # orders on a page


@blueprint.get("/")
def index() -> str:
    with desk().books.reading() as books:
        suppliers = reports.summary(books)
    return render_template("index.html", suppliers=suppliers, now=stamp(desk().clock()))


@blueprint.get("/s/<code>/")
def supplier(code: str) -> str:
    now = desk().clock()
    with desk().books.reading() as books:
        found = find_supplier(books, code)
        if found is None:
            abort(404)
        return render_template(
            "supplier.html",
            supplier=found,
            now=stamp(now),
            orders=_latest_orders(books, code, now),
            stock=stock_list(books, code),
            duplicates=_duplicates(books, code),
            latest=LATEST,
        )


def _latest_orders(books: Connection, code: str, now: datetime) -> list[dict[str, Any]]:
    rows = books.execute(
        "SELECT id, order_name, received_at, body FROM purchase"
        " WHERE supplier = ? ORDER BY id DESC LIMIT ?",
        (code, LATEST),
    ).fetchall()
    return [
        {
            **reports.report(books, purchase_id, now),
            "order_name": name,
            "received_at": received_at,
            "ordered": json.loads(body)["items"],
        }
        for purchase_id, name, received_at, body in rows
    ]


def _duplicates(books: Connection, code: str) -> list[tuple[str, int]]:
    return books.execute(
        "SELECT reference, count(*) FROM purchase WHERE supplier = ?"
        " GROUP BY reference HAVING count(*) > 1 ORDER BY reference",
        (code,),
    ).fetchall()
