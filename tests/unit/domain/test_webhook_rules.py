"""Which addresses a receiver may have, and that the rules ship whole."""

import pytest

from chalicelib.domain.webhook_rules import address_problems, is_public_address, webhook_rules

PRIVATE = [
    "127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "2001:0:7f00:1::",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_the_public_internet(address):
    assert not is_public_address(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1"])
def test_what_is(address):
    assert is_public_address(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/in", "webhook_url_not_https"),
        ("ftp://example.com/in", "webhook_url_not_https"),
        ("https://", "webhook_url_invalid"),
        ("not an address", "webhook_url_invalid"),
        ("https://user:word@example.com/", "webhook_url_invalid"),
        ("https://example.com/#part", "webhook_url_invalid"),
        ("https://example.com:99999/", "webhook_url_invalid"),
        ("https://[::1", "webhook_url_invalid"),
        ("https://例子.cn/in", "webhook_url_invalid"),
        ("https://example.com/\n", "webhook_url_invalid"),
        ("https://example.com:22/", "webhook_port_refused"),
        ("https://127.0.0.1/", "webhook_address_refused"),
        ("https://[::ffff:10.0.0.1]/", "webhook_address_refused"),
        ("https://localhost/", "webhook_address_refused"),
        ("https://intranet/", "webhook_address_refused"),
        ("https://db.internal/", "webhook_address_refused"),
        ("https://169.254.169.254/latest", "webhook_address_refused"),
    ],
)
def test_addresses_that_are_refused_as_written(url, code):
    assert [problem.code for problem in address_problems(url, allows_local=False)] == [code]


def test_an_address_that_may_be_is_taken():
    assert address_problems("https://hooks.example.com:8443/in?city=1", allows_local=False) == []


def test_this_machine_only_where_it_is_allowed():
    assert address_problems("http://127.0.0.1:9000/in", allows_local=True) == []
    assert address_problems("http://127.0.0.1:9000/in", allows_local=False)
    assert address_problems("http://10.0.0.1/in", allows_local=True), "another machine never without TLS"


def test_events_have_words_in_both_languages():
    rules = webhook_rules()

    assert len(rules.event_types) == len(rules.events)
    assert all(one.zh and one.en for one in rules.events)
    assert list(rules.retry_seconds) == sorted(rules.retry_seconds)
