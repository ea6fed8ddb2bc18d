"""Where a supplier's files are, and how we sign in there."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import httpx

from suppliers.dialects.csvfeed.options import Auth, SignIn

OURS = {"User-Agent": "dropship-erp"}


@dataclass(frozen=True, slots=True)
class Address:
    """A file's address, and what a call to it carries."""

    url: str  # without a credential: it may be told
    signed_url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Site:
    """A supplier's web server and the credential it gave us.

    Raises ValueError if the credential cannot be sent.
    """

    base_url: str
    auth: Auth
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        sent_as_it_is = self.auth.way is SignIn.BEARER
        if sent_as_it_is and not (self.token.isascii() and self.token.isprintable()):
            raise ValueError("the token holds characters that cannot be sent")

    def address(self, place: str, *, signs_in: bool = True) -> Address:
        """Of a URL, or of a path under the base. Raises ValueError if it is neither."""
        url = place
        if not place.startswith(("http://", "https://")):
            url = f"{self.base_url.rstrip('/')}/{place.lstrip('/')}"
        _check(url)
        if not signs_in:
            return Address(url, url, OURS)
        return Address(url, self._signed(url), OURS | self._sign_in())

    def _signed(self, url: str) -> str:
        if self.auth.way is not SignIn.QUERY:
            return url
        joint = "&" if urlsplit(url).query else "?"
        return f"{url}{joint}{urlencode({self.auth.parameter: self.token})}"

    def _sign_in(self) -> dict[str, str]:
        if self.auth.way is SignIn.BEARER:
            return {"Authorization": f"Bearer {self.token}"}
        if self.auth.way is SignIn.BASIC:
            pair = f"{self.auth.username}:{self.token}".encode()
            return {"Authorization": f"Basic {b64encode(pair).decode()}"}
        return {}


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("the address must start with http:// or https://")
    if parts.username or parts.fragment:
        raise ValueError("the address must not hold a user or a fragment")
    try:
        httpx.Request("GET", url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise ValueError(f"the address cannot be used: {error}") from error
