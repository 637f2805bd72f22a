"""Draws a component in one language, without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from participation.core.languages import use_language
from tests.fixtures.databases import make_app, make_settings
from tests.page_rules import Markup

Draw = Callable[..., Markup]


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_app(make_settings(tmp_path_factory.mktemp("components")))


@pytest.fixture
def draw(program: Flask) -> Iterator[Draw]:
    """`draw("{{ ui.tag(name) }}", "ar", name=…)` gives the parsed page fragment."""

    def draw_one(source: str, language: str = "en", **context: object) -> Markup:
        with program.test_request_context(f"/{language}/"):
            use_language(language)
            return Markup("<!doctype html><title>x</title>" + program.jinja_env.from_string(source).render(**context))

    return draw_one
