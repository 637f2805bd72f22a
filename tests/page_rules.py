"""What every page must keep to, as small functions that list troubles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

from participation.core.forms import TOKEN_FIELD
from tests.sheets import sheets_of_classes

HTMX_ACTIONS = {"hx-get": "href", "hx-post": "action"}
FIELDS = ("input", "select", "textarea")
#: Input types that need no label: they are not filled in, or say what they do themselves.
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
#: Traces of a template or a message that was not filled in.
LEFTOVERS = re.compile(r"%\([a-z_]+\)|\{\{|\{%|\bUndefined\b|<bound method|object at 0x")
REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-errormessage", "for", "form", "list")


class Markup:
    """A parsed page: its elements in order, each with its parent at hand."""

    def __init__(self, html: str) -> None:
        parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
        self.root: Element = parser.parse(html)
        self.errors = [f"line {place[0]}: {code} {facts or ''}".strip() for place, code, facts in parser.errors]
        self.elements = [each for each in self.root.iter() if isinstance(each.tag, str)]
        self.parents = {child: parent for parent in self.elements for child in parent}
        self.ids = Counter(each.get("id") for each in self.elements if each.get("id"))

    def all(self, *tags: str) -> list[Element]:
        """Every element of these names."""
        return [each for each in self.elements if each.tag in tags]

    def ancestors(self, element: Element) -> Iterator[Element]:
        """Parent, grandparent and so on."""
        while (element := self.parents.get(element)) is not None:  # type: ignore[assignment]
            yield element


def text(element: Element) -> str:
    """The words in an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def is_titled(page: Any, markup: Markup) -> bool:
    """Whether the title names the page by its h1; a form that comes back may say so first."""
    titles = [each for each in markup.all("title") if is_html(markup, each)]
    heading = text(markup.all("h1")[0]) if markup.all("h1") else ""
    name = text(titles[0]) if len(titles) == 1 else ""
    return bool(heading) and (heading in name if page.status_code in {409, 422} else name.startswith(heading))


def broken_rules(page: Any, markup: Markup) -> list[str]:
    """Every trouble of an HTML answer, as sentences."""
    html = page.get_data(as_text=True)
    troubles = [f"not well-formed: {each}" for each in markup.errors]
    for rule in RULES:
        troubles += rule(markup)
    troubles += header_troubles(page, markup)
    if not is_titled(page, markup):
        troubles.append("the title does not begin with the h1")
    if found := LEFTOVERS.search(html):
        troubles.append(f"something was not filled in: {html[max(0, found.start() - 40) : found.end() + 40]!r}")
    return troubles


def heading_troubles(markup: Markup) -> list[str]:
    """One h1, one main part."""
    headings = markup.all("h1")
    if len(headings) != 1 or not text(headings[0]):
        return [f"{len(headings)} h1 elements with words; each page has one"]
    return [] if len(markup.all("main")) == 1 else ["a page has exactly one main element"]


def language_troubles(markup: Markup) -> list[str]:
    """The page says its language and direction, and nothing has an empty or impossible one."""
    troubles = []
    if not markup.root.get("lang") or markup.root.get("dir") not in {"ltr", "rtl"}:
        troubles.append("html needs lang and dir")
    for each in markup.elements:
        if each.get("dir") not in {None, "ltr", "rtl", "auto"}:
            troubles.append(f"dir={each.get('dir')!r} on {each.tag}")
        if each.get("lang") is not None and not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", each.get("lang", "")):
            troubles.append(f"lang={each.get('lang')!r} on {each.tag}")
    return troubles


def label_troubles(markup: Markup) -> list[str]:
    """Every field has a label; every link and button has words; every picture has its text."""
    labelled = {each.get("for") for each in markup.all("label") if text(each)}
    troubles = []
    for each in markup.all(*FIELDS):
        if each.get("type", "text") in UNLABELLED:
            continue
        wrapped = any(parent.tag == "label" and text(parent) for parent in markup.ancestors(each))
        if not (wrapped or each.get("id") in labelled or each.get("aria-label") or each.get("aria-labelledby")):
            troubles.append(f"{each.tag} “{each.get('name')}” has no label")
    for each in markup.all("a", "button", "summary"):
        pictures = any(inner.get("alt") or inner.get("aria-label") for inner in each.iter())
        if not (text(each) or each.get("aria-label") or pictures):
            troubles.append(f"{each.tag} {each.get('href') or each.get('name') or ''} has no words")
    troubles += [f"img {each.get('src')} has no alt" for each in markup.all("img") if each.get("alt") is None]
    for each in markup.all("fieldset"):
        if not any(child.tag == "legend" and text(child) for child in each):
            troubles.append("a fieldset has no legend")
    return troubles


def reference_troubles(markup: Markup) -> list[str]:
    """Ids are unique, and what points to an id finds it."""
    troubles = [f"id “{name}” is used {count} times" for name, count in markup.ids.items() if count > 1]
    for each in markup.elements:
        for attribute in REFERENCES:
            for name in (each.get(attribute) or "").split():
                if name not in markup.ids:
                    troubles.append(f"{attribute}=“{name}” on {each.tag} points nowhere")
        target = each.get("href") or ""
        if each.tag == "a" and len(target) > 1 and target.startswith("#") and target[1:] not in markup.ids:
            troubles.append(f"link to {target} points nowhere")
    return troubles


def form_troubles(markup: Markup) -> list[str]:
    """Forms say where and how they go; those that change something carry a token of their own."""
    troubles = []
    for form in markup.all("form"):
        name = form.get("action") or "without action"
        if form.get("action") is None or form.get("method", "").lower() not in {"get", "post"}:
            troubles.append(f"form {name} needs action and method")
        tokens = [each for each in form.iter("input") if each.get("name") == TOKEN_FIELD and each.get("value")]
        if form.get("method", "").lower() == "post" and len(tokens) != 1:
            troubles.append(f"form {name} carries {len(tokens)} tokens, not one")
        if form.get("method", "").lower() == "get" and tokens:
            troubles.append(f"form {name} would put its token into the address")
        if not any(each.tag == "button" or each.get("type") in {"submit", "image"} for each in form.iter()):
            troubles.append(f"form {name} has no button")
    return troubles


def htmx_troubles(markup: Markup) -> list[str]:
    """What htmx does, the plain link or form does too; each such element carries the nonce."""
    troubles = []
    for each in markup.elements:
        used = {name: value for name, value in each.attrib.items() if name.startswith(("hx-", "data-hx-"))}
        if not used:
            continue
        for attribute, plain in HTMX_ACTIONS.items():
            if attribute in used and used[attribute] != each.get(plain) and used[attribute] != each.get("formaction"):
                troubles.append(f"{attribute}={used[attribute]!r} on {each.tag} has no plain twin in {plain}")
        if {"hx-put", "hx-patch", "hx-delete"} & set(used):
            troubles.append(f"{each.tag} uses a method that no plain form has")
        if not each.get("hx-nonce"):
            troubles.append(f"{each.tag} has {sorted(used)} but no hx-nonce, so htmx would ignore it")
    return troubles


def script_troubles(markup: Markup) -> list[str]:
    """No script, style or handler stands in the page, and nothing is fetched from elsewhere."""
    troubles = []
    for each in markup.elements:
        source = each.get("src") or (each.get("href") if each.tag in {"link", "use", "image"} else None) or ""
        if re.match(r"(?i)\s*(https?:)?//", source) and each.get("rel") not in {"canonical", "alternate"}:
            troubles.append(f"{each.tag} fetches {source} from elsewhere")
        if each.tag == "style" or (each.tag == "script" and not each.get("src")):
            troubles.append(f"inline {each.tag}")
        for name, value in each.attrib.items():
            if name == "style" or name.startswith("on"):
                troubles.append(f"{name}= on {each.tag}")
            if re.match(r"(?i)\s*(javascript|data|vbscript):", value) and name in {"href", "action", "formaction"}:
                troubles.append(f"{name}={value[:40]!r} on {each.tag}")
        if each.tag == "a" and each.get("target") == "_blank":
            troubles.append("a link opens a new window, which the back button cannot leave")
    return troubles


def sheet_troubles(markup: Markup) -> list[str]:
    """A page fetches the sheet that something on it needs. What only staff styles name may stand anywhere unstyled."""
    addresses = [each.get("href", "") for each in markup.all("link") if each.get("rel") == "stylesheet"]
    sheets = set(re.findall(r"/built/([a-z]+)\.", " ".join(addresses)))
    if not sheets:
        return []
    styled = sheets_of_classes()
    found = {name for each in markup.elements for name in each.get("class", "").split()}
    return [
        f"“{name}” is styled by {' and '.join(sorted(styled[name]))}, which the page does not fetch"
        for name in sorted(found & styled.keys())
        if styled[name] - {"staff"} and not styled[name] & sheets
    ]


def header_troubles(page: Any, markup: Markup) -> list[str]:
    """Headers are strict, and what many may keep holds nothing of one person."""
    troubles = []
    policy = page.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        troubles.append(f"content security policy is “{policy}”")
    if page.headers.get("X-Content-Type-Options") != "nosniff":
        troubles.append("X-Content-Type-Options is missing")
    for script in markup.all("script"):
        if script.get("nonce") is not None and f"'nonce-{script.get('nonce')}'" not in policy:
            troubles.append("a script carries a nonce the policy does not know")
    nonces = {value for each in markup.elements for name, value in each.attrib.items() if name == "hx-nonce"}
    if any(f"'nonce-{nonce}'" not in policy for nonce in nonces):
        troubles.append("an hx-nonce is not this answer's")
    caching = page.headers.get("Cache-Control", "")
    if not caching:
        troubles.append("Cache-Control is missing")
    if "public" in caching:
        if any(form.get("method", "").lower() == "post" for form in markup.all("form")):
            troubles.append("a page that others may keep holds a form")
        if "nonce-" in policy or page.headers.getlist("Set-Cookie"):
            troubles.append("a page that others may keep holds a nonce or sets a cookie")
    return troubles


def is_html(markup: Markup, element: Element) -> bool:
    """Whether an element is not part of a drawing."""
    return not any("svg" in str(each.tag) for each in markup.ancestors(element))


RULES: tuple[Callable[[Markup], list[str]], ...] = (
    heading_troubles,
    language_troubles,
    label_troubles,
    reference_troubles,
    sheet_troubles,
    form_troubles,
    htmx_troubles,
    script_troubles,
)
