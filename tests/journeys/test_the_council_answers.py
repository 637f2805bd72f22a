"""From one resident's words to the council's answer that she reads by her code."""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from pathlib import Path

from tests.fixtures.browsers import DESKTOP

from .conftest import Cast
from .people import BUS
from .serving import City

WORDS = "A lamp at the stop by the tannery would let me take the last bus again."
FINDING = {
    "en": "People want light at the stops before anything else.",
    "es": "La gente quiere luz en las paradas antes que nada.",
    "ar": "يريد الناس الضوء في المحطات قبل أي شيء آخر.",
}
HEADLINE = {"en": "Light first.", "es": "Primero la luz.", "ar": "الضوء أولًا."}
ANSWER = {
    "en": "We put lamps at twelve stops before winter.",
    "es": "Pondremos farolas en doce paradas antes del invierno.",
    "ar": "نضع مصابيح في اثنتي عشرة محطة قبل الشتاء.",
}
OWNER = {"en": "Transport office", "es": "Oficina de Movilidad", "ar": "مكتب النقل"}


def test_a_resident_reads_what_the_council_answers_to_her_words(cast: Cast, city: City, tmp_path: Path) -> None:
    resident = cast.resident()
    resident.answer_all(WORDS)
    resident.send()
    code = resident.code

    moderator = cast.moderator("Yusuf Demir", viewport=DESKTOP)
    moderator.open_words(WORDS)
    moderator.release()

    marta = cast.officer("Marta Quintana", viewport=DESKTOP)
    marta.gather(BUS, WORDS, others=15)
    marta.word(FINDING)
    marta.head(BUS, HEADLINE)
    marta.prepare()
    assert marta.page.locator("form[action$='/summary/release']").count() == 0  # not by herself
    assert marta.page.request.get(f"/en/consultations/{BUS}/summary").status == 404

    tariq = cast.officer("Tariq Nasser", "ar", viewport=DESKTOP)
    tariq.release(BUS)

    reader = cast.somebody("ar", script=False)
    reader.go(f"/consultations/{BUS}/summary")
    assert FINDING["ar"] in reader.main.inner_text()
    published = tmp_path / "summary.zip"
    answer = reader.page.request.get(f"/ar/consultations/{BUS}/summary/files.zip")
    published.write_bytes(answer.body())
    with zipfile.ZipFile(published) as package:
        assert {"summary.html", "findings.csv", "questions.csv", "datapackage.json"} <= set(package.namelist())
        assert "polis/votes.csv" not in " ".join(package.namelist())
    assert "Every file is as it was written" in city.run("export", "verify", str(published))
    city.run("export", "summary", BUS, "--to", str(tmp_path / "again.zip"))

    due = date.today() + timedelta(days=60)  # noqa: DTZ011  a day of this machine is near enough
    marta.answer(FINDING["en"], kind="we_will", text=ANSWER, owner=OWNER, due_on=due.isoformat())

    again = cast.resident("ar", script=False)
    again.come_back(code)
    told = again.main.inner_text()
    assert WORDS in told
    assert FINDING["ar"] in told
    assert ANSWER["ar"] in told
    again.go("/you-said-we-did")
    assert ANSWER["ar"] in again.main.inner_text()
