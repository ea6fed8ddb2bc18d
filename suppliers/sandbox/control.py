"""The strings behind the scenery: set the clock, load scripts, ask for trouble."""

from flask import Blueprint, Response, abort, request

from suppliers.sandbox import reports
from suppliers.sandbox.answers import answer, told
from suppliers.sandbox.books import (
    find_supplier,
    save_scripts,
    save_stock,
    save_suppliers,
    stamp,
)
from suppliers.sandbox.desk import desk
from suppliers.sandbox.messages import (
    ClockSetting,
    Peace,
    Restart,
    Scripts,
    StockList,
    Suppliers,
    Trouble,
)

blueprint = Blueprint("control", __name__, url_prefix="/control")


@blueprint.get("/health")
def health() -> Response:
    return answer({"ok": True})


@blueprint.get("/clock")
def show_clock() -> Response:
    clock = desk().clock
    return answer({"now": stamp(clock()), "moved": clock.is_moved})


@blueprint.post("/clock")
def move_clock() -> Response:
    desk().clock.move(told(ClockSetting).now)
    return show_clock()


@blueprint.post("/suppliers")
def add_suppliers() -> Response:
    suppliers = told(Suppliers).suppliers
    with desk().books.writing() as books:
        save_suppliers(books, suppliers)
    return answer({"suppliers": len(suppliers)})


@blueprint.post("/stock")
def set_stock() -> Response:
    stock = told(StockList)
    with desk().books.writing() as books:
        if find_supplier(books, stock.supplier) is None:
            abort(answer({"error": "no such supplier"}, 404))
        save_stock(books, stock, desk().clock())
    return answer({"items": len(stock.items)})


@blueprint.post("/script")
def load_scripts() -> Response:
    scripts = told(Scripts).scripts
    with desk().books.writing() as books:
        save_scripts(books, scripts)
    return answer({"scripts": len(scripts)})


@blueprint.post("/misbehave")
def misbehave() -> Response:
    mischief = desk().mischief
    if "clear" in (request.get_json(silent=True) or {}):
        return answer({"waiting": mischief.clear(told(Peace).supplier)})
    return answer({"waiting": mischief.plan(told(Trouble), desk().clock())})


@blueprint.get("/misbehave")
def show_mischief() -> Response:
    waiting, met = desk().mischief.counted()
    return answer({"waiting": waiting, "met": met})


@blueprint.post("/restart")
def restart() -> Response:
    asked = told(Restart)
    begin = desk().restart
    if begin is None:
        abort(answer({"error": "only a running server can restart"}, 409))
    begin(asked.seconds)
    return answer({"restarting": True})


@blueprint.get("/books")
def show_books() -> Response:
    with desk().books.reading() as books:
        suppliers = reports.summary(books)
    return answer({"now": stamp(desk().clock()), "suppliers": suppliers})
