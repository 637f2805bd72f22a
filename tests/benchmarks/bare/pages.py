"""The floor for pages: Flask, Jinja and SQLAlchemy's ORM with as many rows as ours, and nothing of a product."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from flask import Flask
from jinja2 import DictLoader
from sqlalchemy import JSON, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {dict[str, Any]: JSON}  # noqa: RUF012


class Consultation(Base):
    __tablename__ = "consultation"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    title: Mapped[dict[str, Any]]
    purpose: Mapped[dict[str, Any]]
    estimated_minutes: Mapped[int]
    changed_at: Mapped[datetime]


class Step(Base):
    __tablename__ = "consultation_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int]
    position: Mapped[int]
    prompt: Mapped[dict[str, Any]]


class Option(Base):
    __tablename__ = "survey_option"
    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int]
    position: Mapped[int]
    label: Mapped[dict[str, Any]]


class Key(Base):
    __tablename__ = "participant_key"
    key_hash: Mapped[str] = mapped_column(primary_key=True)
    participant_id: Mapped[int]


FRAME = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><header><a href="/">City</a></header><main>{% block main %}{% endblock %}</main><footer>Help</footer></body>
</html>"""
LIST = """{% extends "frame" %}{% block title %}All{% endblock %}{% block main %}<h1>All</h1><ul>
{% for each in rows %}<li><h2><a href="/consultations/{{ each.slug }}">{{ each.title.texts.en[0] }}</a></h2>
<p>{{ each.purpose.texts.en[0] }}</p><p>Open until {{ each.changed_at }}, {{ each.estimated_minutes }} minutes</p></li>
{% endfor %}</ul>{% endblock %}"""
QUESTION = """{% extends "frame" %}{% block title %}{{ step.prompt.texts.en[0] }}{% endblock %}{% block main %}
<p>Question {{ step.position }} of {{ steps | length }}</p><h1>{{ step.prompt.texts.en[0] }}</h1>
<form method="post">{% for each in options %}<label><input type="radio" name="choice" value="{{ each.id }}">
{{ each.label.texts.en[0] }}</label>{% endfor %}<button>Next</button></form>{% endblock %}"""

app = Flask(__name__)
app.jinja_loader = DictLoader({"frame": FRAME, "list": LIST, "question": QUESTION})  # type: ignore[assignment]
engine = create_engine(os.environ["DATABASE_URL"])


@app.get("/hello")
def hello() -> str:
    return "hello"


@app.get("/list")
def show_list() -> str:
    with Session(engine) as session:
        rows = session.scalars(select(Consultation).order_by(Consultation.id).limit(20)).all()
        return app.jinja_env.get_template("list").render(rows=rows)


@app.get("/question/<slug>")
def show_question(slug: str) -> str:
    with Session(engine) as session:
        found = session.scalars(select(Consultation).where(Consultation.slug == slug)).one()
        steps = session.scalars(select(Step).where(Step.consultation_id == found.id).order_by(Step.position)).all()
        options = session.scalars(select(Option).where(Option.step_id == steps[0].id).order_by(Option.position)).all()
        return app.jinja_env.get_template("question").render(step=steps[0], steps=steps, options=options)
