"""The words for the audit trail's actions."""

import re

from erp.accounts.models import Role, Scope
from erp.fulfilment.answering.entering import Said
from erp.fulfilment.notices.models import DisabledBecause
from erp.web.frame.details import became, changed
from erp.web.frame.labels import label
from erp.web.frame.words import N_, _

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
    "page_link_made": N_("Made a link to a purchase order's page"),
    "page_links_revoked": N_("Revoked the links to a purchase order's page"),
    "supplier_added": N_("Added a supplier"),
    "report_applied": N_("Applied a report that had been set aside"),
    "report_dismissed": N_("Saw to a report that had been set aside"),
    "supplier_changed": N_("Changed a supplier"),
    "supplier_paused": N_("Paused a supplier"),
    "supplier_resumed": N_("Resumed a supplier"),
    "endpoint_set": N_("Set where a supplier's programs are told"),
    "endpoint_rotated": N_("Made a new secret for a supplier's programs"),
    "endpoint_turned_off": N_("Turned off notices to a supplier's programs"),
    "notice_sent_again": N_("Sent a notice to a supplier's programs again"),
    "invoice_accepted": N_("Accepted an invoice"),
    "invoice_disputed": N_("Disputed an invoice"),
    "answer_entered": N_("Entered what a supplier said of a purchase order"),
    "letter_attached": N_("Said which purchase order a letter is about"),
    "contact_redacted": N_("Removed a customer's address"),
    "invoice_rejected": N_("Rejected an invoice"),
}
ROLE = re.compile("|".join(Role))
SCOPE = re.compile(rf"(?<=\()({'|'.join(Scope)})(?=\)$)")


def deed(action: str) -> str:
    """An action in words; one nobody wrote down is shown by its name, readably."""
    words = DEEDS.get(action)
    return _(words) if words else action.replace("_", " ").capitalize()


def deed_detail(action: str, detail: str) -> str:
    """What an action changed; the words somebody typed stay as they are."""
    if action in ("role_changed", "account_added"):
        said = [label(Role(each)) for each in ROLE.findall(detail)]
        return became(*said) if len(said) == 2 else " ".join(said)
    if action == "token_created":
        return SCOPE.sub(lambda found: label(Scope(found[0])), detail)
    if action == "answer_entered":
        verb, _blank, particulars = detail.partition(" ")
        return " ".join([label(Said(verb)), particulars]).strip()
    if action == "endpoint_turned_off":
        return label(DisabledBecause(detail))
    return changed(detail) if action == "supplier_changed" else detail
