"""What somebody might type to do harm, or by accident with the same effect.

Our own list, made by families; `REAL_DATA` brings the Big List of Naughty Strings on top. Scripts that would run ask
for an address under `DANGER` or open a dialogue, so that whoever renders them can tell.
"""

from __future__ import annotations

import itertools
import json
import os
from functools import cache
from pathlib import Path

#: Nobody asks for anything under this address unless somebody's words were obeyed.
DANGER = "/danger"
#: One of each family: every field is sent every one of these, on every run.
WORST = (
    f'"><script>fetch("{DANGER}/1")</script>',
    f"'\"><img src={DANGER}/2 onerror=alert(2)>",
    f'</textarea></div><button hx-get="{DANGER}/3" hx-trigger="load">x</button>',
    f'<div data-hx-get="{DANGER}/4" data-hx-trigger="load delay:0s" hx-swap="outerHTML">x</div>',
    "{{ 7 * 191 }}{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}${7*191}#{7*191}",
    '=HYPERLINK("https://evil.example";"click")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\u202egnp.exe\u202c \u2066\u2067 left open",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324" * 8,
    "nothing\x00after",
    "line\r\nSet-Cookie: a=b\r\n\r\n<html>",
    "half \ud83d of a sign",
    "\u200b\u200c\u200d\ufeff\u2060",
    "' OR 1=1; DROP TABLE staff; --",
    "1 ORDER BY (SELECT email FROM staff)",
    "../../../../etc/passwd%00.png",
    "javascript:alert(1)//https://x.example",
    "99999999999999999999999999999999",
    "-1",
    "NaN",
    "[object Object]",
    "\u2028\u2029\x85\x0b\x0c end",
    "مرحبا <b>bold</b> שלום 你好 🧑‍🚒🏳️‍🌈 ﷽",
    'level=ERROR msg="forged"\n2026-01-01 00:00:00 ERROR root: forged line',
)
#: Longer than anything is taken; a family of its own, since it takes time.
MEGABYTE = "a" * 1_000_000
LONG = ("word " * 9_000).strip()

_SCRIPTS = (
    '<script>fetch("{d}")</script>',
    '<ScRiPt src="{d}"></sCrIpT>',
    "<img src={d} onerror=alert(1)>",
    '<svg onload=fetch("{d}")>',
    '<svg><script href="{d}" /></svg>',
    '<iframe src="{d}"></iframe>',
    '<iframe srcdoc="<script>parent.alert(1)</script>">',
    '<object data="{d}"></object>',
    '<embed src="{d}">',
    '<link rel=stylesheet href="{d}">',
    '<link rel=prefetch href="{d}">',
    '<style>@import "{d}";</style>',
    "<div style=\"background:url('{d}')\">",
    '<meta http-equiv=refresh content="0;url={d}">',
    '<base href="{d}/">',
    '<form action="{d}"><button autofocus>x</button></form>',
    '<input autofocus onfocus=fetch("{d}")>',
    '<details open ontoggle=fetch("{d}")>',
    "<video src={d} onerror=alert(1)></video>",
    "<a href=\"javascript:fetch('{d}')\">x</a>",
    '<math><maction actiontype="statusline" xlink:href="javascript:alert(1)">x</maction></math>',
    '<template><script>fetch("{d}")</script></template>',
    '<noscript><p title="</noscript><img src={d} onerror=alert(1)>">',
    '<portal src="{d}"></portal>',
    '<body onload=fetch("{d}")>',
    '<marquee onstart=fetch("{d}")>x</marquee>',
    '<x contenteditable onblur=fetch("{d}")>x',
    "<!--><img src={d} onerror=alert(1)>-->",
    "<![CDATA[<img src={d} onerror=alert(1)>]]>",
    "<a href='{d}' ping='{d}'>x</a>",
)
_BREAKS = ("{x}", '">{x}', "'>{x}", "</textarea>{x}", "</title>{x}", "--> {x}", "</script>{x}", "&lt;{x}", "\\u003c{x}")
_GADGETS = (
    'hx-get="{d}" hx-trigger="load"',
    'hx-post="{d}" hx-trigger="load"',
    'data-hx-get="{d}" data-hx-trigger="load"',
    "hx-on:load=\"fetch('{d}')\"",
    "hx-on::load=\"fetch('{d}')\"",
    'hx-get="{d}" hx-trigger="revealed" hx-nonce=""',
    'hx-get="{d}" hx-trigger="every 1s" hx-nonce="AAAA"',
    'hx-boost="true" href="{d}"',
    'hx-sse:connect="{d}"',
    'hx-ws:connect="{d}"',
    'hx-vals="js:{{a:fetch(\'{d}\')}}" hx-get="/en/" hx-trigger="load"',
    'hx-config=\'{{"allowEval":true}}\' hx-get="{d}" hx-trigger="load"',
    "hx-live=\"fetch('{d}')\"",
    'hx-preload="{d}"',
    'hx-action="{d}" hx-trigger="load"',
)
_DIRECTIONS = tuple("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    " =1+1",
    '"=1+1',
)
_NUMBERS = (
    "0",
    "-0",
    "1e309",
    "0x10",
    "1_000",
    "1,000",
    "٣",
    "１",
    "½",
    "Infinity",
    "None",
    "null",
    "true",
    "undefined",
)
_PLACES = (
    "https://evil.example/",
    "//evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "data:text/html,x",
    "%2e%2e/",
)
_TEMPLATES = (
    "{{config}}",
    "{{ self.__init__ }}",
    "${T(java.lang.Runtime)}",
    "<%= 7*7 %>",
    "%(name)s",
    "%s%n%x",
    "{0}{1}",
    "{}",
)
_INVISIBLE = ("\u00ad", "\u034f", "\u115f", "\u2800", "\u3164", "\ufffc", "\U000e0001", "\U000e0041")


def _make() -> list[str]:
    numbers = itertools.count(100)
    made = list(WORST)
    for script, around in itertools.product(_SCRIPTS, _BREAKS):
        made.append(around.replace("{x}", script.format(d=f"{DANGER}/{next(numbers)}")))
    for gadget in _GADGETS:
        attributes = gadget.format(d=f"{DANGER}/{next(numbers)}")
        made += [f"<div {attributes}>x</div>", f'" {attributes} x="', f"</div></main><p {attributes}>x</p>"]
    made += [f"a{mark}b {mark}{mark}" for mark in (*_DIRECTIONS, *_INVISIBLE)]
    made += [*_FORMULAS, *_NUMBERS, *_PLACES, *_TEMPLATES]
    made += ["e" + "\u0301" * 60, "\u0b95\u0bcd" * 40, "\u0e49" * 90, "﷽" * 30, "👨‍👩‍👧‍👦" * 20, "\U0001f1fa" * 9]
    made += ["x" * 3000, "x " * 1500, "\n" * 200 + "end", "\u00a0" * 50, "a\u2029b\u2028c", "ﬃ ſ ẛ̣ Å"]
    return list(dict.fromkeys(made))


@cache
def hostile_strings() -> list[str]:
    """Our own list, and the big one where its data is."""
    return list(dict.fromkeys([*_make(), *_big_list()]))


def _big_list() -> list[str]:
    file = Path(os.environ.get("REAL_DATA", "/nowhere")) / "naughty-strings" / "blns.json"
    return [each for each in json.loads(file.read_text("utf-8")) if each] if file.exists() else []
