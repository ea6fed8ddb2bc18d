"""What the pages ask about accounts and tokens."""

from sqlmodel import Session, col, select

from erp.accounts.models import Account, ApiToken, AuditEntry

NEWEST = 50  # entries of the audit trail on the settings page


def has_accounts(session: Session) -> bool:
    return session.exec(select(Account.id).limit(1)).first() is not None


def all_accounts(session: Session) -> list[Account]:
    """Every account by name, the disabled ones last."""
    return list(
        session.exec(
            select(Account).order_by(
                col(Account.disabled_at).is_not(None), col(Account.email)
            )
        )
    )


def tokens_of(session: Session, supplier_id: int | None = None) -> list[ApiToken]:
    """The API tokens of the store, or of a supplier: usable ones first, then newest."""
    return list(
        session.exec(
            select(ApiToken)
            .where(col(ApiToken.supplier_id).is_not_distinct_from(supplier_id))
            .order_by(col(ApiToken.revoked_at).is_not(None), col(ApiToken.id).desc())
        )
    )


def find_token(
    session: Session, token_id: int, supplier_id: int | None = None
) -> ApiToken | None:
    """A token of the store, or of that supplier."""
    token = session.get(ApiToken, token_id)
    return token if token and token.supplier_id == supplier_id else None


def newest_audit_entries(session: Session) -> list[AuditEntry]:
    return list(
        session.exec(
            select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(NEWEST)
        )
    )
