"""Where the server may send to: each spelling of an address inside is refused, and what is listed passes."""

from ipaddress import ip_address

import pytest

from core.channels.outbound.policy import Allowed, OutboundError, OutboundPolicy, Target
from core.errors import InvalidError

NOTHING = OutboundPolicy()

INSIDE = [
    "http://127.0.0.1/", "http://127.0.0.1:8080/", "http://127.1/", "http://127.0.1/", "http://127.255.255.254/",
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0x7F.1/", "http://0177.0.0.1/",
    "http://0177.0.0.01/", "http://017700000001/", "http://127.0.0.0x1/", "http://127.0.0.1./", "http://00.00.00.00/",
    "http://0/", "http://0.0.0.0/", "http://0x0/", "http://10.0.0.1/", "http://10.1/", "http://167772161/",
    "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.0.1/", "http://192.168.1/", "http://3232235521/",
    "http://169.254.1.1/", "http://169.254.169.254/latest/meta-data/", "http://169.254.43518/", "http://2852039166/",
    "http://0xa9fea9fe/", "http://0251.0376.0251.0376/", "http://100.64.0.1/", "http://100.100.100.200/",
    "http://168.63.129.16/", "http://198.18.0.1/", "http://192.0.0.192/", "http://224.0.0.1/", "http://255.255.255.255/",
    "http://240.0.0.1/", "http://192.0.2.1/", "http://[::1]/", "http://[::]/", "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:7f00:0001]/",
    "http://[::ffff:169.254.169.254]/", "http://[::127.0.0.1]/", "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/", "http://[64:ff9b:1::1]/", "http://[2002:7f00:1::]/", "http://[2002:a00:1::1]/",
    "http://[2001:0:7f00:1::1]/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/", "http://[fc00::1]/",
    "http://[fd00:ec2::254]/", "http://[fd12:3456::1]/", "http://[fec0::1]/", "http://[ff02::1]/", "http://[2001:db8::1]/",
    "http://[100::1]/", "http://[3fff::1]/", "http://[::ffff:0:127.0.0.1]/",
]  # fmt: skip
ODD = [
    "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "//example.com/", "example.com",
    "http:example.com", "http:/example.com", "http:///example.com", "http://", "http://user@example.com/", "http://user:pass@example.com/",
    "http://example.com@127.0.0.1/", "http://example.com\\@127.0.0.1/", "http://127.0.0.1\\.example.com/",
    "http://example.com#@127.0.0.1/", "http://exam ple.com/", "http://example.com/a b", "http://example.com\t/",
    "http://example.com/\r\nX: y", "http://example.com\x00/", "http://ex%61mple.com/", "http://%31%32%37.0.0.1/",
    "http://１２７.0.0.1/", "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://münchen.example/", "http://exam\u00adple.com/",
    "http://[127.0.0.1]/", "http://[::1/", "http://::1/", "http://[::1]x/", "http://[v1.x]/", "http://example.com:0/",
    "http://example.com:65536/", "http://example.com:80x/", "http://example.com:-1/", "http://example..com/",
    "http://-example.com/", "http://example.com;127.0.0.1/", "http://example.com,127.0.0.1/", "http://*.example.com/",
    "http://" + "a" * 64 + ".com/", "http://example.com/" + "a" * 3000, " http://example.com/", "http://1.2.3.4.5/",
    "http://256.1.1.1/", "http://1.2.3/", "http://0x.example.0x/",
]  # fmt: skip
OUTSIDE = [
    ("https://hooks.slack.com/services/a?b=c", "hooks.slack.com", 443, "/services/a?b=c"),
    ("HTTPS://Hooks.Slack.COM", "hooks.slack.com", 443, "/"),
    ("https://hooks.slack.com.:8443/x", "hooks.slack.com", 8443, "/x"),
    ("http://93.184.216.34?x=1", "93.184.216.34", 80, "/?x=1"),
    ("http://93.184.216.34.", "93.184.216.34", 80, "/"),
    ("https://[2606:2800:220:1:0:0:0:1]/", "2606:2800:220:1::1", 443, "/"),
    ("https://[64:ff9b::5db8:d822]/", "64:ff9b::5db8:d822", 443, "/"),
    ("https://xn--mnchen-3ya.example/", "xn--mnchen-3ya.example", 443, "/"),
    ("http://my_service.example/", "my_service.example", 80, "/"),
    ("http://0x7f.example/", "0x7f.example", 80, "/"),
]


@pytest.mark.parametrize("url", INSIDE)
def test_an_address_inside_is_refused_however_it_is_written(url: str) -> None:
    with pytest.raises(OutboundError):
        NOTHING.target(url)


@pytest.mark.parametrize("url", ODD, ids=lambda url: ascii(url[:40]))
def test_a_url_that_is_not_plain_is_refused(url: str) -> None:
    with pytest.raises(OutboundError) as error:
        NOTHING.target(url)
    assert error.value.sentence.isprintable()
    assert "pass@" not in error.value.sentence


@pytest.mark.parametrize(("url", "host", "port", "rest"), OUTSIDE)
def test_a_public_address_passes_and_is_asked_for_as_it_was_read(
    url: str, host: str, port: int, rest: str
) -> None:
    target = NOTHING.target(url)
    assert (target.host, target.port, target.rest) == (host, port, rest)


@pytest.mark.parametrize(("url", "host", "port", "rest"), OUTSIDE)
def test_what_was_read_reads_the_same_again(url: str, host: str, port: int, rest: str) -> None:
    target = NOTHING.target(url)
    assert NOTHING.target(target.url) == target


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("127.0.0.1/32:9000", "http://127.0.0.1:9000/x"),
        ("127.0.0.0/8", "http://127.9.9.9/"),
        ("127.0.0.1", "http://127.0.0.1:1/"),
        ("127.0.0.1:9000", "http://127.0.0.1:9000/"),
        ("10.0.0.0/8", "http://10.2.3.4:8080/"),
        ("10.0.0.0/8", "http://[::ffff:10.2.3.4]:8080/"),
        ("10.0.0.0/8", "http://[64:ff9b::10.2.3.4]/"),
        ("[fd00::/8]:9000", "http://[fd00::1]:9000/"),
        ("fd00::/8", "http://[fd00::1]/"),
        ("fd00::/8:9000", "http://[fd00::1]:9000/"),
        ("[::1]:9000", "http://[::1]:9000/"),
        ("::1", "http://[::1]/"),
        ("0.0.0.0/0", "http://192.168.0.1/"),
    ],
)
def test_a_listed_address_passes(entry: str, url: str) -> None:
    OutboundPolicy.of([entry]).target(url, confidential=True)


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("127.0.0.1/32:9000", "http://127.0.0.1:9001/"),
        ("127.0.0.1/32:9000", "http://127.0.0.2:9000/"),
        ("127.0.0.1/32:9000", "http://127.1:9000/"),
        ("10.0.0.0/8", "http://[2002:a00:1::1]:1/x\\"),
        ("hooks.internal", "http://10.0.0.1/"),
        ("10.0.0.0/8", "http://[fd00::1]/"),
        ("0.0.0.0/0", "http://169.254.169.254/"),
        ("169.254.169.254/32", "http://169.254.169.254/"),
        ("169.254.0.0/16", "http://[::ffff:169.254.169.254]/"),
        ("::/0", "http://[fd00:ec2::254]/"),
        ("::/0", "http://[64:ff9b::a9fe:a9fe]/"),
    ],
)
def test_what_is_listed_opens_nothing_else(entry: str, url: str) -> None:
    with pytest.raises(OutboundError):
        OutboundPolicy.of([entry]).target(url)


def test_a_listed_name_may_lead_inside_and_never_to_metadata() -> None:
    policy = OutboundPolicy.of(["hooks.internal:8080"])
    target = policy.target("http://HOOKS.internal:8080/")
    policy.check(target, ip_address("10.0.0.7"))
    with pytest.raises(OutboundError, match="credentials"):
        policy.check(target, ip_address("169.254.169.254"))
    with pytest.raises(OutboundError):
        policy.check(policy.target("http://hooks.internal:8081/"), ip_address("10.0.0.7"))


@pytest.mark.parametrize(
    ("target", "address", "line"),
    [
        (Target("127.0.0.1", 9000, address=ip_address("127.0.0.1")), "127.0.0.1", '"127.0.0.1/32:9000"'),
        (Target("::1", 80, address=ip_address("::1")), "::1", '"[::1/128]:80"'),
        (Target("hooks.internal", 80), "10.0.0.7", '"hooks.internal:80"'),
    ],
)
def test_the_refusal_says_the_line_that_lets_it_pass(target: Target, address: str, line: str) -> None:
    policy = OutboundPolicy.of(["10.9.0.0/16"])
    with pytest.raises(OutboundError) as error:
        policy.check(target, ip_address(address))
    assert f'config.toml, under [outbound]: allow = ["10.9.0.0/16", {line}]' in error.value.sentence
    OutboundPolicy.of(["10.9.0.0/16", line.strip('"')]).check(target, ip_address(address))


def test_a_secret_goes_unencrypted_only_to_what_is_listed() -> None:
    with pytest.raises(OutboundError, match="unencrypted"):
        NOTHING.target("http://93.184.216.34/", confidential=True)
    NOTHING.target("https://93.184.216.34/", confidential=True)
    OutboundPolicy.of(["93.184.216.34"]).target("http://93.184.216.34/", confidential=True)


@pytest.mark.parametrize(
    "entry",
    ["", "*", "10.0.0.1/8", "10.0.0.0/33", "10.1", "0x7f.0.0.1", "host:0", "host:99999", "ho st", "[::1",
     "[::1]9", "[x]:9", "http://x.y/", "::1:99999999", "user@host", "host/24", "host:port"],
)  # fmt: skip
def test_an_entry_that_is_neither_a_network_nor_a_host_is_named(entry: str) -> None:
    with pytest.raises(InvalidError):
        Allowed.parse(entry)
