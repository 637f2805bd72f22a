"""Cleaning of typed text: nothing anybody meant is lost, and nothing is left that breaks what comes after."""

import json
import os
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.contributions.text import TextTooLong, UnreadableText, clean, clean_name, is_blank

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(
    "ae\u0301\u0323ب\u064b\r\n\t\x00\x85 "
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("caf\u0065\u0301", "caf\u00e9"),
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("a\x00b\x07c\x1bd\x7fe\x85f\x9fg", "abcdefg"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("  spaces kept  ", "  spaces kept  "),
        ("=1+1", "=1+1"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("\u200fنص\u200e \u202bعربي\u202c", "\u200fنص\u200e \u202bعربي\u202c"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("e\x00\u0301", "\u00e9"),
    ],
)
def test_a_body_keeps_what_was_meant(typed, kept):
    assert clean(typed, most_characters=100) == kept


@given(text=any_text)
def test_cleaning_twice_is_cleaning_once(text):
    once = clean(text, most_characters=200)

    assert clean(once, most_characters=200) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(each) == "Cc" and each not in "\t\n" for each in once)
    once.encode()


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60))
def test_a_body_without_controls_comes_back_the_same_but_for_its_form(text):
    assert clean(text, most_characters=300) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("typed", ["\ud800", "ok \udfff ok", "\udc80" * 5])
def test_half_characters_are_refused(typed):
    with pytest.raises(UnreadableText):
        clean(typed, most_characters=100)
    with pytest.raises(UnreadableText):
        clean_name(typed, most_characters=100)


def test_length_counts_characters_after_cleaning():
    assert clean("e\u0301" * 10, most_characters=10) == "é" * 10
    assert clean("👍" * 10 + "\r\n", most_characters=11) == "👍" * 10 + "\n"

    with pytest.raises(TextTooLong) as caught:
        clean("é" * 11, most_characters=10)
    assert (caught.value.length, caught.value.limit) == (11, 10)


def test_a_megabyte_is_refused_unread():
    began = time.process_time()

    with pytest.raises(TextTooLong):
        clean("a\u0301" * 500_000, most_characters=10_000)

    assert time.process_time() - began < 0.01


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Amal \n\t Haddad ", "Amal Haddad"),
        ("safe\u202etxt.exe", "safetxt.exe"),
        ("\u2066Amal\u2069 \u202aHaddad\u202c", "Amal Haddad"),
        ("Z" + "\u0336" * 40 + "algo", "Z" + "\u0336" * 4 + "algo"),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("مُحَمَّد", "مُحَمَّد"),
        ("ஸ்ரீனி", "ஸ்ரீனி"),
        ("", ""),
    ],
)
def test_a_name_is_one_quiet_line(typed, kept):
    assert clean_name(typed, most_characters=60) == unicodedata.normalize("NFC", kept)


@given(name=any_text)
def test_cleaning_a_name_twice_is_cleaning_it_once(name):
    once = clean_name(name, most_characters=100)

    assert clean_name(once, most_characters=100) == once


def test_a_name_that_is_too_long_is_refused_and_not_cut():
    assert clean_name("a" + "\u0336" * 30, most_characters=5) == "a" + "\u0336" * 4
    with pytest.raises(TextTooLong):
        clean_name("abcdef", most_characters=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", True), (" \n\t\u3000", True), ("\u200b\u200f\ufeff", True), (".", False), ("\u200fن", False)],
)
def test_blank_is_what_has_nothing_to_read(text, expected):
    assert is_blank(text) is expected


@pytest.mark.realdata
def test_hostile_strings_come_back_the_same_but_for_their_form():
    strings = json.loads((Path(os.environ["REAL_DATA"]) / "naughty-strings/blns.json").read_text("utf-8"))

    for string in strings:
        expected = unicodedata.normalize("NFC", "".join(c for c in string.replace("\r\n", "\n").replace("\r", "\n")
                                                        if unicodedata.category(c) != "Cc" or c in "\t\n"))  # fmt: skip
        assert clean(string, most_characters=5_000) == expected
        clean_name(string, most_characters=5_000).encode()
    assert len(strings) > 500
