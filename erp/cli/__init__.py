"""The `erp` command: every sub-command, in the order a store meets them."""

import click

from erp.cli.serving import sandbox, serve, worker


@click.group()
@click.version_option(package_name="dropship-erp")
def main() -> None:
    """Operate a dropshipping store: orders in, purchase orders out, owner told."""


for command in (serve, worker, sandbox):
    main.add_command(command)
