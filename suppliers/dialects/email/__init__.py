"""E-mail: orders go out as mails, and what comes back is read from a mailbox."""
