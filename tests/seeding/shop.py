"""The jobs of a believable shop, and how each of them behaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from runners.engine.ask import Ask
from runners.engine.protocol.work import Claimed
from runners.engine.run import FailureKind
from tests.seeding.play import Act

JAKARTA = "Asia/Jakarta"
DAILY: tuple[dict[str, Any], ...] = (
    {"job_id": "nightly-report", "type": "report.daily", "schedule": {"cron": "0 2 * * *", "timezone": JAKARTA},
     "inputs": {"flow_group": "warehouse", "flow_max_active_runs": 1}, "tags": ["finance"],
     "description": "What was sold, what failed, what was slow: for the morning meeting."},
    {"job_id": "backup", "type": "backup.export", "schedule": {"cron": "30 3 * * *", "timezone": JAKARTA}, "inputs": {"keep": 30},
     "tags": ["operations"], "description": "All jobs and their failure memory, kept for thirty days."},
)  # fmt: skip
STEADY: tuple[dict[str, Any], ...] = (
    {"job_id": "shopee-stock-sync", "type": "http.request", "schedule": {"interval_sec": 300}, "tags": ["marketplace", "stock"],
     "inputs": {"method": "POST", "url": "https://partner.shopee.example/api/v2/product/update_stock", "flow_group": "marketplace"},
     "description": "Stock of every variant, to Shopee."},
    {"job_id": "tokopedia-orders", "type": "http.request", "schedule": {"interval_sec": 180}, "tags": ["marketplace", "orders"],
     "inputs": {"url": "https://fs.tokopedia.example/v2/order/list", "flow_group": "marketplace"},
     "description": "New orders, from Tokopedia."},
    {"job_id": "price-crawl", "type": "command.run", "schedule": {"interval_sec": 900}, "timeout_ms": 3_600_000,
     "tags": ["prices"], "inputs": {"argv": ["price-crawl", "--market", "all"], "flow_group": "crawl", "flow_max_active_runs": 1},
     "description": "Prices of 4 200 products at three competitors."},
    {"job_id": "catalog-crawl", "type": "command.run", "timeout_ms": 7_200_000, "tags": ["prices"],
     "inputs": {"argv": ["catalog-crawl", "--full"], "flow_group": "crawl"}, "description": "The whole catalogue, by hand."},
    {"job_id": "ledger-export", "type": "command.run", "schedule": {"interval_sec": 1200}, "retry_policy": {"max_retry": 0},
     "tags": ["finance"], "inputs": {"argv": ["ledger-export", "--since", "yesterday"], "failure_cooldown_sec": 900},
     "description": "Bookings, as a file for the accountants."},
    {"job_id": "search-index", "type": "http.request", "schedule": {"interval_sec": 600}, "timeout_ms": 60_000, "tags": ["search"],
     "inputs": {"method": "POST", "url": "https://search.shop.example/reindex", "pressure_priority": "low"},
     "retry_policy": {"max_retry": 2, "backoff_sec": [20]}, "description": "Only what changed since the last time."},
    {"job_id": "fx-rates", "type": "http.request", "schedule": {"cron": "5 * * * *"}, "tags": ["finance"],
     "inputs": {"url": "https://rates.example/latest?base=IDR", "pressure_priority": "critical"}},
    {"job_id": "heartbeat-telegram", "type": "monitor.channel", "schedule": {"interval_sec": 120}, "tags": ["operations"],
     "inputs": {"account_id": "shop", "pressure_priority": "critical"}},
    {"job_id": "image-resize", "type": "command.run", "tags": ["media"],
     "inputs": {"argv": ["resize", "--all-sizes"], "allow_overlap": True}, "description": "Asked for by the upload page."},
    {"job_id": "refund-batch", "type": "command.run", "tags": ["finance"], "inputs": {"argv": ["refunds", "--apply"]},
     "approvers": {"role": "admin", "quorum": 2, "expires_sec": 7200}, "description": "Stops and asks before it sends money back."},
    {"job_id": "cleanup-exports", "type": "command.run", "requires_approval": True, "tags": ["operations"],
     "inputs": {"argv": ["rm", "-r", "exports/2025"]}, "description": "Old exports, after somebody has looked."},
    {"job_id": "invoice-pdf", "type": "command.run", "schedule": {"interval_sec": 1800}, "tags": ["finance"],
     "inputs": {"argv": ["invoices", "--print"], "flow_group": "invoices"}},
    {"job_id": "customer-digest", "type": "http.request", "schedule": {"cron": "0 8 * * mon", "timezone": JAKARTA},
     "inputs": {"method": "POST", "url": "https://mail.shop.example/digest"}, "tags": ["mail"]},
    {"job_id": "warehouse-recount", "type": "command.run", "timeout_ms": 7_200_000, "tags": ["stock"],
     "inputs": {"argv": ["recount"], "flow_group": "warehouse"}, "description": "Every shelf, by hand, when the books are off."},
    {"job_id": "thumbnail-import", "type": "command.run", "tags": ["media"], "retry_policy": {"max_retry": 0},
     "inputs": {"argv": ["thumbnails", "--import"]}},
)  # fmt: skip
TYPICAL_SEC: Mapping[str, tuple[float, float]] = {
    "nightly-report": (38, 46), "backup": (3, 5), "shopee-stock-sync": (8, 19), "tokopedia-orders": (2, 9),
    "price-crawl": (110, 320), "ledger-export": (6, 11), "search-index": (4, 24), "fx-rates": (0.3, 0.9),
    "heartbeat-telegram": (0.1, 0.4), "image-resize": (9, 26), "invoice-pdf": (15, 40),
}  # fmt: skip
CRAWLED = (
    "catalog 2026-11: 11 200 pages, 4 200 products",
    "page 1 000: 371 products, 2 new",
    "page 2 000: 744 products, 3 new",
    "page 2 713: 429 Too Many Requests, waiting 20 s as asked",
    "page 3 000: 1 122 products, 3 new",
    "page 4 000: 1 498 products, 7 new",
    "price of 'Teh Poci 500 g' fell by 18 %, looked at twice",
    "page 5 000: 1 871 products, 7 new",
    "page 6 000: 2 240 products, 9 new",
    "page 7 000: 2 619 products, 9 new",
    "page 8 000: 2 990 products, 12 new",
)
DISK_FULL = "exit status 2: ledger.csv: no space left on device"
REFUNDS = ({"refund": "INV-20871", "amount": "IDR 184 000", "to": "OVO ••• 4471"},
           {"refund": "INV-20903", "amount": "IDR 52 500", "to": "BCA ••• 0192"},
           {"refund": "INV-20911", "amount": "IDR 1 249 000", "to": "Mandiri ••• 7730"})  # fmt: skip


def behaviour(deployed_at: datetime) -> Any:
    """Return how the jobs behave; since `deployed_at` the disk of the exports is full."""

    def behave(claimed: Claimed, now: datetime, random: Random) -> Act:
        name = claimed.fields["job_id"]
        took = timedelta(seconds=random.uniform(*TYPICAL_SEC.get(name, (5, 12))))
        match name:
            case "catalog-crawl":
                return Act(timedelta(minutes=34), total=11_200, noun="pages", says=CRAWLED)
            case "warehouse-recount":
                return Act(timedelta(minutes=48), total=612, noun="shelves")
            case "refund-batch" if not claimed.fields.get("granted"):
                return Act(timedelta(seconds=4), ask=Ask("Send back IDR 1 485 500 to three customers", REFUNDS, 7200))
            case "ledger-export" if now >= deployed_at:
                return Act(took / 3, DISK_FULL, says=("writing ledger.csv", "ledger.csv: no space left on device"))
            case "thumbnail-import":
                return Act(took, "its process ended by signal 11 (Segmentation fault)", FailureKind.CRASHED)
            case "search-index" if random.random() < 0.06:
                return Act(timedelta(seconds=60), "it did not end within 60 s", FailureKind.TIMEOUT)
            case "shopee-stock-sync" if random.random() < 0.03:
                return Act(took, "POST https://partner.shopee.example/api/v2/product/update_stock: 502 Bad Gateway")
        return Act(took, output=_output(name, random))

    return behave


def _output(name: str, random: Random) -> Any:
    match name:
        case "shopee-stock-sync":
            return {"status": 200, "body": {"updated": random.randint(180, 420), "failed": []}}
        case "tokopedia-orders":
            return {"status": 200, "body": {"orders": random.randint(0, 14)}}
        case "fx-rates":
            return {"status": 200, "body": {"base": "IDR", "USD": 0.0000612, "SGD": 0.0000795}}
    return {"exit_status": 0}
