"""What the agents, programs and colleagues of the sample month say."""

from typing import Any

AGENTS = ("coder-1", "coder-2", "reviewer", "tester", "scribe")

SUMMARIES = (
    "4 files changed, 127 lines added, 31 removed. Tests pass.\n\nThe date is now kept in the customer's own"
    " zone; the old column stays until the backfill is done.",
    "Implemented as planned, one question left: should guests see the same message?",
    "The fix is three lines; most of the change is the test that would have caught it.",
    "Đã sửa xong, thêm 6 kiểm thử. Cần xem lại phần múi giờ ở trang quản trị.",
    "2ページ目以降のカーソルを修正しました。テストも追加済みです。",
    "Rewrote the query with a keyset cursor: the slow page went from 1.9 s to 14 ms.",
    "Nothing visible changes. The three callers share one function now.",
)

APPROVED = (
    "Approved with a note: please try it with a screen reader.",
    "Approved. The preview is at https://preview.example.com/sf-124",
    "Looks right to me; the edge case with two coupons wants a second pair of eyes.",
    "Duyệt. Nhờ kiểm tra trên Safari.",
)

FAILURES = (
    "The agent stopped after 40 turns without a passing test.",
    "The work tree could not be made: the branch exists already and is not merged.",
    "The provider refused the request: the prompt is longer than the model's context.",
    "Cancelled by the budget: this ticket may cost 6 USD and has cost 6.12.",
)

REVIEWS = (
    "src/checkout/coupon.py:88  the lock is released before the total is written\n"
    "src/checkout/coupon.py:131  an expired coupon still counts as one use",
    "The migration drops a column that the previous release still reads: deploying it in one step loses orders.",
    "tests/test_refund.py asserts what the code does, not what the ticket asks for.",
    "The new endpoint has no permission check. Everybody who is signed in could change any address.",
)

HOOKS: tuple[tuple[str, str, int, str], ...] = (
    (
        "pre-push",
        "make check",
        2,
        "ruff: 3 errors\n  app/basket.py:41:5  F841 local variable 'total' is assigned to but never used\n"
        "  app/basket.py:77:1  E302 expected 2 blank lines\n  app/views.py:12:1  F401 unused import",
    ),
    ("on-start", "docker compose up -d", 1, "port 5432 is already allocated"),
    ("on-done", "./scripts/notify-tracker.sh", 22, "curl: (22) The requested URL returned error: 403"),
    ("post-merge", "npm ci", 1, "npm error code EINTEGRITY: sha512 of left-pad-2.1.0.tgz does not match"),
)

VERIFICATIONS: tuple[tuple[str, int, str], ...] = (
    (
        "pytest -q",
        1,
        "FAILED tests/test_vat.py::test_mixed_basket - assert Decimal('19.01') == Decimal('19.00')\n"
        "1 failed, 412 passed in 38.20s",
    ),
    ("npm test", 1, "Expected “Đà Nẵng”, received “ÄÃ  Náºµng” (address.spec.ts:57)"),
    ("make e2e", 2, "Timed out after 30 s waiting for the button “Place order”."),
    ("cargo test", 101, "thread 'queue::tests::drains' panicked: assertion failed: left == right"),
)

STEPS: tuple[tuple[str, str, str], ...] = (
    ("release", "build image", "COPY failed: no such file: dist/manifest.json"),
    ("release", "smoke test", "GET /health answered 502 for 60 s"),
    ("triage", "label issues", "The tracker answered 429; it allows 30 requests a minute."),
    ("data import", "validate", "Row 8,114: “31.02.2026” is no date."),
)

CONFLICTS: tuple[tuple[str, ...], ...] = (
    ("src/checkout/coupon.py",),
    ("billing/vat.py", "billing/tests/test_vat.py"),
    ("Dockerfile", ".ci/build.yml", "deploy/values.yaml"),
)

APPROVALS: tuple[tuple[str, str], ...] = (
    ("Deploy to production", "All gates passed. Deploy storefront 4.18 to production?"),
    ("Run a command", "The agent wants to run:  rm -rf node_modules && npm install"),
    ("Write outside the work tree", "The agent wants to change ~/.config/pip/pip.conf to use the mirror."),
    ("Send 3,120 mails", "The dunning run of October waits for your word."),
    ("Plan: One basket for all devices", "Two questions of the plan wait for you before its review."),
)

PULL_REQUESTS = (
    "Bump sqlalchemy from 2.1.8 to 2.1.9",
    "Remove unused feature flags",
    "Quarantine test_search_suggests_while_typing",
    "Translate the checkout into Thai (ภาษาไทย)",
)

NOTICES: tuple[tuple[str, str], ...] = (
    (
        "Could you look at the basket numbers?",
        "They look too good since Tuesday. The dashboard is in the usual place.",
    ),
    (
        "Restore rehearsal on Thursday, 14:00",
        "We bring the billing database back from the backup, for real this time.",
    ),
    ("Cảm ơn vì bản sửa hôm qua! 🎉", "Khách hàng xác nhận đơn hàng hiển thị đúng giờ rồi."),
    ("預算表已更新", "請在週五前看一下平台的部分，謝謝。"),
    ("I am away until Monday", "Ben has my tickets. The flaky test hunt can stay on."),
    ("Свежие графики по очередям", "Задержка упала вдвое после обновления образа."),
)

OUTSIDE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("deploy:finished", {"version": "4.18.2", "environment": "staging", "seconds": 214}),
    ("backup:verified", {"database": "billing", "size": "41.7 GiB", "restoredIn": "11 min"}),
    ("certificate:renewed", {"host": "shop.example.com", "validUntil": "2027-02-11"}),
    ("import:finished", {"rows": 8113, "refused": 1, "file": "warehouse-11.csv"}),
)

GATES = ("integration", "accessibility", "before release")
GATE_REASON = "Two of five tickets are below the minimum score of 3.5."

MOVES = (("pending", "queued"), ("queued", "implementation"), ("pull request", "completed"))
