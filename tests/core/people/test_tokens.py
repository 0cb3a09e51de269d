import pytest

from core.ids import Entropy, SystemEntropy
from core.people import tokens


def test_a_key_has_its_beginning_its_random_part_and_its_checksum(entropy: Entropy) -> None:
    token = tokens.new_token(entropy)
    assert token.startswith("cbk_")
    assert len(token) == 4 + 43 + 6
    assert tokens.well_formed(token)
    assert tokens.prefix_of(token) == token[:12]


def test_no_two_keys_are_alike() -> None:
    assert len({tokens.new_token(SystemEntropy()) for _ in range(100)}) == 100


def test_a_mistyped_key_is_recognised_without_asking_anybody(entropy: Entropy) -> None:
    token = tokens.new_token(entropy)
    for place in range(4, len(token)):
        other = "A" if token[place] != "A" else "B"
        assert not tokens.well_formed(token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "cbk_", "é" * 53, "cbk_" + "A" * 49, "xyz_" + "A" * 49, "cbk_" + "٣" * 49, "\udcff", "A" * 9000]
)
def test_what_is_no_key_is_not_taken_for_one(text: str) -> None:
    assert not tokens.well_formed(text)


def test_a_key_with_a_line_end_is_no_key(entropy: Entropy) -> None:
    assert not tokens.well_formed(tokens.new_token(entropy) + "\n")


def test_what_does_not_begin_like_a_key_has_no_prefix() -> None:
    assert tokens.prefix_of("Basic YTpi") is None
    assert tokens.prefix_of("cbk_short") is None
