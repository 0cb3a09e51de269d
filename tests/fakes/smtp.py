"""A mail server on this machine, made of aiosmtpd: it takes mail, or refuses, hangs and breaks off as told."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as SMTP_POLICY
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
Tls = Literal["starttls", "implicit", "none"]


@dataclass(frozen=True)
class Received:
    """One mail that was taken."""

    sender: str
    recipients: list[str]
    content: bytes
    secure: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        return BytesParser(EmailMessage, policy=SMTP_POLICY).parsebytes(self.content)


@dataclass
class Mailbox:
    """What the server answers, and what it has taken. An answer is a line such as `550 5.1.1 No such user`."""

    user: str = "ann"
    password: str = "correct-horse"
    answers: dict[str, str] = field(default_factory=dict)  # of a recipient, or to MAIL, DATA or AUTH
    after_data: Literal["", "hang", "drop"] = ""  # when all was read
    received: list[Received] = field(default_factory=list)
    dialogue: list[str] = field(default_factory=list)  # the commands that came
    port: int = 0
    _logged_in: str | None = None

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.dialogue.append("MAIL")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.dialogue.append("RCPT")
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_NOOP(self, server: SMTP, session: Session, envelope: Envelope, arg: str) -> str:  # noqa: N802
        self.dialogue.append("NOOP")
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.dialogue.append("DATA")
        if answer := self.answers.get("DATA"):
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        assert isinstance(server.transport, asyncio.WriteTransport)
        secure = server.transport.get_extra_info("sslcontext") is not None
        mail = Received(envelope.mail_from or "", list(envelope.rcpt_tos), content, secure, self._logged_in)
        self.received.append(mail)
        if self.after_data == "hang":
            await asyncio.Event().wait()
        if self.after_data == "drop":
            server.transport.abort()
        return "250 2.0.0 Taken as 4711"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        self.dialogue.append("AUTH")
        if answer := self.answers.get("AUTH"):
            return AuthResult(success=False, handled=False, message=answer)
        right = given == LoginPassword(self.user.encode(), self.password.encode())
        self._logged_in = self.user if right else None
        return AuthResult(success=right, handled=False)


@asynccontextmanager
async def mail_server(tls: Tls = "starttls", *, login: bool = False) -> AsyncIterator[Mailbox]:
    """A server that offers STARTTLS, speaks TLS from the start, or neither. With `login` it asks who sends."""
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(
            mailbox,
            hostname="mail.test",
            tls_context=certificate().server if tls == "starttls" else None,
            authenticator=mailbox.authenticate,
            auth_required=login and tls == "starttls",
            auth_require_tls=tls == "starttls",
            loop=loop,
        )

    context = certificate().server if tls == "implicit" else None
    server = await loop.create_server(session, HOST, 0, ssl=context)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()


Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def speaking(conversation: Conversation) -> AsyncIterator[int]:
    """A server that is none: what it does with a connection is this. Its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await conversation(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(answer, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A greeting that never ends."""
    while True:
        writer.write(b"220-" + b"x" * 400 + b"\r\n")
        await writer.drain()


async def dribble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A greeting, letter by letter."""
    while True:
        writer.write(b"2")
        await writer.drain()
        await asyncio.sleep(0.02)


def saying(line: bytes) -> Conversation:
    """A server whose greeting is this line."""

    async def conversation(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(line + b"\r\n")
        await reader.read()

    return conversation


@dataclass(frozen=True)
class Certificate:
    """Both sides of TLS: the server's, and that of a client that trusts this server alone."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@cache
def certificate() -> Certificate:
    """Made here, once in a run, for this machine's own address and name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    names = [x509.IPAddress(ip_address(HOST)), x509.DNSName("localhost"), x509.DNSName("mail.test")]
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    public = signed.public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        chain = Path(folder, "chain.pem")
        chain.write_bytes(public + private)
        server.load_cert_chain(chain)
    return Certificate(server, ssl.create_default_context(cadata=public.decode()))
