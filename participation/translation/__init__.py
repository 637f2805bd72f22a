"""Residents' words in other languages: who put them into which language, from which wording.

The *original* is what its author wrote, and it alone counts. A *translation* was made from one wording of it; when the
author changes her words it is *stale* and says so.
"""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from participation.core.events import contribution_expired, contribution_withdrawn
from participation.core.registry import NavigationEntry, Registry

from . import policy, services, views
from .models import Translation, TranslationOrigin
from .reading import Readable, notes_to_staff, readable
from .services import save_translation

__all__ = ["Readable", "Translation", "TranslationOrigin", "init_app", "readable", "save_translation"]


def init_app(app: Flask) -> None:
    """Open this room."""
    for words_gone in (contribution_withdrawn, contribution_expired):
        words_gone.connect(services.forget_translations)
    app.register_blueprint(views.blueprint)
    places: Registry = app.extensions["registry"]
    places.staff_notes.append(notes_to_staff)
    places.staff_navigation.append(
        NavigationEntry(_l("To translate"), "translation.list_untranslated", policy.can_list_untranslated)
    )
