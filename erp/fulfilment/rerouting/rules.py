"""What may be routed on without asking anybody."""

from suppliers.contract import RejectReason

R = RejectReason
OURS = frozenset(  # for us to put right: the next supplier would stumble over it too
    {
        R.INCORRECT_ADDRESS,
        R.INCORRECT_PRODUCT_INFO,
        R.INVALID_CONTACT_INFORMATION,
        R.MERCHANT_BLOCKED_OR_SUSPENDED,
        R.MISSING_CUSTOMS_INFO,
        R.PACKAGE_PREFERENCE_NOT_SET,
        R.PAYMENT_DECLINED,
    }
)


def is_ours(reason: RejectReason | None) -> bool:
    """Whether a supplier said no to something only we can put right."""
    return reason in OURS
