"""What several test files of the staff's side do: sign in as somebody of a consultation, fill in a form and send it."""

from __future__ import annotations

from typing import Any

from participation.consultations.models import Consultation
from participation.core.policy import Role
from tests.browser import Browser
from tests.factories.accounts import make_staff, sign_in


def officer_of(browser: Browser, consultation: Consultation, *roles: Role) -> Browser:
    """Signed in with these roles (officer where none is named) in this consultation."""
    return sign_in(browser, make_staff(*(roles or (Role.OFFICER,)), space=consultation.space))


def fields_of(page: Any, action: str | None = None) -> dict[str, Any]:
    """What a form would send as it stands."""
    found: dict[str, Any] = {}
    for each in page.form(action).find_all(["input", "textarea", "select"]):
        name, kind = each.get("name"), each.get("type", "text")
        if not name or kind == "file" or (kind in {"checkbox", "radio"} and not each.has_attr("checked")):
            continue
        if each.name == "textarea":
            found[name] = each.get_text().removeprefix("\n")
        elif each.name == "select":
            chosen = each.find("option", selected=True) or each.find("option")
            found[name] = chosen["value"] if chosen else ""
        elif kind == "checkbox":
            found.setdefault(name, []).append(each.get("value", ""))
        else:
            found[name] = each.get("value", "")
    return found


def send(browser: Browser, address: str, changes: dict[str, Any], *, action: str | None = None, **more: Any) -> Any:
    """Open a page, fill in its form and send it."""
    page = browser.get(address)
    return browser.post(
        page.form(action)["action"] or address, data={**fields_of(page, action), **changes}, queries=60, **more
    )
