"""The main screens, reached the way people reach them; each is looked at by whatever is handed in."""

from __future__ import annotations

from collections.abc import Callable

from .people import BUS, SQUARE, Moderator, Officer, Resident, Somebody

#: The demo's conversation that begins soon.
TRAM = "evenings-at-the-tram-stop"
#: Given the name of a screen while a person stands before it.
Look = Callable[[str, Somebody], None]
WORDS = {
    "en": "The bus came twelve minutes late, and the lamp at the stop was broken again.",
    "es": "El autobús llegó doce minutos tarde y la farola de la parada estaba rota otra vez.",
    "ar": "تأخرت الحافلة اثنتي عشرة دقيقة، وكان مصباح المحطة معطلًا من جديد.",
}
PUBLIC = {
    "home": "/",
    "consultations": "/consultations",
    "start": f"/consultations/{BUS}",
    "summary": f"/consultations/{SQUARE}/summary",
    "answers-given": "/you-said-we-did",
    "conversations": "/sessions",
    "conversation": f"/sessions/{TRAM}",
    "come-in": "/join",
    "help": "/help",
    "come-back": "/come-back",
    "sign-in": "/sign-in",
}
OFFICERS = {
    "staff-home": "/staff/",
    "staff-consultations": "/staff/consultations",
    "staff-consultation": f"/staff/consultations/{BUS}",
    "staff-steps": f"/staff/consultations/{BUS}/steps",
    "staff-checklist": "/staff/consultations/water-and-shade/publish",
    "staff-evidence": f"/staff/consultations/{BUS}/evidence",
    "staff-words": f"/staff/consultations/{BUS}/evidence/words",
    "staff-questions": f"/staff/consultations/{SQUARE}/evidence/questions",
    "staff-statements": f"/staff/consultations/{SQUARE}/evidence/statements",
    "staff-findings": f"/staff/consultations/{SQUARE}/summary",
    "staff-answers": "/staff/answers",
    "staff-conversations": "/staff/sessions",
    "staff-conversation": f"/staff/sessions/{TRAM}",
    "staff-rounds": f"/staff/sessions/{TRAM}/rounds",
}


def look_around(person: Somebody, look: Look) -> None:
    """Pages that everybody can see."""
    for name, path in PUBLIC.items():
        person.go(path)
        look(name, person)


def take_part(resident: Resident, look: Look) -> None:
    """From the first question to my page."""
    resident.begin(BUS)
    look("question-words", resident)
    resident.write(WORDS.get(resident.language, WORDS["en"]))
    look("question-one-choice", resident)
    resident.choose(0)
    look("question-several-choices", resident)
    resident.choose(0, 1)
    look("question-scale", resident)
    resident.choose(2)
    look("question-ranking", resident)
    resident.press()
    look("statement", resident)
    resident.vote("agree")
    resident.stop_voting()
    look("check", resident)
    resident.send()
    look("receipt", resident)
    resident.go("/me")
    look("my-page", resident)


def read_the_queue(moderator: Moderator, look: Look) -> None:
    """What waits, and one item of it."""
    moderator.go("/staff/queue/")
    look("queue", moderator)
    moderator.follow("a[data-key=r]")
    look("queue-item", moderator)
    moderator.go("/staff/appeals/")
    look("appeals", moderator)


def work_at_the_desk(officer: Officer, look: Look) -> None:
    """An officer's desk, from what needs her to what the city owes."""
    for name, path in OFFICERS.items():
        officer.go(path)
        look(name, officer)
    officer.go(f"/staff/consultations/{SQUARE}/summary")
    officer.follow("ol.queue .button-secondary")
    look("staff-finding", officer)
