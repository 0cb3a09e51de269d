"""What the agents and commands of the demo printed."""

_MODULES = ("basket", "coupon", "delivery", "invoice", "login", "payout", "refund", "search", "vat", "wishlist")
_CASES = ("is_empty", "keeps_its_order", "with_two_currencies", "after_midnight", "for_guests", "in_thai")
_LONG = 160


def suite(failing: str = "") -> str:
    """A long one, which is there to be scrolled."""
    lines = ["$ make test", "=" * 20 + " test session starts " + "=" * 20, ""]
    total = _LONG * len(_CASES)
    done = 0
    for number in range(_LONG):
        module = _MODULES[number % len(_MODULES)]
        for case in _CASES:
            done += 1
            name = f"tests/{module}/test_{module}_{number // len(_MODULES) + 1:02}.py::test_{case}"
            said = "FAILED" if name == failing else "PASSED"
            lines.append(f"{name:<62} {said} [{done * 100 // total:3}%]")
    if failing:
        lines += [
            "",
            "=" * 20 + " FAILURES " + "=" * 20,
            f"E   assert Decimal('19.01') == Decimal('19.00')  {failing}",
        ]
    lines += ["", f"{'1 failed, ' if failing else ''}{total - bool(failing)} passed in 38.20s"]
    return "\n".join(lines) + "\n"


SHORT = "$ make test\n" + ("." * 80 + "\n") * 12 + "\n960 passed in 38.20s\n"
FAILING = "tests/vat/test_vat_05.py::test_with_two_currencies"


def agent_run(answer: str, files: tuple[str, ...] = ()) -> str:
    """How an agent came to its answer."""
    lines = ["I begin with the places that the ticket names.", ""]
    for file in files:
        lines += [f"● Read {file}", f"● Edit {file}", "  12 lines added, 5 removed", ""]
    lines += ["● Run make test", "  412 passed in 38.20s", "", answer]
    return "\n".join(lines) + "\n"
