"""The house rules hold here, and a planted breach of each is seen."""

from pathlib import Path

import pytest

from tests.house_rules import RULES, breaches

ROOT = Path(__file__).parents[1]
BOTH = "def run(session, sessions): ..."
COMMITS = "def accept(session, now):\n    session.commit()"

# rule, where, what is planted there
PLANTED = [
    (
        "packages_import_leftwards",
        "config/settings.py",
        "import suppliers.dialects.rest",
    ),
    (
        "packages_import_leftwards",
        "suppliers/dialects/rest.py",
        "from inventory import models",
    ),
    ("packages_import_leftwards", "inventory/sync.py", "from erp.orders import intake"),
    ("packages_import_leftwards", "erp/demo.py", "from tests.factories import order"),
    (
        "stages_import_leftwards",
        "erp/orders/intake.py",
        "import erp.fulfilment.queries",
    ),
    ("stages_import_leftwards", "erp/accounts/users.py", "from erp import orders"),
    ("stages_import_leftwards", "erp/alerts/mail.py", "from erp.web import pages"),
    ("stages_import_leftwards", "erp/bootstrap.py", "from erp.jobs import runner"),
    ("stages_import_leftwards", "erp/worker.py", "from erp.web import app"),
    ("stages_import_leftwards", "erp/replay.py", "from erp.web import app"),
    ("stages_import_leftwards", "erp/miscellany.py", ""),
    ("pure_modules_stay_pure", "inventory/stock.py", "from sqlmodel import select"),
    ("pure_modules_stay_pure", "inventory/feeds.py", "import sqlalchemy.orm"),
    ("pure_modules_stay_pure", "erp/orders/guards.py", "from erp.orders import models"),
    (
        "pure_modules_stay_pure",
        "erp/kpis/measures.py",
        "import erp.kpis.models as kept",
    ),
    ("libraries_have_one_door", "erp/orders/intake.py", "from flask import request"),
    ("libraries_have_one_door", "erp/kpis/names.py", "from flask_babel import gettext"),
    ("libraries_have_one_door", "erp/fulfilment/forwarding.py", "import httpx"),
    ("libraries_have_one_door", "erp/jobs/runner.py", "import apscheduler.events"),
    ("libraries_have_one_door", "erp/alerts/notify.py", "import smtplib"),
    ("libraries_have_one_door", "erp/alerts/mail.py", "import imaplib"),
    ("libraries_have_one_door", "erp/demo.py", "import click"),
    ("libraries_have_one_door", "erp/cli.py", "import os\nX = os.environ['X']"),
    ("libraries_have_one_door", "erp/wsgi.py", "from os import getenv"),
    ("imports_are_plain", "erp/cli.py", "def serve():\n    import waitress"),
    ("imports_are_plain", "erp/orders/intake.py", "from .models import Order"),
    ("imports_are_plain", "config/database.py", "from typing import TYPE_CHECKING"),
    ("imports_are_plain", "config/logging.py", "import typing\ntyping.TYPE_CHECKING"),
    ("signatures_tell_who_owns_the_transaction", "erp/orders/intake.py", BOTH),
    ("signatures_tell_who_owns_the_transaction", "erp/orders/intake.py", COMMITS),
    (
        "signatures_tell_who_owns_the_transaction",
        "erp/kpis/facts.py",
        "def f(request): 0",
    ),
    ("nobody_asks_the_clock", "erp/jobs/runner.py", "NOW = datetime.datetime.now(UTC)"),
    ("nobody_asks_the_clock", "erp/kpis/facts.py", "default = datetime.now"),
    ("nobody_asks_the_clock", "inventory/sync.py", "import time\ntime.time()"),
    ("nobody_asks_the_clock", "config/database.py", "from time import time"),
    ("nobody_asks_the_clock", "inventory/demand.py", "date.today()"),
    ("nobody_asks_the_clock", "erp/orders/models.py", "Column(default=func.now())"),
]
ALLOWED = [
    ("erp/cli.py", "import click\nfrom erp import web, worker, wsgi, replay, demo"),
    ("erp/wsgi.py", "from flask import Flask\nfrom erp.web import app"),
    ("erp/migrations/tables.py", "from erp.jobs import models\nimport erp.kpis.models"),
    (
        "erp/migrations/upgrading.py",
        "def upgrade():\n    from erp.migrations.applying import apply",
    ),
    ("erp/command.py", "def main():\n    from erp.cli import main as run"),
    ("erp/orders/intake.py", "from erp.accounts import audit\nfrom inventory import a"),
    ("erp/web/pricing.py", "from flask import request\ndef show(request): 0"),
    ("erp/bootstrap.py", "from datetime import datetime\ndatetime.now(UTC)"),
    ("suppliers/http.py", "import httpx\ndef handle(request: httpx.Request): 0"),
    ("suppliers/contract.py", "def submit(self, request: PurchaseRequest): 0"),
    ("suppliers/sandbox/app.py", "import time, flask\ntime.time()"),
    ("erp/jobs/runner.py", "import time\ntime.monotonic()\nitem.now()"),
    ("erp/orders/queries.py", "def overdue(session, now):\n    session.flush()"),
]


def plant(root: Path, place: str, source: str) -> None:
    path = root / place
    path.parent.mkdir(parents=True)
    path.write_text(source, "utf-8")


def test_the_house_rules_hold():
    assert breaches(ROOT) == []


@pytest.mark.parametrize(
    ("rule", "place", "source"), PLANTED, ids=[f"{r}-{p}" for r, p, _ in PLANTED]
)
def test_a_planted_breach_is_seen(tmp_path, rule, place, source):
    plant(tmp_path, place, source)
    found = breaches(tmp_path)
    assert found
    assert all(place in each and rule in each for each in found)


@pytest.mark.parametrize(
    ("place", "source"), ALLOWED, ids=[place for place, _ in ALLOWED]
)
def test_what_the_rules_allow_is_left_alone(tmp_path, place, source):
    plant(tmp_path, place, source)
    assert breaches(tmp_path) == []


def test_every_rule_has_a_planted_breach():
    assert {rule for rule, _, _ in PLANTED} == {rule.__name__ for rule in RULES}
