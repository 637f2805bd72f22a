"""A ranking's order, from places in lists and from arrow buttons."""

from __future__ import annotations

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st

from participation.core.localized import Words
from participation.surveys.forms import RankingForm, SeveralChoicesForm
from tests.fixtures.databases import make_app, make_settings

PROMPT = Words("In which order?", "en", "ltr")
CHOICES = [(number, f"Thing {number}") for number in range(1, 6)]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The program without a database; forms need none."""
    return make_app(make_settings(tmp_path_factory.mktemp("forms")))


def rank(program: Flask, sent: dict[str, str]) -> RankingForm:
    with program.test_request_context("/en/", method="POST", data=sent):
        form = RankingForm(prompt=PROMPT, choices=CHOICES)
        form.is_fine = form.validate()
        return form


def places(*numbers: int, shown: tuple[int, ...] = (1, 2, 3, 4, 5)) -> dict[str, str]:
    """The places given to the things in the order they are shown in."""
    return {f"place-{thing}": str(place) for thing, place in zip(shown, numbers, strict=True)}


@pytest.mark.parametrize(
    ("given_places", "order"),
    [
        ((1, 2, 3, 4, 5), "12345"),
        ((5, 4, 3, 2, 1), "54321"),
        ((1, 2, 3, 4, 1), "51234"),  # the last is moved to the first place by its list alone
        ((3, 2, 3, 4, 5), "23145"),  # the first is moved down to the third
        ((2, 1, 3, 4, 5), "21345"),
    ],
)
def test_places_make_an_order(program: Flask, given_places: tuple[int, ...], order: str) -> None:
    form = rank(program, places(*given_places))

    assert "".join(form.order) == order
    assert form.is_fine


def test_two_that_are_given_the_same_place_are_asked_about(program: Flask) -> None:
    form = rank(program, places(1, 5, 5, 4, 1))

    assert not form.is_fine
    assert form.place.errors
    assert sorted(form.order) == ["1", "2", "3", "4", "5"]


@given(st.permutations([1, 2, 3, 4, 5]), st.integers(0, 4), st.integers(1, 5))
def test_one_thing_moved_by_its_list_goes_exactly_there(program: Flask, shown: list[int], moved: int, to: int) -> None:
    numbers = [place if index != moved else to for index, place in enumerate((1, 2, 3, 4, 5))]

    form = rank(program, places(*numbers, shown=tuple(shown)))

    assert form.is_fine
    assert form.order.index(str(shown[moved])) == to - 1
    rest = [str(thing) for index, thing in enumerate(shown) if index != moved]
    assert [thing for thing in form.order if thing in rest] == rest


@given(
    st.dictionaries(
        st.sampled_from([f"place-{number}" for number in range(8)]),
        st.one_of(st.integers(-9, 99).map(str), st.text(max_size=3)),
    )
)
def test_whatever_is_sent_the_order_holds_each_thing_once(program: Flask, sent: dict[str, str]) -> None:
    assert sorted(rank(program, sent).order) == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("pressed", "order"),
    [("3:up", "13245"), ("3:down", "12435"), ("1:up", "12345"), ("5:down", "12345"), ("9:up", "12345"), ("x", "12345")],
)
def test_arrows_move_one_place(program: Flask, pressed: str, order: str) -> None:
    form = rank(program, {**places(1, 2, 3, 4, 5), "move": pressed})

    assert "".join(form.order) == order


def test_an_arrow_only_shows_the_new_order(program: Flask) -> None:
    form = rank(program, {**places(1, 2, 3, 4, 5), "move": "3:up"})

    assert not form.is_fine
    assert not form.place.errors


@pytest.mark.parametrize(
    ("sent", "is_fine"),
    [(["1"], True), (["1", "2"], True), (["1", "2", "3"], False), (["5"], True), (["5", "1"], False)],
)
def test_several_choices_keep_to_their_limit_and_to_those_that_stand_alone(
    program: Flask, sent: list[str], is_fine: bool
) -> None:
    with program.test_request_context("/en/", method="POST", data={"answer": sent}):
        form = SeveralChoicesForm(request.form, prompt=PROMPT, choices=CHOICES, most=2, alone=[5])
        assert form.validate() is is_fine
