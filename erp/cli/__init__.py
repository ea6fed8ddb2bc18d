"""The `erp` command: every sub-command, in the order a store meets them."""

import click

from erp.cli.demo import demo
from erp.cli.importing import import_
from erp.cli.moving import migrate_to
from erp.cli.replaying import replay
from erp.cli.serving import sandbox, serve, worker


@click.group()
@click.version_option(package_name="dropship-erp")
def main() -> None:
    """Operate a dropshipping store: orders in, purchase orders out, owner told."""


for command in (demo, import_, serve, worker, sandbox, replay, migrate_to):
    main.add_command(command)
