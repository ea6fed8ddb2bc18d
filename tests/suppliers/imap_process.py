"""The program of a real IMAP server, whose passwords are hashed quickly.

Half a million rounds for each sign-in protect nobody here, and cost seconds. With
`--tls-at-once` a connection is encrypted from its first byte, as on port 993.
"""

import asyncio
import ssl
import sys
from functools import partial

import pymap.main
from pymap.config import IMAPConfig
from pysasl.hashing import BuiltinHash

AT_ONCE = "--tls-at-once"


def _quick(cls: type[IMAPConfig], passlib_cfg: str | None) -> BuiltinHash:
    return BuiltinHash(rounds=1)


def _encrypt_at_once() -> None:
    """What stands behind the encryption then needs none of its own."""
    place = sys.argv.index(AT_ONCE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*sys.argv[place + 1 : place + 3])
    sys.argv[place : place + 3] = ["--no-tls"]
    asyncio.start_server = partial(asyncio.start_server, ssl=context)


if __name__ == "__main__":
    IMAPConfig._get_hash_context = classmethod(_quick)
    if AT_ONCE in sys.argv:
        _encrypt_at_once()
    pymap.main.main()
