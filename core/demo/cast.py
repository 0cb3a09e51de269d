"""Who and what the sample month is about: people, workspaces, tickets, missions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colleague:
    name: str
    display_name: str
    workspaces: tuple[str, ...]
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ticket:
    workspace: str
    id: str
    title: str


COLLEAGUES = (
    Colleague("ann", "Ann Keller", ("storefront", "billing"), ("automations.view_all", "automations.manage")),
    Colleague("ben", "Ben Okafor", ("storefront", "platform"), ("automations.manage",)),
    Colleague("chau", "Trần Minh Châu", ("storefront", "billing"), ("automations.manage",)),
    Colleague("dmitri", "Дмитрий Соколов", ("platform",), ("automations.manage_all", "keys.manage")),
    Colleague("mei", "林美玲", ("billing", "platform"), ("automations.manage",)),
    Colleague("somchai", "สมชาย ใจดี", ("storefront",)),
)

WORKSPACES = {
    "storefront": "Storefront",
    "billing": "Billing & invoices",
    "platform": "Platform and deployment",
}

TICKETS = (
    Ticket("storefront", "SF-118", "Checkout drops the cart when a coupon expires"),
    Ticket("storefront", "SF-121", "Search returns nothing for “café” typed as e + accent"),
    Ticket("storefront", "SF-124", "Đơn hàng hiển thị sai múi giờ sau nửa đêm"),
    Ticket("storefront", "SF-127", "検索結果が2ページ目で止まる"),
    Ticket("storefront", "SF-131", "Product images jump while they load on slow lines"),
    Ticket("storefront", "SF-133", "Guests cannot change the delivery address"),
    Ticket("storefront", "SF-136", "Wish list loses its order on the phone"),
    Ticket("storefront", "SF-140", "Replace the home-made date picker"),
    Ticket("billing", "BIL-42", "Invoice PDF cuts off long company names"),
    Ticket("billing", "BIL-45", "VAT of mixed baskets is rounded twice"),
    Ticket("billing", "BIL-47", "Hóa đơn điện tử thiếu mã số thuế"),
    Ticket("billing", "BIL-51", "Refunds over two currencies are off by a cent"),
    Ticket("billing", "BIL-53", "Dunning letters go out on public holidays"),
    Ticket("billing", "BIL-58", "請求書の再送で宛名が文字化けする"),
    Ticket("platform", "OPS-77", "Move the queue workers to the new base image"),
    Ticket("platform", "OPS-80", "Rotate the object storage credentials without a restart"),
    Ticket("platform", "OPS-83", "Deploy waits for health checks that nobody answers"),
    Ticket("platform", "OPS-86", "Cut the cold start of the preview environments"),
    Ticket("platform", "OPS-91", "Log volume tripled since the tracing update"),
)

MISSIONS = {
    "storefront": ("M-7", "Checkout without dead ends"),
    "billing": ("M-9", "Invoices that need no second look"),
    "platform": ("M-11", "Deploys in under five minutes"),
}

PLANS = (
    ("P-21", "One basket for all devices"),
    ("P-22", "Retire the legacy tax table"),
    ("P-24", "Preview environments that sleep"),
)

ROUND_TABLES = (
    (
        "R-4",
        "Which queue replaces the cron jobs?",
        "Keep PostgreSQL as the queue; look again at 500 jobs a second.",
    ),
    ("R-5", "Server-side or client-side search?", "Server-side; the dissent is about cost and is written down."),
    ("R-6", "Do we need a second region this year?", "Not this year. Rehearse the restore instead."),
)

KEYS = (("ci", "ann"), ("grafana", "dmitri"), ("warehouse-import", "mei"), ("release-bot", "ben"))

OWN_KEYS = ("laptop", "status page")
