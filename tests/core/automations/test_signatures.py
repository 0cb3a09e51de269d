"""Signed calls: by GitHub, by GitLab, by whoever keeps to Standard Webhooks. What is right is computed here anew,
from what the senders say of themselves."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from core.api.automations import Signature
from core.automations.signatures import TOLERANCE, is_signed
from core.clock import SECOND, from_datetime
from storage.ids import Instant

NOW = from_datetime(datetime(2026, 3, 2, 9, tzinfo=UTC))
STAMP = str(NOW // SECOND)
BODY = b'{"ref":"main"}'
KEY = b"0123456789abcdef0123456789abcdef"
WHSEC = "whsec_" + base64.b64encode(KEY).decode()


def github(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def standard(number: str, stamp: str, body: bytes, key: bytes = KEY) -> str:
    signed = f"{number}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def check(kind: Signature, secret: str, headers: dict[str, str], body: bytes = BODY, now: Instant = NOW) -> bool:
    return is_signed(kind, secret, headers.get, body, now)


def test_githubs_own_example_is_right() -> None:
    digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    headers = {"X-Hub-Signature-256": f"sha256={digest}"}
    assert check("github", "It's a Secret to Everybody", headers, b"Hello, World!")


def test_the_own_example_of_standard_webhooks_is_right() -> None:
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    then = Instant(1614265330 * SECOND)
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert check("standard", secret, headers, b'{"test": 2432232314}', then)


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        "sha256=",
        github("another", BODY),
        github("secret", BODY + b" "),
        github("secret", BODY)[:-1],
        github("secret", BODY).removeprefix("sha256="),
        github("secret", BODY).replace("sha256", "sha1"),
        github("secret", BODY).upper(),
        "sha256=" + "é" * 64,
        "\udcff",
    ],
)
def test_any_other_signature_of_github_is_wrong(said: str | None) -> None:
    assert check("github", "secret", {"X-Hub-Signature-256": github("secret", BODY)})
    assert not check("github", "secret", {} if said is None else {"X-Hub-Signature-256": said})


@pytest.mark.parametrize("said", [None, "", "secre", "secret ", "Secret", "sécret", "\udcff"])
def test_any_other_token_of_gitlab_is_wrong(said: str | None) -> None:
    assert check("gitlab", "secret", {"X-Gitlab-Token": "secret"})
    assert not check("gitlab", "secret", {} if said is None else {"X-Gitlab-Token": said})


RIGHT = {"webhook-id": "msg_1", "webhook-timestamp": STAMP, "webhook-signature": standard("msg_1", STAMP, BODY)}


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": str(int(STAMP) + 1)},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "\u0661"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": RIGHT["webhook-signature"].replace("v1", "v2")},
        {"webhook-signature": RIGHT["webhook-signature"].removeprefix("v1,")},
        {"webhook-signature": standard("msg_1", STAMP, BODY, b"another")},
        {"webhook-signature": standard("msg_1", STAMP, BODY + b" ")},
        {"webhook-signature": "v1,\udcff"},
    ],
)
def test_whatever_is_not_as_it_was_signed_is_wrong(change: dict[str, str]) -> None:
    assert check("standard", WHSEC, RIGHT)
    assert not check("standard", WHSEC, RIGHT | change)


def test_without_one_of_its_headers_a_call_is_not_signed() -> None:
    for missing in RIGHT:
        assert not check("standard", WHSEC, {name: value for name, value in RIGHT.items() if name != missing})


def test_one_of_several_signatures_is_enough() -> None:
    several = " ".join(["v1a,x", standard("msg_1", STAMP, BODY, b"old"), RIGHT["webhook-signature"]])
    assert check("standard", WHSEC, RIGHT | {"webhook-signature": several})
    assert check("standard", WHSEC.removeprefix("whsec_"), RIGHT)


@pytest.mark.parametrize(("late", "right"), [(0, True), (TOLERANCE, True), (TOLERANCE + SECOND, False)])
def test_a_signed_time_may_be_five_minutes_from_ours(late: int, right: bool) -> None:
    assert check("standard", WHSEC, RIGHT, now=Instant(NOW + late)) is right
    assert check("standard", WHSEC, RIGHT, now=Instant(NOW - late)) is right
