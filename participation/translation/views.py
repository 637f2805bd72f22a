"""Pages about the languages of residents' words: the original, what lacks a translation, and writing one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from participation.contributions import Contribution, get_contribution
from participation.core.addresses import number_or_zero
from participation.core.clock import now
from participation.core.errors import Conflict, Invalid, NotFound
from participation.core.languages import all_languages, current_language, direction_of, language_name
from participation.core.pages import go_to, render
from participation.core.policy import Space, allow, current_actor
from participation.core.registry import describe_spaces, registry

from . import policy, queries, services, untranslated
from .forms import TranslationForm
from .untranslated import Missing

blueprint = Blueprint("translation", __name__)


@dataclass(frozen=True)
class Pair:
    """One contribution and the language it is to be put into."""

    contribution: Contribution
    tag: str

    @property
    def space(self) -> Space:
        """Where the words were said."""
        return self.contribution.space

    @property
    def body(self) -> str:
        """The words themselves."""
        return self.contribution.body


def get_pair(contribution_id: int, tag: str) -> Pair:
    """The contribution and the language in the address.

    Raises:
        NotFound: there is no such contribution, or the interface does not speak the language.
    """
    if tag not in all_languages():
        raise NotFound
    return Pair(get_contribution(contribution_id), tag)


@blueprint.get("/<lang>/words/<int:contribution_id>/")
@allow(policy.can_read_original, of=get_contribution, hidden=True)
def show_original(contribution: Contribution) -> Response:
    return render(
        "participation/translation/show_original.html",
        contribution=contribution,
        language=language_name(contribution.language),
        translations=[(language_name(each.language), each) for each in queries.list_translations_of(contribution.id)],
    )


@blueprint.get("/<lang>/staff/translations/")
@allow(policy.can_list_untranslated)
def list_untranslated() -> Response:
    actor, language = current_actor(), current_language().tag
    wanted = _wanted()
    before = request.args.get("before", "")
    rows = untranslated.list_missing(
        wanted,
        actor,
        before_id=int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None,
        limit=untranslated.PAGE + 1,
    )
    page = rows[: untranslated.PAGE]
    known = {Space(kind, number) for kind, give in registry().list_spaces.items() for number in give()}
    held = untranslated.spaces_of(actor)
    spaces = describe_spaces(known if held is None else held, language)
    return render(
        "participation/translation/list_untranslated.html",
        wanted=wanted,
        most_counted=untranslated.MOST_COUNTED,
        total=untranslated.count_missing(wanted, actor),
        rows=[(each, language_name(each.language)) for each in page],
        spaces=[(str(space), described) for space, described in sorted(spaces.items())],
        address=_address(wanted),
        next_before=page[-1].id if len(rows) > untranslated.PAGE else None,
        is_first_page=not before,
    )


@blueprint.route("/<lang>/staff/words/<int:contribution_id>/<string:tag>", methods=["GET", "POST"])
@allow(policy.can_translate, of=get_pair, hidden=True)
def translate(pair: Pair) -> Response | BaseResponse:
    contribution = pair.contribution
    known = queries.find_translation(contribution.id, pair.tag)
    form = TranslationForm.receive(
        about=f"{contribution.id} {pair.tag}",
        data={"text": known.text if known else "", "version": contribution.version},
    )
    status = 200
    if form.is_sent():
        try:
            version = number_or_zero(form.version.data)
            services.save_translation(
                contribution, pair.tag, form.text.data or "", by=current_actor(), at=now(), version=version
            )
            return go_to("translation.list_untranslated", to=pair.tag, saved=contribution.id)
        except (Conflict, Invalid) as trouble:
            form.refuse(trouble)
            status = trouble.status
    fresh = get_contribution(contribution.id)
    form.version.data = str(fresh.version)
    return render(
        "participation/translation/translate.html",
        status=form.status if status == 200 else status,
        form=form,
        contribution=fresh,
        source=language_name(fresh.language),
        target=all_languages()[pair.tag],
        direction=direction_of(pair.tag),
        is_stale=known is not None and known.source_version < fresh.version,
        limit=services.MOST_TRANSLATED_CHARACTERS,
    )


def _wanted() -> Missing:
    """Which words are looked for, as the address says."""
    to = request.args.get("to", "")
    kind, _colon, number = request.args.get("space", "").partition(":")
    is_space = number.isascii() and number.isdigit() and len(number) < 10
    return Missing(
        language=to if to in all_languages() else current_language().tag,
        space=Space(kind, int(number)) if is_space else None,
        is_public_only=request.args.get("surface") == "public",
    )


def _address(wanted: Missing) -> dict[str, str]:
    address = {"to": wanted.language}
    if wanted.space is not None:
        address["space"] = str(wanted.space)
    if wanted.is_public_only:
        address["surface"] = "public"
    return address
