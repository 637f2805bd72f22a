"""Pages about the city itself, the frame around every page, and the city's settings for administrators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Flask, Response, g, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from participation.core.clock import now
from participation.core.database import remembered
from participation.core.errors import DomainError, NotFound
from participation.core.languages import all_languages, current_language, preferred_language
from participation.core.localized import LocalizedText, Words
from participation.core.pages import Caching, go_to, render
from participation.core.policy import PUBLIC, allow, current_actor, is_administrator
from participation.core.registry import NavigationEntry, registry

from . import queries, services
from .colour import OWN_COLOUR, palette_of
from .forms import CITY_TEXTS, CityForm, RuleForm, TextsForm, texts_of
from .models import City

bp = Blueprint("city", __name__)


@dataclass(frozen=True)
class Place:
    """One entry of a navigation or a list of links."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class CityFrame:
    """The city as the frame of each page shows it."""

    name: Words
    mark_url: str | None
    support_contact: str
    #: where its colour stands, when it is not the one every page has anyway
    stylesheet_url: str | None


def init_app(app: Flask) -> None:
    """Open the city's pages and put the city round every page."""
    app.register_blueprint(bp)
    app.context_processor(_frame)
    # every moment is shown as the city's clocks have it
    app.extensions["babel"].timezone_selector = lambda: queries.get_city().time_zone
    registry().staff_navigation.append(
        NavigationEntry(_l("City"), "city.edit_city", lambda actor: is_administrator(actor))
    )


@bp.get("/")
@allow(PUBLIC)
def choose_language() -> Response:
    """The first page of all: every language by its own name, the reader's first."""
    g.language = preferred_language()
    response = render("participation/city/choose_language.html", caching=Caching.PUBLIC)
    response.vary.add("Accept-Language")
    return response


@bp.get("/<lang>/")
@allow(PUBLIC)
def show_home() -> Response:
    """What the city asks now and what came of it."""
    language = current_language().tag
    panels = [panel for draw in registry().home_panels if (panel := draw(language))]
    return render(
        "participation/city/show_home.html",
        caching=Caching.PUBLIC,
        heading=queries.get_city().welcome_heading.read(language),
        text=queries.get_city().welcome_text.read(language),
        panels=panels,
    )


@bp.get("/<lang>/privacy")
@allow(PUBLIC)
def show_privacy() -> Response:
    """What is kept, why and how long."""
    words = queries.get_city().privacy_notice.read(current_language().tag)
    return _document(_("What we keep about you"), words)


@bp.get("/<lang>/accessibility")
@allow(PUBLIC)
def show_accessibility() -> Response:
    """How accessible this site is."""
    words = queries.get_city().accessibility_statement.read(current_language().tag)
    return _document(_("Accessibility"), words)


@bp.get("/<lang>/rules")
@allow(PUBLIC)
def show_rules() -> Response:
    """The numbered rules of taking part."""
    language = current_language().tag
    rules = [(rule.number, rule.title.read(language), rule.text.read(language)) for rule in queries.list_rules()]
    return render("participation/city/show_rules.html", caching=Caching.PUBLIC, rules=rules)


@bp.get("/<lang>/help")
@allow(PUBLIC)
def show_help() -> Response:
    """How to reach the city, and who helps in trouble."""
    language = current_language().tag
    city = queries.get_city()
    resources = [
        {
            "name": each.name.read(language),
            "text": each.description.read(language),
            "phone": each.phone,
            "url": each.url,
        }
        for each in queries.list_support_resources()
    ]
    return render(
        "participation/city/show_help.html",
        caching=Caching.PUBLIC,
        contact=city,
        address=city.contact_address.read(language),
        hours=city.contact_hours.read(language),
        resources=resources,
    )


@bp.get("/city.css")
@allow(PUBLIC)
def show_stylesheet() -> Response:
    """The city's colour, readable in light and dark, as a style sheet of its own."""
    palette = palette_of(queries.get_city().colour)
    sheet = (
        f":root{{--city:{palette.light};--on-city:{palette.on_light}}}"
        f"@media(prefers-color-scheme:dark){{:root{{--city:{palette.dark};--on-city:{palette.on_dark}}}}}"
    )
    response = make_response(sheet)
    response.content_type = "text/css; charset=utf-8"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@bp.get("/city/mark")
@allow(PUBLIC)
def show_mark() -> Response:
    """The city's mark."""
    city = queries.get_city()
    if not city.mark:
        raise NotFound
    response = make_response(city.mark)
    response.content_type = city.mark_type
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@bp.route("/<lang>/staff/city", methods=["GET", "POST"])
@allow(is_administrator)
def edit_city() -> Response | BaseResponse:
    """Name, colour, contact; and the way to each language's texts."""
    city = queries.get_city()
    form = CityForm.receive(obj=city)
    if form.is_sent():
        try:
            changes = {name: value for name, value in form.data.items() if name != "mark"}
            saved = services.save_city(changes, by=current_actor(), at=now())
            _take_mark(saved)
            return go_to("city.edit_city", saved=1)
        except DomainError as trouble:
            form.refuse(trouble)
    texts = texts_of(city, CITY_TEXTS)
    missing = {
        tag: [CITY_TEXTS[name][0] for name, text in texts.items() if text.missing_in([tag])] for tag in all_languages()
    }
    return render(
        "participation/city/edit_city.html",
        status=form.status,
        form=form,
        missing=missing,
        rules=[(rule.number, rule.title.read(current_language().tag)) for rule in queries.list_rules()],
        is_corrected=palette_of(city.colour).is_corrected,
        has_been_saved="saved" in request.args,
    )


@bp.route("/<lang>/staff/city/texts/<string:tag>", methods=["GET", "POST"])
@allow(is_administrator)
def edit_city_texts(tag: str) -> Response | BaseResponse:
    """The city's texts in one language, beside the source."""
    if tag not in all_languages():
        raise NotFound
    city = queries.get_city()
    current = texts_of(city, CITY_TEXTS)
    form = TextsForm.receive(about=tag, data={name: text.text_in(tag) for name, text in current.items()})
    if form.is_sent():
        services.save_city(form.changed_texts(current, tag), by=current_actor(), at=now())
        return go_to("city.edit_city", saved=1)
    sources = {name: text.read(text.source) for name, text in current.items() if text.source != tag}
    return render(
        "participation/city/edit_city_texts.html",
        status=form.status,
        form=form,
        target=all_languages()[tag],
        sources=sources,
        long_names=[name for name, (_label, is_long) in CITY_TEXTS.items() if is_long],
    )


@bp.route("/<lang>/staff/city/rules/<int:number>/<string:tag>", methods=["GET", "POST"])
@allow(is_administrator)
def edit_rule(number: int, tag: str) -> Response | BaseResponse:
    """One rule in one language; the number after the last makes a new one."""
    rule = next((each for each in queries.list_rules() if each.number == number), None)
    if tag not in all_languages() or (rule is None and number != services.next_rule_number()):
        raise NotFound
    current = texts_of(rule, ("title", "text")) if rule else {"title": _blank(tag), "text": _blank(tag)}
    form = RuleForm.receive(about=f"{number}:{tag}", data={name: text.text_in(tag) for name, text in current.items()})
    if form.is_sent():
        title = current["title"].with_text(tag, form.title.data or "")
        text = current["text"].with_text(tag, form.text.data or "")
        services.save_rule(number, title, text, by=current_actor(), at=now())
        return go_to("city.edit_city", saved=1)
    source = {name: text.read(text.source) for name, text in current.items() if text.source != tag and text}
    return render(
        "participation/city/edit_rule.html",
        status=form.status,
        form=form,
        number=number,
        target=all_languages()[tag],
        source=source,
    )


def _blank(tag: str) -> LocalizedText:
    return LocalizedText(source=tag)


def _take_mark(city: City) -> None:
    picture = request.files.get("mark")
    if picture is not None and picture.filename:
        services.set_mark(city, picture.read(services.MAX_MARK_BYTES + 1), by=current_actor(), at=now())


def _document(heading: str, words: Words) -> Response:
    return render("participation/city/show_document.html", caching=Caching.PUBLIC, heading=heading, words=words)


def _frame() -> dict[str, Any]:
    """What the frame of every page needs; asked once a request."""
    if "frame" not in g:
        g.frame = _make_frame()
    frame: dict[str, Any] = g.frame
    return frame


def _make_frame() -> dict[str, Any]:
    actor = current_actor()
    is_staff_page = request.path.split("/")[2:3] == ["staff"] and actor.staff_id is not None
    entries = registry().staff_navigation if is_staff_page else registry().resident_navigation
    tag = current_language().tag
    places = remembered(("places", tag, is_staff_page), lambda _session: [(each, _place_of(each)) for each in entries])
    return {
        **remembered(("frame", tag), lambda _session: _same_for_all()),
        "navigation": _with_current([place for entry, place in places if entry.may_see(actor)]),
        "staff": _staff(is_staff_page, actor.name),
    }


def _same_for_all() -> dict[str, Any]:
    """What the frame shows to everybody on every page."""
    city = queries.get_city()
    version = int(city.changed_at.timestamp())
    return {
        "city": CityFrame(
            name=city.name.read(current_language().tag),
            mark_url=url_for("city.show_mark", v=version) if city.mark else None,
            support_contact=city.contact_phone or city.contact_email,
            stylesheet_url=url_for("city.show_stylesheet", v=version) if city.colour.upper() != OWN_COLOUR else None,
        ),
        "help_url": url_for("city.show_help"),
        "footer_links": [
            Place(_("Rules of taking part"), url_for("city.show_rules")),
            Place(_("What we keep about you"), url_for("city.show_privacy")),
            Place(_("Accessibility"), url_for("city.show_accessibility")),
        ],
    }


def _place_of(entry: NavigationEntry) -> Place:
    return Place(str(entry.label), url_for(entry.endpoint))


def _with_current(places: Sequence[Place]) -> list[Place]:
    """The place whose address this page's address begins with is the current one."""
    around = [place.url for place in places if _is_within(request.path, place.url)]
    current = max(around, key=len, default="")
    return [replace(place, is_current=True) if place.url == current else place for place in places]


def _is_within(path: str, url: str) -> bool:
    """Whether `path` is `url` or a page below it; home pages have nothing below them here."""
    if url.count("/") <= 2 or url.endswith("/staff/"):
        return path == url
    return path == url or path.startswith(url.rstrip("/") + "/")


def _staff(is_staff_page: bool, name: str) -> dict[str, str] | None:
    if not is_staff_page:
        return None
    return {
        "name": name,
        "account_url": url_for("accounts.show_account"),
        "sign_out_url": url_for("accounts.sign_out"),
    }
