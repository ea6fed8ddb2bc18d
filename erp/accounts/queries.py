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


def all_tokens(session: Session) -> list[ApiToken]:
    """Every API token, the usable ones first, then the newest."""
    return list(
        session.exec(
            select(ApiToken).order_by(
                col(ApiToken.revoked_at).is_not(None), col(ApiToken.id).desc()
            )
        )
    )


def newest_audit_entries(session: Session) -> list[AuditEntry]:
    return list(
        session.exec(
            select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(NEWEST)
        )
    )
