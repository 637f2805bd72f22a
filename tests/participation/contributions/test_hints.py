"""Hints about personal details: what is pointed out, what is let alone, and what is known to be missed."""

import json
import os
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from participation.contributions.hints import MOST_CHARACTERS, HintKind, as_spans, find_hints

STREET_WORDS = ["street", "road", "calle", "avenida", "plaza", "شارع", "طريق", "Straße", "路", "सड़क"]


def hints(text, region="ES"):
    return [
        (hint.kind, text[hint.start : hint.end]) for hint in find_hints(text, region=region, street_words=STREET_WORDS)
    ]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("write to amal.haddad@example.org please", "amal.haddad@example.org"),
        ("Escríbeme a maría@correo.es.", "maría@correo.es"),
        ("راسلوني على amal@example.org، شكرا", "amal@example.org"),
        ("راسلوني على بريد@مثال.السعودية", "بريد@مثال.السعودية"),
        ("(amal+council@mail.example.co.uk)", "amal+council@mail.example.co.uk"),
        ("mailto:amal@example.org>", "amal@example.org"),
        ("amal＠example.org", "amal＠example.org"),
        ("\u200eamal@example.org\u200f", "amal@example.org"),
        ("600123456@example.org", "600123456@example.org"),
        ("…'amal@example.org'", "amal@example.org"),
    ],
)
def test_an_email_address_is_pointed_out(text, address):
    assert hints(text) == [(HintKind.EMAIL, address)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("call me on 600 123 456 after six", "600 123 456"),
        ("Mi teléfono es 600123456.", "600123456"),
        ("Llámame al +34 600-123-456", "+34 600-123-456"),
        ("اتصلوا بي على ٦٠٠ ١٢٣ ٤٥٦ مساء", "٦٠٠ ١٢٣ ٤٥٦"),
        ("هاتفي +٣٤ ٦٠٠ ١٢٣ ٤٥٦", "+٣٤ ٦٠٠ ١٢٣ ٤٥٦"),
        ("00 44 20 7946 0018", "00 44 20 7946 0018"),
        ("تلفن: ۰۰۳۴۶۰۰۱۲۳۴۵۶", "۰۰۳۴۶۰۰۱۲۳۴۵۶"),
    ],
)
def test_a_phone_number_is_pointed_out(text, number):
    assert hints(text) == [(HintKind.PHONE, number)]


def test_a_number_without_its_country_is_read_as_one_of_the_city():
    assert hints("020 7946 0018", region="GB") == [(HintKind.PHONE, "020 7946 0018")]
    assert hints("020 7946 0018", region="ES") == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("I live at 12 Mill Street near the school", "12 Mill Street"),
        ("at 12b Old Mill Street", "12b Old Mill Street"),
        ("12, Mill Road", "12, Mill Road"),
        ("Mill Street 12", "Street 12"),
        ("MILL STREET, NO. 12A", "STREET, NO. 12A"),
        ("Vivo en la Calle Mayor 12, segundo piso", "Calle Mayor 12"),
        ("vivo en calle mayor 12", "calle mayor 12"),
        ("calle mayor 12\ny no duermo", "calle mayor 12"),
        ("Calle de la Constitución, nº 5", "Calle de la Constitución, nº 5"),
        ("Avenida de los Tilos número 110 y", "Avenida de los Tilos número 110"),
        ("أسكن في شارع النيل ١٢ منذ سنوات", "شارع النيل ١٢"),
        ("أسكن في ١٢ شارع النيل", "١٢ شارع"),
        ("بشارع النيل رقم ١٢", "بشارع النيل رقم ١٢"),
        ("avenida de los reyes católicos 5", "avenida de los reyes católicos 5"),
        ("7 Hauptstraße", "7 Hauptstraße"),
        ("Hauptstraße 7", "Hauptstraße 7"),
        ("HAUPTSTRASSE 7", "HAUPTSTRASSE 7"),
        ("我住在中山路12號", "我住在中山路12號"),
        ("सड़क १२", "सड़क १२"),
    ],
)
def test_a_house_number_beside_a_street_word_is_pointed_out(text, address):
    assert hints(text) == [(HintKind.ADDRESS, address)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The street needs 3 trees and 2 benches",
        "Our street has 20 houses",
        "20 people on Mill Street signed",
        "In 2019 our street was flooded",
        "La calle tiene 3 baches",
        "hay 30 coches en esta calle",
        "الشارع فيه ٣ حفر",
        "Close the road. 12 children play there",
        "Bus 12 stops here. Street lamps are broken",
        "I gave it 5/10 @ the meeting",
        "meet @ noon",
        "@council please answer",
        "someone@localhost",
        "cost 1,250,000 in 2024-05-01 10:00",
        "200 trees, 30 benches, 12345 votes",
        "postcode 28013",
        "street word at the very end: street",
        "12345678 street",
        "Our street\n12 people live there",
        "un piso en la calle por 350€",
        "la calle que tanto queremos todos tiene 3.",
        "Road A50 and the Road Traffic Act 1988",
    ],
)
def test_ordinary_words_and_numbers_are_let_alone(text):
    assert hints(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "amal at example dot org",
        "amal (at) example.org",
        "six hundred, one two three, four five six",
        "twelve Mill Street",
        "the blue house beside the chemist in Mill Street",
        "Mill Lane 12",
        "1950 Mill Street",
        "my brother Sami who teaches maths at the girls’ school",
        "amal@intranet",
    ],
)
def test_what_the_page_for_operators_says_is_missed_is_missed(text):
    """Should one of these be found one day, good: then `docs/personal-details-hints.md` has to say so too."""
    assert hints(text) == []


def test_hints_come_in_the_order_of_the_text_and_never_overlap():
    text = "Calle Mayor 12, 600 123 456, amal@example.org and again 600 123 457"

    assert [kind for kind, _ in hints(text)] == [HintKind.ADDRESS, HintKind.PHONE, HintKind.EMAIL, HintKind.PHONE]


def test_without_street_words_there_are_no_addresses():
    assert find_hints("12 Mill Street", region="ES", street_words=[]) == []


def test_the_pieces_of_a_marked_text_are_the_text():
    text = "a amal@example.org b 600 123 456"
    found = find_hints(text, region="ES", street_words=[])

    pieces = as_spans(text, found)

    assert [piece for piece, _ in pieces] == ["a ", "amal@example.org", " b ", "600 123 456"]
    assert [hint for _, hint in pieces] == [None, found[0], None, found[1]]


@given(text=st.text(max_size=200) | st.text("12 ٣a@.+-()street, calle\nشارع", max_size=200))
def test_any_text_is_looked_at_without_an_accident(text):
    found = find_hints(text, region="ES", street_words=STREET_WORDS)

    assert "".join(piece for piece, _ in as_spans(text, found)) == text
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    "piece",
    ["1 ", "1", "600 123 456 ", "+", "(1", "a@", "@", "a.", "a@a.", "1 street ", "street 1 ", "street ", "calle de la ",
     "٣", "ab" * 40 + "@" + "c" * 70 + ".", "\u0301", "1-", "...@...", "路1", "\u200f1", "street, , , "],
)  # fmt: skip
def test_nothing_takes_long(piece):
    """Patterns that go back and forth over such texts take minutes; the slowest piece here takes half a second."""
    text = piece * (MOST_CHARACTERS // len(piece))
    began = time.process_time()

    find_hints(text, region="ES", street_words=STREET_WORDS)

    assert time.process_time() - began < 10


def test_a_text_too_long_to_look_at_is_looked_at_in_its_beginning():
    began = time.process_time()

    found = find_hints("amal@example.org " * 100_000, region="ES", street_words=STREET_WORDS)

    assert 0 < len(found) <= 50
    assert time.process_time() - began < 1


def test_what_stands_behind_the_first_twenty_thousand_characters_is_not_looked_at():
    assert hints("a " * (MOST_CHARACTERS // 2) + "amal@example.org") == []
    assert hints("a " * (MOST_CHARACTERS // 2 - 8) + "amal@example.org") != []


@pytest.mark.realdata
def test_few_real_statements_and_comments_are_pointed_out_wrongly():
    """People wrote these for all to read: nearly each hint here is a false one."""
    lines = (Path(os.environ["REAL_DATA"]) / "uk-petitions/petitions_2020-2021.jsonl").read_text("utf-8").split("\n")
    texts = [
        " ".join(str(value) for value in json.loads(line).values() if isinstance(value, str)) for line in lines if line
    ]

    with_hints = [text for text in texts if find_hints(text, region="GB", street_words=["street", "road", "avenue"])]

    assert len(texts) > 2_000
    assert len(with_hints) < len(texts) / 50
