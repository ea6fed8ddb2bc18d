"""Bootstrap, its icons and htmx, served out of the packages that bring them."""

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory, url_for

from erp.web.frame.context import public

blueprint = Blueprint("assets", __name__, url_prefix="/assets")

STATIC = Path(__file__).parents[1] / "static"
YEAR_SECONDS = 31_536_000  # the version is in the URL


def _folder(package: str, inside: str) -> Path:
    """A folder of an installed package, found without importing the package."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / inside


# name in the URL -> (distribution, folder); only these files are ever served
PACKAGES = {
    "bootstrap": ("bootstrap-wrapper", _folder("bootstrap_wrapper", "../bootstrap")),
    "icons": (
        "bootstrap-flask",
        _folder("flask_bootstrap", "static/bootstrap5/css/font"),
    ),
    "htmx": ("django-js-lib-htmx", _folder("js_lib_htmx", "static/htmx")),
}
VERSIONS = {name: version(package) for name, (package, _) in PACKAGES.items()}


def asset(name: str, path: str) -> str:
    """The URL of a package's file; it changes with the package's version."""
    return url_for("assets.file", name=name, release=VERSIONS[name], path=path)


def own(path: str) -> str:
    """The URL of a file of ours; it changes with the file."""
    return url_for("static", filename=path, v=_fingerprint(path))


@cache
def _fingerprint(path: str) -> str:
    return sha256((STATIC / path).read_bytes()).hexdigest()[:12]


@blueprint.get("/<name>/<release>/<path:path>")
@public
def file(name: str, release: str, path: str) -> Response:
    if VERSIONS.get(name) != release:
        abort(404)
    folder = PACKAGES[name][1].resolve()
    answer = send_from_directory(folder, path, max_age=YEAR_SECONDS)
    answer.cache_control.immutable = True
    answer.cache_control.public = True
    return answer
