"""The words for the audit trail's actions."""

from erp.web.words import N_, _

DEEDS = {
    "set_up": N_("Set the installation up"),
    "signed_in": N_("Signed in"),
    "signed_out": N_("Signed out"),
    "sign_in_refused": N_("Was refused to sign in"),
    "account_locked": N_("Account rests after wrong passwords"),
    "account_added": N_("Added an account"),
    "account_disabled": N_("Disabled an account"),
    "account_enabled": N_("Enabled an account"),
    "role_changed": N_("Changed a role"),
    "password_changed": N_("Changed a password"),
    "token_created": N_("Created a token"),
    "token_revoked": N_("Revoked a token"),
    "run_requested": N_("Asked for a job"),
    "mail_queued_again": N_("Queued a mail again"),
}


def deed(action: str) -> str:
    """An action in words; one nobody wrote down is shown by its name, readably."""
    words = DEEDS.get(action)
    return _(words) if words else action.replace("_", " ").capitalize()
