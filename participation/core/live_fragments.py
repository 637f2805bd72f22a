"""What may be pushed to phones: finished words and markup, and nothing that acts.

A pushed fragment reaches many people at once and bypasses the page's own checks, so it must not be able to send
anything: no form, no script, no `hx-*`, no nonce, no address that runs. What people press stands in the page itself.
"""

from __future__ import annotations

from html.parser import HTMLParser

#: Elements that send, run, embed or change how the rest of the page is read.
REFUSED_ELEMENTS = frozenset(
    {
        "base", "button", "embed", "fieldset", "form", "frame", "iframe", "input", "link", "math", "meta", "noscript",
        "object", "script", "select", "style", "svg", "template", "textarea",
    }
)  # fmt: skip
_REFUSED_BEGINNINGS = ("hx-", "data-hx-", "sse-", "data-sse-", "ws-", "on", "form", "nonce", "style", "srcdoc", "is")


class FragmentRefused(ValueError):
    """A fragment holds something that could act in the reader's name; the message says what."""


class _Reader(HTMLParser):
    """Looks at every tag and attribute."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Refuse what acts."""
        if tag in REFUSED_ELEMENTS:
            raise FragmentRefused(f"a pushed fragment holds <{tag}>")
        for name, value in attrs:
            if name.startswith(_REFUSED_BEGINNINGS) or ":" in name:
                raise FragmentRefused(f"a pushed fragment holds the attribute {name}")
            if (value or "").strip().lower().startswith(("javascript:", "data:", "vbscript:")):
                raise FragmentRefused(f"a pushed fragment holds an address that runs, in {name}")

    handle_startendtag = handle_starttag

    def unknown_decl(self, data: str) -> None:
        """Refuse what browsers and this parser read differently."""
        raise FragmentRefused("a pushed fragment holds a marked section")


def check_fragment(html: str) -> None:
    """Refuse a fragment that could act.

    Raises:
        FragmentRefused: it holds a form, a control, a script, an `hx-*` attribute, a nonce or the like.
    """
    reader = _Reader(convert_charrefs=True)
    reader.feed(html)
    if "<" in reader.rawdata:
        raise FragmentRefused("a pushed fragment ends in the middle of a tag")
    reader.close()
