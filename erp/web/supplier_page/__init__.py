"""The page behind a link: one purchase order, for its supplier, without a login."""
