"""One request and its answer: where it may go, how much of an answer is read, and what is never done."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, ip_address

import pytest
from aiohttp.web import BaseRequest, Response, StreamResponse

from core.channels.outbound.http_client import MAX_ANSWER, Answer, HttpClient, based
from core.channels.outbound.policy import Address
from core.channels.outcome import Ambiguous, Refused, Transient
from core.secret import Secret
from tests.core.channels.sending import client
from tests.fakes.http_double import listening
from tests.fakes.smtp import certificate

Take = Callable[[BaseRequest], Awaitable[StreamResponse]]


class Names:
    """A resolver that says what it is told, one answer after the other."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> list[Address]:
        self.asked += 1
        said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [ip_address(word) for word in said.split()]


async def hello(request: BaseRequest) -> StreamResponse:
    return Response(text=f"hello {(await request.read()).decode()}", headers={"Set-Cookie": "a=b"})


async def post(http: HttpClient, url: str, *secrets: Secret | str, confidential: bool = True) -> object:
    try:
        return await http.post(url, {}, b"world", secrets, confidential=confidential)
    finally:
        await http.close()


async def test_an_allowed_address_answers() -> None:
    async with listening(hello) as port:
        answer = await post(client(f"127.0.0.1/32:{port}"), f"http://127.0.0.1:{port}/x")
    assert isinstance(answer, Answer)
    assert (answer.status, answer.text, answer.whole) == (200, "hello world", True)


async def test_a_name_that_leads_inside_is_refused() -> None:
    async with listening(hello) as port:
        outcome = await post(client(lookup=Names("127.0.0.1")), f"https://hooks.example:{port}/")
    assert isinstance(outcome, Refused)
    assert f'"hooks.example:{port}"' in outcome.sentence


async def test_a_name_with_one_address_inside_is_refused_whatever_the_others_are() -> None:
    outcome = await post(client(lookup=Names("93.184.216.34 10.0.0.7")), "https://hooks.example/")
    assert isinstance(outcome, Refused)


async def test_of_the_two_addresses_of_this_machine_the_one_that_is_listed_is_enough() -> None:
    async with listening(hello) as port:
        http = client(f"127.0.0.1/32:{port}", lookup=Names("::1 127.0.0.1"))
        assert isinstance(await post(http, f"http://localhost:{port}/"), Answer)
        assert isinstance(await post(client(lookup=Names("::1 127.0.0.1")), f"http://localhost:{port}/"), Refused)


async def test_the_address_that_is_connected_to_is_the_one_that_was_checked() -> None:
    """A name that leads elsewhere the next time it is asked: it is asked once."""
    names = Names("127.0.0.1", "169.254.169.254")
    async with listening(hello) as port:
        answer = await post(client(f"hooks.example:{port}", lookup=names), f"http://hooks.example:{port}/")
    assert isinstance(answer, Answer)
    assert names.asked == 1


async def test_a_name_that_turns_inside_is_refused_although_it_was_allowed_before() -> None:
    async with listening(hello) as port:
        http = client(f"127.0.0.1/32:{port}", lookup=Names("127.0.0.1", "127.0.0.2"))
        first = await http.post(f"http://hooks.example:{port}/", {"Connection": "close"}, b"")
        second = await post(http, f"http://hooks.example:{port}/")
    assert isinstance(first, Answer)
    assert isinstance(second, Refused)


class LedAstray(IPv4Address):
    """An address that passes, and behind which there is another one."""

    def __str__(self) -> str:
        return "127.0.0.1"


async def test_where_the_connection_has_arrived_is_checked_before_anything_is_sent() -> None:
    seen: list[str] = []

    async def note(request: BaseRequest) -> StreamResponse:
        seen.append(request.path)
        return Response()

    async def astray(host: str, port: int) -> list[Address]:
        return [LedAstray("93.184.216.34")]

    async with listening(note) as port:
        outcome = await post(client(lookup=astray), f"http://hooks.example:{port}/", confidential=False)
    assert isinstance(outcome, Refused)
    assert "127.0.0.1" in outcome.sentence
    assert not seen


async def test_a_redirect_is_not_followed() -> None:
    seen: list[str] = []

    async def move(request: BaseRequest) -> StreamResponse:
        seen.append(request.path)
        return Response(status=307, headers={"Location": "/elsewhere"})

    async with listening(move) as port:
        answer = await post(client("127.0.0.1"), f"http://127.0.0.1:{port}/here")
    assert isinstance(answer, Answer)
    assert isinstance(answer.outcome("It"), Refused)
    assert seen == ["/here"]


async def test_neither_cookies_nor_a_proxy_of_the_environment_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    cookies: list[str | None] = []

    async def note(request: BaseRequest) -> StreamResponse:
        cookies.append(request.headers.get("Cookie"))
        return await hello(request)

    async with listening(note) as port:
        http = client("127.0.0.1", lookup=Names("127.0.0.1"))
        await http.post(f"http://hooks.example:{port}/", {}, b"")
        answer = await post(http, f"http://hooks.example:{port}/")
    assert isinstance(answer, Answer)
    assert cookies == [None, None]


async def test_a_compressed_answer_is_left_as_it_is() -> None:
    async def bomb(_: BaseRequest) -> StreamResponse:
        return Response(body=b"\x1f\x8bnot unpacked", headers={"Content-Encoding": "gzip"})

    async with listening(bomb) as port:
        answer = await post(client("127.0.0.1"), f"http://127.0.0.1:{port}/")
    assert isinstance(answer, Answer)
    assert answer.body == b"\x1f\x8bnot unpacked"


async def test_no_more_than_64_kib_of_an_answer_are_read() -> None:
    async def long(_: BaseRequest) -> StreamResponse:
        return Response(body=b"x" * (MAX_ANSWER * 3))

    async with listening(long) as port:
        answer = await post(client("127.0.0.1"), f"http://127.0.0.1:{port}/")
    assert isinstance(answer, Answer)
    assert (len(answer.body), answer.whole) == (MAX_ANSWER, False)


async def test_what_is_taken_and_not_answered_in_time_may_have_arrived() -> None:
    async def hang(_: BaseRequest) -> StreamResponse:
        await asyncio.Event().wait()
        return Response()

    async with listening(hang) as port:
        outcome = await post(client("127.0.0.1", limit=0.3), f"http://127.0.0.1:{port}/")
    assert isinstance(outcome, Ambiguous)


async def test_a_name_that_nobody_knows_is_tried_again() -> None:
    async def unknown(host: str, port: int) -> list[Address]:
        raise OSError(-2, "Name or service not known")

    outcome = await post(client(lookup=unknown), "https://hooks.example/")
    assert isinstance(outcome, Transient)
    assert "leads nowhere" in outcome.sentence


async def test_a_lookup_that_hangs_ends_with_the_time_limit() -> None:
    async def hang(host: str, port: int) -> list[Address]:
        await asyncio.Event().wait()
        return []

    outcome = await post(client(lookup=hang, limit=0.1), "https://hooks.example/")
    assert isinstance(outcome, Transient)


async def test_what_is_not_http_may_have_taken_it() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"world")
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    outcome = await post(client("127.0.0.1"), f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    server.close()
    assert isinstance(outcome, Ambiguous)


async def test_tls_where_there_is_none_is_tried_again() -> None:
    async with listening(hello) as port:
        outcome = await post(client("127.0.0.1"), f"https://127.0.0.1:{port}/")
    assert isinstance(outcome, Transient)


async def test_a_certificate_that_is_trusted_and_names_the_host_is_taken() -> None:
    made = certificate()
    async with listening(hello, made.server) as port:
        http = client("127.0.0.1", lookup=Names("127.0.0.1"), tls=made.client)
        assert await http.reach(f"https://localhost:{port}/") is None
        answer = await post(http, f"https://localhost:{port}/")
    assert isinstance(answer, Answer)


@pytest.mark.parametrize(("host", "trusted"), [("localhost", False), ("hooks.example", True)])
async def test_a_certificate_that_is_not_trusted_or_names_another_host_is_not(host: str, trusted: bool) -> None:
    made = certificate()
    async with listening(hello, made.server) as port:
        http = client("127.0.0.1", lookup=Names("127.0.0.1"), tls=made.client if trusted else None)
        reached = await http.reach(f"https://{host}:{port}/")
        outcome = await post(http, f"https://{host}:{port}/")
    assert isinstance(reached, Transient)
    assert isinstance(outcome, Transient)
    assert "certificate" in outcome.sentence


async def test_a_header_that_would_write_another_is_refused() -> None:
    async with listening(hello) as port:
        http = client("127.0.0.1")
        outcome = await http.post(f"http://127.0.0.1:{port}/", {"X": "a\r\nY: b"}, b"")
        await http.close()
    assert isinstance(outcome, Refused)


async def test_an_answer_with_our_secrets_is_kept_without_them(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def echo(request: BaseRequest) -> StreamResponse:
        return Response(status=500, text=f"{request.path_qs} s3cr3t-t0ken \x1b[31m S3CR3T-T0KEN")

    async with listening(echo) as port:
        url = f"http://127.0.0.1:{port}/hooks/aaBBccDD11?key=zzYYxx99"
        answer = await post(client("127.0.0.1"), url, Secret("s3cr3t-t0ken"), url)
    assert isinstance(answer, Answer)
    said = f"{answer!r} {answer.sentence('It')} {caplog.text}"
    assert "\x1b" not in said
    for secret in ("s3cr3t", "S3CR3T", "aaBBccDD11", "zzYYxx99"):
        assert secret not in said


@pytest.mark.parametrize(
    ("url", "base", "whole"),
    [
        ("https://a.example/b/c?d=e", "http://127.0.0.1:9", "http://127.0.0.1:9/b/c?d=e"),
        ("https://a.example/b", "http://127.0.0.1:9/slack/", "http://127.0.0.1:9/slack/b"),
        ("https://a.example/b", None, "https://a.example/b"),
    ],
)
def test_a_base_takes_the_place_of_what_stands_before_the_path(url: str, base: str | None, whole: str) -> None:
    assert based(url, base) == whole
