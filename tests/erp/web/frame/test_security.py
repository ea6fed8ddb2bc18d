"""What every request meets: the sign-in, roles, forged forms, limits, headers."""

import io
import re

import pytest

from erp.accounts.models import Role
from erp.web.frame.context import RANK

PAGES = ["/settings", "/jobs", "/jobs/send_mail", "/outbox", "/orders", "/purchases"]
COMMANDS = ["/jobs/send_mail/run", "/outbox/1/again", "/settings/accounts"]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def routes(app, method: str) -> list[str]:
    """Every address that answers to a method, with 1 for each number in it."""
    return [
        re.sub(r"<[^>]+>", "1", rule.rule)
        for rule in app.url_map.iter_rules()
        if method in rule.methods
    ]


FOR_PROGRAMS = ("/api", "/supplier/")  # they ask for tokens
THEIR_OWN = (*FOR_PROGRAMS, "/p/")  # so does the page, whose address is a secret


def is_public(app, path: str) -> bool:
    public = (*THEIR_OWN, "/static", "/assets", "/sign-in", "/setup")
    return path.startswith(public) or path in {"/healthz", "/preferences"}


def test_every_page_but_the_public_ones_asks_for_the_sign_in(app, visitor):
    for path in routes(app, "GET"):
        if not is_public(app, path):
            answer = visitor.get(path)
            assert (answer.status_code, path) == (303, path)
            assert answer.location.startswith("/sign-in"), path


def test_no_form_is_taken_without_its_token(app, sign_in_as):
    owner = sign_in_as(Role.OWNER)
    for path in routes(app, "POST"):
        if not path.startswith(THEIR_OWN):
            for token in (None, "", "forged"):
                answer = owner.post(path, data={"csrf_token": token} if token else {})
                assert (answer.status_code, path) == (403, path)
                assert "no longer valid" in answer.text


def test_the_token_of_another_person_is_no_use(app, sign_in_as):
    owner, viewer = sign_in_as(Role.OWNER), sign_in_as(Role.VIEWER)
    owner.form_token = viewer.form_token
    assert "no longer valid" in owner.submit("/jobs/send_mail/run").text


def test_a_script_of_ours_may_send_the_token_as_a_header(sign_in_as):
    owner = sign_in_as(Role.OWNER)
    headers = {"X-CSRF-Token": owner.form_token}
    assert owner.post("/jobs/send_mail/run", headers=headers).status_code == 303


def test_a_viewer_changes_nothing(app, sign_in_as):
    viewer = sign_in_as(Role.VIEWER)
    own = {"/preferences", "/sign-out", "/settings/password", "/sign-in", "/setup"}
    for path in routes(app, "POST"):
        if not path.startswith(THEIR_OWN) and path not in own:
            answer = viewer.submit(path)
            assert (answer.status_code, path) == (403, path)
            assert "Your role" in answer.text


@pytest.mark.parametrize("path", PAGES[:4])
def test_a_viewer_sees_pages_without_their_buttons(sign_in_as, path):
    page = sign_in_as(Role.VIEWER).get(path)
    assert page.status_code == 200
    assert "Run now" not in page.text


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "path", ["/settings/accounts", "/settings/tokens", "/settings/audit"]
)
def test_accounts_and_tokens_are_for_owners(sign_in_as, role, path):
    expected = 200 if RANK[role] == RANK[Role.OWNER] else 403
    assert sign_in_as(role).get(path).status_code == expected


def test_every_answer_carries_the_strict_policy(sign_in_as, visitor):
    owner = sign_in_as(Role.OWNER)
    for path in ("/settings", "/nothing", "/api/openapi.json", "/static/app.css"):
        headers = owner.get(path).headers
        assert headers["Content-Security-Policy"] == POLICY, path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Permissions-Policy" in headers
        assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize("settings_given", [{"ERP_SERVER_SECURE_COOKIES": "true"}])
def test_behind_https_cookies_are_bound_to_the_host(visitor):
    answer = visitor.get("/setup", base_url="https://127.0.0.1")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-erp_page=")
    assert "Secure" in cookie
    assert "Strict-Transport-Security" in answer.headers


def test_pages_have_no_inline_script_or_style(sign_in_as):
    owner = sign_in_as(Role.OWNER)
    for path in PAGES[:4]:
        page = owner.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)


@pytest.mark.parametrize("settings_given", [{"ERP_SERVER_MAX_BODY_BYTES": "500"}])
def test_a_body_over_the_limit_is_refused_declared_or_not(sign_in_as):
    owner = sign_in_as(Role.OWNER)
    assert owner.submit("/settings/tokens", name="x" * 600).status_code == 413
    chunked = owner.post(
        "/settings/tokens",
        input_stream=io.BytesIO(b"x" * 10_000),
        content_type="application/x-www-form-urlencoded",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert chunked.status_code == 413


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/outbox/1", 404),
        ("/outbox/99999999999999999999", 404),
        ("/jobs/nothing", 404),
        ("/assets/bootstrap/0/css/bootstrap.min.css", 404),
        ("/assets/bootstrap/../../secret.key", 404),
        ("/sign-out", 405),
        ("/outbox?mark=x&status=y", 200),
    ],
)
def test_errors_have_a_page_with_words(sign_in_as, path, status):
    answer = sign_in_as(Role.OWNER).get(path)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert "Traceback" not in answer.text


def test_a_failure_of_ours_tells_nothing_but_sorry(sign_in_as, monkeypatch, app):
    owner = sign_in_as(Role.OWNER)

    def fail() -> str:
        raise RuntimeError("secret detail")

    monkeypatch.setitem(app.view_functions, "jobs.index", fail)
    answer = owner.get("/jobs")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/static/app.css",
        "/static/app.js",
        "/static/theme.js",
        "/static/icon.svg",
    ],
)
def test_our_own_files_are_served(visitor, path):
    assert visitor.get(path).status_code == 200


def test_every_file_a_page_names_is_served_and_kept(visitor):
    page = visitor.get("/setup").text
    for path in re.findall(r'(?:href|src)="(/(?:assets|static)/[^"]+)"', page):
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_a_script_that_asks_without_a_session_is_led_to_the_sign_in(visitor):
    answer = visitor.get("/jobs", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/sign-in")
