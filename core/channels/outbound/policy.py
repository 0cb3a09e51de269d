"""Where the server may send to: public addresses, and those that `[outbound] allow` lists in config.toml.

A URL is read once, strictly, and what is connected to is what was read here. Each address that a name leads to is
checked, in every form in which one address can hold another; those that give machines their credentials never
pass."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Self

from core.errors import InvalidError
from core.text import excerpt

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = {"http": 80, "https": 443}
_MAX_URL = 2048
_MAX_SHOWN = 200

_URL = re.compile(r"(https?)://([^/?#]*)((?:[/?].*)?)", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::(\d{0,5}))?")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_BRACKETED = re.compile(r"\[([0-9a-f:.]*:[0-9a-f:.]*(?:/\d+)?)\](?::(.*))?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")

METADATA: frozenset[Address] = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",
            "169.254.170.2",
            "169.254.170.23",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
        ),
    )
)
"""Where cloud machines find their credentials."""

_NOT_PUBLIC: tuple[Network, ...] = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",
            "192.88.99.0/24",
            "224.0.0.0/4",
            "::/96",
            "::ffff:0:0:0/96",
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/23",
            "3fff::/20",
            "5f00::/16",
            "fec0::/10",
            "ff00::/8",
        ),
    )
)
"""What `is_global` takes for public on one version of Python or another, and is not."""
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")


class OutboundError(InvalidError):
    """The server does not send there."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. `address` is set when the host is an address itself."""

    host: str
    port: int
    scheme: str = "https"
    rest: str = "/"
    address: Address | None = None
    plain: bool = False  # what must stay secret would go there unencrypted

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS.get(self.scheme) else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.rest}"


@dataclass(frozen=True, slots=True)
class Allowed:
    """One entry of `[outbound] allow`: addresses or a host, with or without a port."""

    text: str
    port: int | None
    network: Network | None = None
    name: str = ""

    @classmethod
    def parse(cls, entry: str) -> Self:
        """`10.0.0.0/8`, `127.0.0.1/32:9000`, `[fd00::/8]:9000`, `hooks.internal`, `hooks.internal:8080`."""
        text = entry.strip().lower()
        host, port = _entry_parts(text)
        if port is not None and not 0 < port < 65536:
            raise InvalidError(f"{excerpt(entry, 100)} has no port between 1 and 65535.")
        if ":" in host or "/" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
            try:
                return cls(text, port, network=ip_network(host))
            except ValueError as error:
                raise InvalidError(f"{excerpt(entry, 100)} is no network: {error}.") from None
        host = host.removesuffix(".")
        if not _NAME.fullmatch(host):
            raise InvalidError(
                f"{excerpt(entry, 100)!r} is neither a network nor a host: write it like 10.0.0.0/8, "
                "127.0.0.1/32:9000 or hooks.internal:8080."
            )
        return cls(text, port, name=host)

    def covers(self, target: Target, address: Address) -> bool:
        if self.port not in (None, target.port):
            return False
        return target.host == self.name if self.network is None else address in self.network


@dataclass(frozen=True, slots=True)
class OutboundPolicy:
    """What `[outbound] allow` lists, and the answers that follow from it."""

    allowed: Sequence[Allowed] = field(default=())

    @classmethod
    def of(cls, entries: Iterable[str]) -> Self:
        return cls(tuple(map(Allowed.parse, entries)))

    def target(self, url: str, *, confidential: bool = False) -> Target:
        """Where a URL leads. `confidential` says that the request carries what others must not read: such a one
        goes over http only to what is listed."""
        scheme, authority, rest = _url_parts(url)
        found = _AUTHORITY.fullmatch(authority)
        if found is None:
            raise OutboundError("The URL's host is written in a way that is not understood.")
        host, port = found.groups()
        plain = confidential and scheme == "http"
        return self.endpoint(host, int(port or PORTS[scheme]), scheme, rest or "/", plain)

    def endpoint(self, host: str, port: int, scheme: str = "", rest: str = "", plain: bool = False) -> Target:
        """A host and a port as a target, for services that are not spoken to over HTTP, too."""
        if not 0 < port < 65536:
            raise OutboundError("The port is not between 1 and 65535.")
        address = _literal(host)
        name = _name(host) if address is None else str(address)
        target = Target(name, port, scheme, rest if rest.startswith("/") else f"/{rest}", address, plain)
        if address is not None:
            self.check(target, address)
        return target

    def check(self, target: Target, address: Address) -> None:
        """Refuse an address that the target leads to, unless it is public or listed."""
        forms = _forms(address)
        if not METADATA.isdisjoint(forms):
            raise OutboundError(
                f"{_leads(target, address)} an address that gives machines their credentials: nothing is ever "
                "sent there."
            )
        for form in forms:
            if not _public(form) and not self._lists(target, form):
                why = f"{_leads(target, address)} an address that is not public. To allow it,"
                raise OutboundError(f"{why} {self._remedy(target, form)}")
        if target.plain and not any(self._lists(target, form) for form in forms):
            why = f"{target.authority} would get a secret unencrypted. Use https, or, to allow it,"
            raise OutboundError(f"{why} {self._remedy(target, forms[-1])}")

    def _lists(self, target: Target, address: Address) -> bool:
        return any(entry.covers(target, address) for entry in self.allowed)

    def _remedy(self, target: Target, form: Address) -> str:
        """The line that would let it pass, with what is listed already."""
        if target.address is None:
            entry = f"{target.host}:{target.port}"
        elif form.version == 4:
            entry = f"{form}/32:{target.port}"
        else:
            entry = f"[{form}/128]:{target.port}"
        listed = ", ".join(f'"{known.text}"' for known in (*self.allowed, Allowed(entry, None)))
        if len(listed) > _MAX_SHOWN:
            listed = f'..., "{entry}"'
        return f"write in config.toml, under [outbound]: allow = [{listed}]"


def without_scope(text: str) -> Address:
    """An address as the system writes it, which names a link's interface, too."""
    return ip_address(text.partition("%")[0])


def _url_parts(url: str) -> tuple[str, str, str]:
    if len(url) > _MAX_URL:
        raise OutboundError(f"The URL is longer than {_MAX_URL} characters.")
    found = _URL.match(url)
    if found is None:
        raise OutboundError("The URL does not begin with https:// or http://.")
    if not all("!" <= char <= "~" for char in url) or "\\" in url or "#" in url:
        raise OutboundError(
            "The URL has a space, a backslash, a # or a character beyond ASCII in it: write those in their "
            "%-form, and a host's name in the form that begins with xn--."
        )
    scheme, authority, rest = found.groups()
    if "@" in authority:
        raise OutboundError("The URL has a user or a password in it: use a header for that.")
    return scheme.lower(), authority, rest


def _literal(host: str) -> Address | None:
    """The address that a host is, if it is one. Only the usual way to write it is taken."""
    if host.startswith("["):
        try:
            return IPv6Address(host[1:-1]) if "%" not in host else None
        except ValueError:
            raise OutboundError(f"{excerpt(host, 100)} is no IPv6 address.") from None
    last = host.lower().removesuffix(".").rpartition(".")[2]
    if ":" in host:
        try:
            return without_scope(host)
        except ValueError:
            raise OutboundError(f"{excerpt(host, 100)} is no IPv6 address.") from None
    if not _NUMBER.fullmatch(last):
        return None
    try:
        return IPv4Address(host.removesuffix("."))
    except ValueError:
        raise OutboundError(
            f"{excerpt(host, 100)} is an odd way to write an address: write four numbers from 0 to 255."
        ) from None


def _name(host: str) -> str:
    name = host.lower().removesuffix(".")
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise OutboundError(f"{excerpt(host, 100)!r} is no host's name.")
    return name


def _forms(address: Address) -> list[Address]:
    """The address, and the one that it holds: what a translator or a tunnel on the way would make of it."""
    if address.version == 4:
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    forms: list[Address] = [address]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        forms.append(IPv4Address(int(address) & 0xFFFFFFFF))
    elif address.sixtofour is not None:
        forms.append(address.sixtofour)
    elif address.teredo is not None:
        forms.extend(address.teredo)
    return forms


def _public(address: Address) -> bool:
    return address.is_global and not any(
        address in network for network in _NOT_PUBLIC if network.version == address.version
    )


def _leads(target: Target, address: Address) -> str:
    return f"{target.host} is" if target.address is not None else f"{target.host} leads to {address},"


def _entry_parts(text: str) -> tuple[str, int | None]:
    """The host or network of an entry, and its port."""
    if bracketed := _BRACKETED.fullmatch(text):
        network, port = bracketed.groups()
        return network, None if port is None else _port(port)
    network, slash, after = text.partition("/")
    if slash:
        size, colon, port = after.partition(":")
        return f"{network}/{size}", _port(port) if colon else None
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host, _port(port)
    return text, None


def _port(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0
