"""Composition root: puts the program together from its rooms, and nothing else."""

from __future__ import annotations

from flask import Flask

import dialogues
import participation
from participation.core.addresses import start_addresses
from participation.core.commands import start_commands
from participation.core.database import start_database
from participation.core.error_pages import start_error_pages
from participation.core.forms import start_forms
from participation.core.jobs import start_jobs
from participation.core.languages import start_languages
from participation.core.limits import start_limits
from participation.core.live import start_live
from participation.core.pages import start_pages
from participation.core.policy import start_policy
from participation.core.registry import start_registry
from participation.core.settings import ROOT, Settings, read_settings
from participation.core.static_files import start_static_files

#: Largest form that is read, in bytes: a long answer in a script of four bytes a character fits thrice.
MAX_FORM_BYTES = 256 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """The whole program. No network, no migration, no question asked.

    Raises:
        SettingsProblem: the environment holds an unsafe or unreadable setting.
    """
    settings = settings or read_settings()
    app = Flask("baraza", root_path=str(ROOT), static_folder=None, instance_path=str(settings.instance_path.resolve()))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=400,
    )
    start_addresses(app)
    start_registry(app)
    start_database(app, settings)
    start_forms(app)
    start_jobs(app)
    start_languages(app, settings)
    start_pages(app, settings)
    start_policy(app)
    start_limits(app, settings)
    start_live(app, settings)
    start_static_files(app, settings)
    participation.init_app(app, settings)
    dialogues.init_app(app)
    start_error_pages(app)
    start_commands(app)
    return app
