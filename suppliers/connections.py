"""From a supplier's row to a connection its dialect can open."""

from config.secrets import Secrets, SecretsError
from suppliers.models import Supplier
from suppliers.registry import Connection

CALLS_LAST = 2.0  # times the longest silence: a supplier may also drip its answer


def connection_of(
    supplier: Supplier, secrets: Secrets, read_seconds: float
) -> Connection:
    """How to reach a supplier that has a connection.

    One whose credential cannot be opened is unusable: its orders wait, others go on.
    """
    assert supplier.id is not None
    assert supplier.kind is not None
    token = unusable = ""
    try:
        token = secrets.open(supplier.sealed_token) if supplier.sealed_token else ""
    except SecretsError as error:
        unusable = str(error)
    return Connection(
        supplier_id=supplier.id,
        kind=supplier.kind,
        code=supplier.code,
        base_url=supplier.base_url,
        token=token,
        connect_seconds=min(5.0, read_seconds),
        read_seconds=read_seconds,
        total_seconds=CALLS_LAST * read_seconds,
        allow_private=supplier.allow_private,
        options=supplier.options,
        unusable=unusable,
    )


def is_still(supplier: Supplier, connection: Connection) -> bool:
    """Whether a supplier is reached as it was when this connection was made."""
    then = (connection.kind, connection.base_url, connection.options)
    return then == (supplier.kind, supplier.base_url, supplier.options)
