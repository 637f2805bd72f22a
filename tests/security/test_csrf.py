"""No form is taken that our own page did not make for this very person, or that was not sent from there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from participation.core import forms
from participation.core.forms import TOKEN_FIELD, BaseForm
from tests.security.city import City
from tests.security.permissions import read_rules
from tests.security.sending import Found, Pairs, Sending, send
from tests.security.walking import all_doors

#: Doors that take a form which no page of the filled city offers, with the reason.
NO_FORM: dict[str, str] = {
    "POST room.end_hold": "only while a safety hold lies over the session; tests/dialogues/room ends one",
    "POST room.show_round": "only in a round of silent writing; tests/dialogues/room shows one",
}


def with_token(values: Pairs, token: str | None) -> Pairs:
    """The form with another token, or without one."""
    others = [(name, value) for name, value in values if name != TOKEN_FIELD]
    return others if token is None else [*others, (TOKEN_FIELD, token)]


def resigned(city: City, values: Pairs, change: Callable[[list[str]], list[str]]) -> Pairs:
    """The form with its token changed and signed again, as if our program had made it for something else."""
    with city.app.app_context():
        signer = forms._serializer()
        parts = signer.loads(dict(values)[TOKEN_FIELD])
        return with_token(values, str(signer.dumps(change(list(parts)))))


def spoilt_tokens(city: City, values: Pairs) -> dict[str, Pairs]:
    """The form with each kind of token that is not its own."""
    token = dict(values)[TOKEN_FIELD]
    return {
        "no token": with_token(values, None),
        "empty token": with_token(values, ""),
        "somebody else's token": resigned(city, values, lambda parts: [parts[0], parts[1], "key:" + "0" * 32]),
        "another form's token": resigned(city, values, lambda parts: [parts[0], "Another:", parts[2]]),
        "the same form's token about another thing": resigned(
            city, values, lambda parts: [parts[0], parts[1] + "9", parts[2]]
        ),
        "unsigned token": with_token(values, token[:-3] + "AAA"),
    }


#: Where a request says that it comes from. None takes a header away.
FOREIGN = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour": {"Sec-Fetch-Site": "same-site"},
    "typed by hand": {"Sec-Fetch-Site": "none"},
    "an old browser on another site": {"Sec-Fetch-Site": None, "Origin": "https://evil.example"},
    "an old browser in a sandbox": {"Sec-Fetch-Site": None, "Origin": "null"},
    "nobody knows where": {"Sec-Fetch-Site": None},
    "another site that claims our origin": {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
}


def is_refused(city: City, sending: Sending, values: Pairs, headers: dict[str, str | None]) -> bool:
    """Whether the form was turned down, and nothing came of it."""
    answer = send(city, sending, values, headers=headers)
    is_unchanged = city.is_as_before()
    city.put_back()
    return is_unchanged and (answer.status_code >= 400 or answer.status_code in {302, 303})


def sweep(city: City, found: Found) -> list[str]:
    """Every form with everything that may be wrong about where it comes from; which of them were taken."""
    taken = []
    for name, (sending, values) in sorted(found.taken.items()):
        for fault, spoilt in spoilt_tokens(city, values).items():
            if not is_refused(city, sending, spoilt, {}):
                taken.append(f"{name} with {fault}")
        for fault, headers in FOREIGN.items():
            if not is_refused(city, sending, values, headers):
                taken.append(f"{name} from {fault}")
    return taken


def test_every_door_that_takes_forms_takes_one_of_ours(city: City, found_forms: Found) -> None:
    rules = read_rules()
    doors = {
        door.whole_name if door.whole_name in rules else door.name
        for door in all_doors(city.app)
        if door.method == "POST"
    }
    missing = {name: found_forms.refused.get(name, []) for name in sorted(doors - set(found_forms.taken))}

    assert set(missing) == set(NO_FORM), "\n".join(f"{name}: {each[:2]}" for name, each in missing.items())
    assert len(found_forms.taken) >= 65


def test_no_form_is_taken_from_elsewhere_or_without_its_token(city: City, found_forms: Found) -> None:
    assert len(found_forms.taken) >= 65

    assert sweep(city, found_forms) == []


def test_an_old_browser_on_our_own_page_may_send(city: City, found_forms: Found) -> None:
    sending, values = found_forms.taken["POST consultations.check_answers"]

    answer = send(city, sending, values, headers={"Sec-Fetch-Site": None, "Origin": "http://localhost"})

    assert answer.status_code == 303
    assert not city.is_as_before()


def test_without_looking_at_where_forms_come_from_they_would_be_taken(
    city: City, found_forms: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "check_origin", lambda: None)

    taken = sweep(city, some_of(found_forms))

    assert {each.partition(" from ")[2] for each in taken if " from " in each} == set(FOREIGN)
    assert not [each for each in taken if " with " in each]


def test_without_looking_at_tokens_forms_would_be_taken(
    city: City, found_forms: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_always_good(form: BaseForm) -> bool:
        form.key = "planted key"
        return True

    monkeypatch.setattr(BaseForm, "_has_good_token", is_always_good)

    taken = sweep(city, some_of(found_forms))

    assert {each.partition(" with ")[2] for each in taken if " with " in each} == set(
        spoilt_tokens(city, found_forms.taken["POST accounts.choose_device"][1])
    )


def test_one_form_that_is_exempt_would_be_found(
    city: City, found_forms: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded = BaseForm.is_sent

    def is_sent(form: BaseForm) -> bool:
        return form.validate() if type(form).__name__ == "DeviceForm" else guarded(form)

    monkeypatch.setattr(BaseForm, "is_sent", is_sent)

    assert {each.split()[1] for each in sweep(city, found_forms)} == {"accounts.choose_device"}


def some_of(found: Found) -> Found:
    """A few forms of different rooms, for tests that show that the sweep can fail."""
    names = ("POST accounts.choose_device", "POST contributions.withdraw_contribution", "POST moderation.review_item")
    return Found(taken={name: found.taken[name] for name in names})
