"""The rules that keep the house liveable, each a function from a module to breaches.

A rule yields (line, what is wrong). `breaches(root)` reads every module of the four
packages; whatever does not exist yet is simply not there to break a rule.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGES = ("config", "suppliers", "inventory", "erp")  # leftward imports only
STAGES = (  # leftward imports only, and every module of erp has its place
    "accounts",
    "orders",
    "fulfilment",
    "kpis",
    "alerts",
    "channels",
    "migrations",
    "carrier",
    "bootstrap",
    "jobs",
    "web",
    "worker",
    "wsgi",
    "replay",
    "demo",
    "moving",
    "cli",
    "command",
)
STRANGERS = {
    ("worker", "web"),
    ("replay", "web"),
    ("demo", "web"),
    ("moving", "web"),
}
PURE = {
    *("lifecycle", "routing", "stock", "feeds", "pricing", "forecast", "backtest"),
    *("replenishment", "measures", "rules", "guards", "matching", "health"),
    "parcel_carriers",
}
IMPURE = ("sqlmodel", "sqlalchemy", "flask", "httpx")
# Pages and commands may be named after the pure module they show.
SHOWS = ("erp/web", "erp/cli", "suppliers/sandbox")
DOORS = {  # a library -> the only places that may import it
    "flask": ("erp/web", "erp/wsgi", "suppliers/sandbox"),
    "httpx": ("suppliers", "erp/channels"),
    "apscheduler": ("erp/worker",),
    "smtplib": ("config/mailing", "erp/alerts/mail", "suppliers/dialects/email"),
    "imaplib": ("suppliers/dialects/email",),
    "click": ("erp/cli",),
    "procrastinate": ("erp/carrier/applying", "erp/carrier/peers"),
}
LATE = {  # (place, what it imports inside a function because it is heavy)
    ("erp/migrations/upgrading", "erp.migrations.applying.apply"),
    ("erp/command", "erp.cli.main"),
    ("erp/carrier/installing", "erp.carrier.applying.apply"),
    ("erp/worker", "erp.carrier.peers.Peers"),
    ("erp/fulfilment/public_holidays", "holidays"),
}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.putenv"}
CLOCKS = {
    f"{owner}.{name}"
    for owner, names in {
        "datetime": ("now", "utcnow", "today"),
        "date": ("today",),
        "time": ("time", "time_ns", "gmtime", "localtime"),
        "func": ("now", "current_timestamp"),  # the database's clock is one too
    }.items()
    for name in names
}
# How a web request is typed; a request of the business or of httpx is another thing.
WEB_REQUESTS = {"", "Any", "Request", "flask.Request", "werkzeug.Request"}
Breach = tuple[int, str]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One source file; `place` is its path without the suffix, as in `erp/web/home`."""

    place: str
    tree: ast.Module

    @cached_property
    def imports(self) -> list[tuple[int, str]]:
        """(line, dotted name); `from a import b` counts as `a.b`."""
        return list(_imports(self.tree))

    @cached_property
    def functions(self) -> list[Function]:
        return [each for each in ast.walk(self.tree) if isinstance(each, Function)]

    @property
    def parts(self) -> list[str]:
        return self.place.split("/")

    def within(self, *places: str) -> bool:
        return any(f"{self.place}/".startswith(f"{each}/") for each in places)


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{base}.{each.name}") for each in node.names)


def packages_import_leftwards(module: Module) -> Iterator[Breach]:
    mine = PACKAGES.index(module.parts[0])
    beyond = (*PACKAGES[mine + 1 :], "tests", "dev")
    for line, name in module.imports:
        if name.split(".")[0] in beyond:
            yield line, f"{module.parts[0]} may not import {name}"


def stages_import_leftwards(module: Module) -> Iterator[Breach]:
    if module.parts[0] != "erp" or module.parts[1:] == ["__init__"]:
        return
    mine = module.parts[1]
    if mine not in STAGES:
        yield 1, f"erp/{mine} has no place among the stages of tests/house_rules.py"
        return
    for line, name in module.imports:
        theirs = [each for each in name.split(".")[1:2] if name.startswith("erp.")]
        if any(_is_too_far(mine, each) for each in theirs):
            if module.place == "erp/migrations/tables" and "models" in name:
                continue  # every table, whatever its stage
            yield line, f"stage {mine} may not import {name}"


def _is_too_far(mine: str, theirs: str) -> bool:
    if theirs not in STAGES:
        return False
    later = STAGES.index(theirs) > STAGES.index(mine)
    return later or (mine, theirs) in STRANGERS


def pure_modules_stay_pure(module: Module) -> Iterator[Breach]:
    if PURE.isdisjoint(module.parts[1:]) or module.within(*SHOWS):
        return
    for line, name in module.imports:
        if name.startswith(IMPURE) or "models" in name.split("."):
            yield line, f"pure module may not import {name}"


def libraries_have_one_door(module: Module) -> Iterator[Breach]:
    for line, name in module.imports:
        # flask_babel and the like come through flask's door
        library = name.split(".")[0].split("_")[0]
        if library in DOORS and not module.within(*DOORS[library]):
            yield line, f"{name} only in {', '.join(DOORS[library])}"
    if not module.within("config/settings"):
        for line, name in _named(module, ENVIRONMENT):
            yield line, f"{name} only in config/settings"


def imports_are_plain(module: Module) -> Iterator[Breach]:
    for function in module.functions:
        for line, name in _imports(function):
            if (module.place, name) not in LATE:
                yield line, f"import of {name} inside {function.name}"
    for line, name in module.imports:
        if name.startswith("."):
            yield line, f"relative import of {name}"
        if name == "typing.TYPE_CHECKING":
            yield line, "TYPE_CHECKING"
    for line, name in _named(module, {"typing.TYPE_CHECKING"}):
        yield line, name


def signatures_tell_who_owns_the_transaction(module: Module) -> Iterator[Breach]:
    for function in module.functions:
        given = _parameters(function)
        if {"session", "sessions"} <= given.keys():
            yield function.lineno, f"{function.name} takes session and sessions"
        on_the_web = module.within("erp/web", "suppliers/sandbox")
        if given.get("request") in WEB_REQUESTS and not on_the_web:
            yield function.lineno, f"{function.name} takes a request"
        if "session" in given:
            for node in ast.walk(function):
                if (
                    isinstance(node, ast.Call)
                    and _dotted(node.func) == "session.commit"
                ):
                    yield node.lineno, f"{function.name} commits a session it was given"


def _parameters(function: Function) -> dict[str, str]:
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return {
        each.arg: ast.unparse(each.annotation) if each.annotation else ""
        for each in every
    }


def nobody_asks_the_clock(module: Module) -> Iterator[Breach]:
    if module.within("erp/bootstrap", "suppliers/sandbox"):
        return
    for line, name in _named(module, CLOCKS):
        yield line, f"{name} asks the clock"


def _named(module: Module, names: set[str]) -> Iterator[Breach]:
    """Where one of the dotted names is used or imported, whatever stands before it."""
    for line, name in module.imports:
        if _tail(name) in names:
            yield line, _tail(name)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and _tail(_dotted(node)) in names:
            yield node.lineno, _tail(_dotted(node))


def _tail(name: str) -> str:
    return ".".join(name.split(".")[-2:])


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


RULES = (
    packages_import_leftwards,
    stages_import_leftwards,
    pure_modules_stay_pure,
    libraries_have_one_door,
    imports_are_plain,
    signatures_tell_who_owns_the_transaction,
    nobody_asks_the_clock,
)


def breaches(root: Path) -> list[str]:
    return [
        f"{module.place}.py:{line}: {rule.__name__}: {what}"
        for module in _modules(root)
        for rule in RULES
        for line, what in rule(module)
    ]


def _modules(root: Path) -> Iterator[Module]:
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            place = path.relative_to(root).with_suffix("").as_posix()
            yield Module(place, ast.parse(path.read_text("utf-8"), str(path)))
