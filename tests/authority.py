"""A certificate authority of a test's own, and what it vouches for."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
# What may be wrong with a server's papers, and what is said of it then.
WRONG = {
    "unknown": "unable to get local issuer certificate",
    "expired": "certificate has expired",
    "of another host": "Hostname mismatch",
}


class Papers(NamedTuple):
    """What a server shows: its certificate and the key to it, as files."""

    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self)
        return context


class Authority:
    """Vouches for servers; `bundle` is the file by which others trust it."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._name = _named(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        whole = x509.BasicConstraints(ca=True, path_length=0)
        own = _begun(self._name, self._name, self._key).add_extension(whole, True)
        own = own.add_extension(_may_sign(), True)
        self.bundle = folder / f"{name}.pem"
        self.bundle.write_bytes(_written(own.sign(self._key, hashes.SHA256())))

    def wrong_papers(self, host: str, why: str) -> Papers:
        """For a server that is to be believed, but for this."""
        issuer = Authority(self._folder, "Another") if why == "unknown" else self
        name = "mail.elsewhere.test" if why == "of another host" else host
        return issuer.papers(name, expired=why == "expired")

    def papers(self, *hosts: str, expired: bool = False) -> Papers:
        """For a server of these names and addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        ends = datetime.now(UTC) + (-DAY if expired else DAY)
        about = x509.SubjectAlternativeName([_host(each) for each in hosts])
        wanted = _begun(_named(hosts[0]), self._name, key, ends)
        wanted = wanted.add_extension(about, False).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
            False,
        )
        signed = wanted.sign(self._key, hashes.SHA256())
        stem = f"{hosts[0]}{'-expired' if expired else ''}"
        papers = Papers(self._folder / f"{stem}.crt", self._folder / f"{stem}.key")
        papers.certificate.write_bytes(_written(signed))
        papers.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return papers


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    ends: datetime | None = None,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 30 * DAY)
        .not_valid_after(ends or now + 30 * DAY)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False
        )
    )


def _may_sign() -> x509.KeyUsage:
    names = (
        *("digital_signature", "content_commitment", "key_encipherment"),
        *("data_encipherment", "key_agreement", "encipher_only", "decipher_only"),
    )
    no = dict.fromkeys(names, False)
    return x509.KeyUsage(key_cert_sign=True, crl_sign=True, **no)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _written(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
