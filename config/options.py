"""Every option the program has, typed and frozen: one class for each table.

Their defaults, each with a comment, are in `erp.toml`; `config.settings` loads them.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Store:
    name: str
    currency: str
    language: str
    time_zone: str
    base_url: str
    home_country: str


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    threads: int
    max_body_bytes: int
    secure_cookies: bool


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    url: str
    busy_timeout_seconds: int


@dataclass(frozen=True, slots=True)
class Guards:
    max_age_days: int
    min_margin_percent: int
    duplicate_window_hours: int


@dataclass(frozen=True, slots=True)
class Routing:
    stale_after_hours: int
    single_parcel: str
    allow_split: bool
    stock_buffer: int
    reroute: str


@dataclass(frozen=True, slots=True)
class Forwarding:
    threads: int
    lease_seconds: int
    settle_seconds: int
    first_retry_seconds: int
    longest_retry_seconds: int
    max_attempts: int
    call_timeout_seconds: int


@dataclass(frozen=True, slots=True)
class Tracking:
    poll_seconds: int
    stock_seconds: int


@dataclass(frozen=True, slots=True)
class Mail:
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_security: str
    sender: str
    first_retry_seconds: int
    longest_retry_seconds: int
    max_attempts: int


@dataclass(frozen=True, slots=True)
class SupplierPage:
    valid_days: int
    link_visits_per_minute: int
    address_visits_per_minute: int
    max_file_bytes: int


@dataclass(frozen=True, slots=True)
class Notices:
    threads: int
    timeout_seconds: int
    former_secret_hours: int


@dataclass(frozen=True, slots=True)
class Invoices:
    tolerance_percent: int
    tolerance_cents: int
    tax_percent: int


@dataclass(frozen=True, slots=True)
class Privacy:
    contact_days: int
    letters_days: int


@dataclass(frozen=True, slots=True)
class Jobs:
    check_orders: int
    route_orders: int
    forward_purchases: int
    reconcile_purchases: int
    cancel_purchases: int
    track_purchases: int
    send_notices: int
    watch_clocks: int
    compare_invoices: int
    sync_stock: int
    retry_held: int
    measure_kpis: int
    raise_alerts: int
    send_mail: int
    redact_contacts: int
    tidy_up: int


@dataclass(frozen=True, slots=True)
class Logging:
    level: str


@dataclass(frozen=True, slots=True)
class Settings:
    """All options, and the folder that holds the state of the embedded default."""

    data: Path
    store: Store
    server: Server
    database: DatabaseSettings
    guards: Guards
    routing: Routing
    forwarding: Forwarding
    tracking: Tracking
    mail: Mail
    supplier_page: SupplierPage
    notices: Notices
    invoices: Invoices
    privacy: Privacy
    jobs: Jobs
    logging: Logging

    @property
    def outbox(self) -> Path:
        """Where mails lie as .eml files while no mail server is set."""
        return self.data / "outbox"

    @property
    def database_url(self) -> str:
        """The URL in use: PostgreSQL if one is set, else SQLite in the data folder."""
        return self.database.url or f"sqlite:///{self.data / 'erp.db'}"
