"""Who may do what: accounts, their sessions, API tokens, and the audit trail."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from config.database import one_of, stored_by_value


class Role(StrEnum):
    OWNER = "owner"  # everything, and the accounts
    OPERATOR = "operator"  # the day's work
    VIEWER = "viewer"  # looks, changes nothing


class Scope(StrEnum):
    READ = "read"
    WRITE = "write"


class Account(SQLModel, table=True):
    __table_args__ = (one_of("role", Role),)

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)  # lower case
    name: str
    role: Role = Field(sa_column=stored_by_value(Role))
    password_hash: str  # argon2id
    language: str = "en"
    gets_alerts: bool = False  # is mailed when an alert opens or resolves
    failed_sign_ins: int = 0
    locked_until: datetime | None = None
    disabled_at: datetime | None = None
    created_at: datetime


class LoginSession(SQLModel, table=True):
    """A signed-in browser; the cookie holds the secret, this row only its hash."""

    __tablename__ = "login_session"

    token_hash: str = Field(primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    form_token: str  # against forged forms
    created_at: datetime
    expires_at: datetime = Field(index=True)


class ApiToken(SQLModel, table=True):
    """Shown once; stored as a prefix to know it by and a SHA-256 to check it by."""

    __tablename__ = "api_token"
    __table_args__ = (one_of("scope", Scope),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    prefix: str
    token_hash: str = Field(unique=True)
    scope: Scope = Field(sa_column=stored_by_value(Scope))
    # the one supplier it speaks for; None: the store's own programs
    supplier_id: int | None = Field(default=None, foreign_key="supplier.id")
    created_at: datetime
    created_by: str
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class IdempotentRequest(SQLModel, table=True):
    """The first answer to a request, kept to be given again for the same key."""

    __tablename__ = "idempotent_request"

    api_token_id: int = Field(foreign_key="api_token.id", primary_key=True)
    key: str = Field(primary_key=True, max_length=255)
    fingerprint: str  # SHA-256 of method, path and body
    started_at: datetime = Field(index=True)
    lease_until: datetime  # in flight until then, if there is no answer yet
    status: int | None = None
    answer: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class AuditEntry(SQLModel, table=True):
    """Who did what to what; rows are only ever added."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    actor: str
    action: str
    subject: str
    detail: str = ""
