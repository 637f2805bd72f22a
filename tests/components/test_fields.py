"""Fields: every control named, its hint and error tied to it, nothing demanded by asterisk or by the browser."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from markupsafe import Markup as Safe
from wtforms import (
    BooleanField,
    DateField,
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from tests.page_rules import Markup, label_troubles, reference_troubles, text

Draw = Callable[..., Markup]
KINDS = {
    "text": "line",
    "email": "line",
    "tel": "line",
    "number": "line",
    "password": "line",
    "one_time_code": "line",
    "return_code": "line",
    "search": "line",
    "textarea": "body",
    "radios": "choice",
    "checkboxes": "several",
    "select": "pick",
    "date": "day",
    "checkbox": "yes",
    "permission": "choice",
}


class Sample(Form):
    """One field of each kind."""

    line = StringField("Your street")
    maybe = StringField("Your name", [Optional()])
    body = TextAreaField("What would help?", description="In any language.")
    choice = RadioField("Which line?", choices=[SelectChoice("4", "Line 4"), SelectChoice("9", "Line 9")])
    several = SelectMultipleField("When?", choices=[SelectChoice("m", "Morning"), SelectChoice("e", "Evening")])
    pick = SelectField("State", choices=[SelectChoice("", "All"), SelectChoice("w", "Waiting")])
    day = DateField("Reply by")
    yes = BooleanField("I have read this")
    troubles = ()

    def hidden_tag(self) -> Safe:
        return Safe('<input type="hidden" name="form_token" value="x">')


def failed() -> Sample:
    form = Sample()
    for field in form:
        field.process(None)
        field.errors = [f"Please look at {field.name}."]
    return form


@pytest.mark.parametrize(("macro", "name"), KINDS.items(), ids=KINDS)
def test_each_field_is_named_and_its_error_tied_to_it(draw: Draw, macro: str, name: str) -> None:
    form = failed()

    page = draw(f"{{{{ fields.{macro}(field) }}}}", field=form[name])

    first = next(each for each in page.elements if each.get("id") == name)
    tied = [each for each in page.elements if f"{name}-error" in (each.get("aria-describedby") or "").split()]
    assert first.tag in {"input", "textarea", "select"}
    assert tied, "nothing points to the error"
    assert label_troubles(page) == reference_troubles(page) == []
    assert not any(each.get("required") is not None or each.get("maxlength") for each in page.elements)
    assert "*" not in text(page.root)


def test_the_summary_says_the_same_words_and_leads_to_the_control(draw: Draw) -> None:
    form = failed()
    source = "{{ fields.error_summary(form) }}{{ fields.text(form.line) }}{{ fields.radios(form.choice) }}"

    page = draw(source, form=form)

    links = {each.get("href"): text(each) for each in page.all("a")}
    assert links["#line"] == "Please look at line."
    assert links["#choice"] == "Please look at choice."
    error = next(each for each in page.elements if each.get("id") == "line-error")
    assert text(error) == "Error: Please look at line."


def test_there_is_no_summary_without_trouble(draw: Draw) -> None:
    assert text(draw("{{ fields.error_summary(form) }}", form=Sample()).root) == "x"


def test_a_trouble_of_the_whole_form_is_said_too(draw: Draw) -> None:
    form = Sample()
    form.troubles = ["Please send it once more."]

    assert "Please send it once more." in text(draw("{{ fields.error_summary(form) }}", form=form).root)


def test_optional_is_said_in_words(draw: Draw) -> None:
    form = Sample()

    page = draw("{{ fields.text(form.maybe) }}{{ fields.text(form.line) }}", form=form)

    assert [text(each) for each in page.all("label")] == ["Your name (optional)", "Your street"]


def test_the_label_or_legend_can_be_the_heading(draw: Draw) -> None:
    for source in ("{{ fields.textarea(form.body, heading=true) }}", "{{ fields.radios(form.choice, heading=true) }}"):
        assert len(draw(source, form=Sample()).all("h1")) == 1


def test_long_text_finds_its_direction_sends_it_and_keeps_every_word(draw: Draw) -> None:
    form = Sample(body="\n</textarea><b>سلام")

    page = draw("{{ fields.textarea(form.body, limit=20) }}", form=form)

    (area,) = page.all("textarea")
    assert (area.get("dir"), area.get("dirname")) == ("auto", "body.dir")
    assert area.text == "\n</textarea><b>سلام"
    assert "20 characters" in text(page.root)


def test_nothing_is_chosen_for_anybody(draw: Draw) -> None:
    form = Sample()
    page = draw("{{ fields.permission(form.choice) }}{{ fields.checkboxes(form.several) }}", form=form)

    assert [each for each in page.all("input") if each.get("checked") is not None] == []


def test_answers_have_equal_weight(draw: Draw) -> None:
    buttons = draw("{{ fields.choice_buttons() }}").all("button")

    assert [each.get("value") for each in buttons] == ["agree", "disagree", "pass"]
    assert len({each.get("class") for each in buttons}) == 1


def test_ranking_works_with_buttons_and_lists(draw: Draw) -> None:
    items = [
        SimpleNamespace(value=value, label=f"Thing {value}", position=place) for place, value in enumerate("ab", 1)
    ]

    page = draw("{{ fields.ranking('rank', 'What first?', items) }}", items=items)

    assert [each.get("name") for each in page.all("select")] == ["rank-a", "rank-b"]
    assert [each.get("value") for each in page.all("button")] == ["a:up", "a:down", "b:up", "b:down"]
    assert label_troubles(page) == reference_troubles(page) == []


def test_a_form_goes_without_the_browsers_own_checks(draw: Draw) -> None:
    source = "{% call fields.open_form(form, '/en/x') %}{{ ui.button('Send') }}{% endcall %}"

    (form,) = draw(source, form=Sample()).all("form")

    assert (form.get("method"), form.get("action"), form.get("novalidate")) == ("post", "/en/x", "")
