import pytest

from core.clock import HOUR, MINUTE, SECOND
from core.errors import NotAuthenticatedError, SlowDownError
from core.people.accounts import DoorPolicy
from core.people.doors import Doors
from core.people.failures import Failures
from core.people.tokens import new_token
from storage.ids import Instant
from storage.keys import recent_failures
from tests.core.people.conftest import OWNER, Home

ADDRESS = "203.0.113.7"


async def test_ten_failures_from_one_address_are_suspicious_and_slow_it_down(home: Home) -> None:
    await _fail(home, 10)
    assert await home.events("key:suspicious") == [{"attempts": 10, "address": ADDRESS}]
    with pytest.raises(SlowDownError, match="try again in 300 seconds") as refused:
        await home.by_key(new_token(home.entropy), ADDRESS)
    assert refused.value.retry_after == 300
    with pytest.raises(SlowDownError):
        await home.by_key("nonsense", ADDRESS)


async def test_nine_failures_are_a_bad_day(home: Home) -> None:
    await _fail(home, 9)
    home.clock.advance(5 * MINUTE)
    await _fail(home, 9)
    assert await home.events("key:suspicious") == []


async def test_a_good_key_passes_from_a_slowed_address(home: Home) -> None:
    key = await home.key(await home.owner())
    await _fail(home, 10)
    assert (await home.by_key(key, ADDRESS)).name == "owner"


async def test_another_address_is_not_slowed(home: Home) -> None:
    await _fail(home, 10)
    with pytest.raises(NotAuthenticatedError):
        await home.by_key(new_token(home.entropy), "203.0.113.8")


async def test_ten_failures_of_one_key_from_many_addresses_are_suspicious(home: Home) -> None:
    key = await home.key(await home.owner())
    await home.keys.revoke(await home.owner(), key.id)
    for host in range(10):
        with pytest.raises(NotAuthenticatedError):
            await home.by_key(key, f"198.51.100.{host}")
    told = await home.events("key:suspicious")
    assert [(event["keyId"], event["prefix"], event["attempts"]) for event in told] == [(key.id, key.prefix, 10)]
    with pytest.raises(SlowDownError):
        await home.by_key(key, "198.51.100.99")


async def test_one_key_from_one_address_is_told_once(home: Home) -> None:
    key = await home.key(await home.owner())
    await home.keys.revoke(await home.owner(), key.id)
    for _ in range(10):
        with pytest.raises(NotAuthenticatedError):
            await home.by_key(key)
    assert [event["keyId"] for event in await home.events("key:suspicious")] == [key.id]


async def test_guesses_at_a_key_do_not_lock_it_out(home: Home) -> None:
    key = await home.key(await home.owner())
    for host in range(10):
        with pytest.raises(NotAuthenticatedError):
            await home.by_key(key.key[:12] + "wrong", f"198.51.100.{host}")
    with pytest.raises(SlowDownError):
        await home.by_key(key.key[:12] + "wrong", "198.51.100.99")
    assert (await home.by_key(key)).name == "owner"


async def test_it_is_told_once_in_an_hour(home: Home) -> None:
    for _ in range(11):
        await _fail(home, 10)
        home.clock.advance(5 * MINUTE)
    assert len(await home.events("key:suspicious")) == 1
    home.clock.advance(5 * MINUTE)
    await _fail(home, 10)
    assert len(await home.events("key:suspicious")) == 2


async def test_failures_are_remembered_across_a_restart(home: Home) -> None:
    await _fail(home, 9)
    doors = Doors(home.database, home.clock, home.entropy, DoorPolicy(OWNER, None, home.accounts))
    with pytest.raises(NotAuthenticatedError):
        await doors.by_key("nonsense", ADDRESS)
    assert len(await home.events("key:suspicious")) == 1
    again = Doors(home.database, home.clock, home.entropy, DoorPolicy(OWNER, None, home.accounts))
    with pytest.raises(SlowDownError):
        await again.by_key("nonsense", ADDRESS)


async def test_a_flood_leaves_ten_rows(home: Home) -> None:
    await _fail(home, 10)
    for _ in range(200):
        with pytest.raises(SlowDownError):
            await home.by_key(new_token(home.entropy), ADDRESS)
    rows = await home.database.read(
        lambda connection: recent_failures(connection, f"address:{ADDRESS}", Instant(0), 1000)
    )
    assert len(rows) == 10


async def test_an_attack_from_everywhere_is_told_so_many_times_and_no_more(home: Home) -> None:
    failures = Failures(home.database, home.clock, home.entropy)
    for network in range(25):
        for _ in range(10):
            await failures.count(None, f"10.0.{network}.1")
    assert len(await home.events("key:suspicious")) == 20


async def test_a_customers_addresses_count_together(home: Home) -> None:
    for host in range(10):
        with pytest.raises(NotAuthenticatedError):
            await home.by_key("nonsense", f"2001:db8:1:2::{host:x}")
    with pytest.raises(SlowDownError):
        await home.by_key("nonsense", "2001:db8:1:2:ffff::1")
    with pytest.raises(NotAuthenticatedError):
        await home.by_key("nonsense", "2001:db8:1:3::1")


async def test_an_address_is_the_same_in_both_notations(home: Home) -> None:
    await _fail(home, 10)
    with pytest.raises(SlowDownError):
        await home.by_key("nonsense", f"::ffff:{ADDRESS}")


async def test_the_wait_is_short_when_the_first_failure_is_old(home: Home) -> None:
    await _fail(home, 1)
    home.clock.advance(4 * MINUTE)
    await _fail(home, 9)
    with pytest.raises(SlowDownError) as refused:
        await home.by_key("nonsense", ADDRESS)
    assert refused.value.retry_after == 60
    home.clock.advance(MINUTE + SECOND)
    with pytest.raises(NotAuthenticatedError):
        await home.by_key("nonsense", ADDRESS)


async def test_a_clock_that_steps_back_slows_nobody_for_longer(home: Home) -> None:
    await _fail(home, 10)
    home.clock.advance(-HOUR)
    with pytest.raises(SlowDownError) as refused:
        await home.by_key("nonsense", ADDRESS)
    assert refused.value.retry_after == 300


async def _fail(home: Home, times: int) -> None:
    for _ in range(times):
        with pytest.raises(NotAuthenticatedError):
            await home.by_key(new_token(home.entropy), ADDRESS)
