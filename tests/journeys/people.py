"""What people do on the pages: one class per kind of person, one method per thing she does.

Nothing here reads words of the interface, so that the same steps work in every language: controls are found by their
names, buttons by what they send.
"""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.fixtures.browsers import axe_troubles

BUS = "evenings-on-the-bus"
SQUARE = "a-square-for-everyone"
MAIN_BUTTON = "main form.form button.button-primary"


class Somebody:
    """A person with a browser and a language."""

    def __init__(self, page: Page, language: str) -> None:
        self.page = page
        self.language = language

    def go(self, path: str) -> None:
        """Open a page in her language; `path` begins after the language."""
        answer = self.page.goto(f"/{self.language}{path}")
        assert answer is None or answer.status < 400, f"{path} answers {answer.status}"

    @property
    def main(self) -> Locator:
        """What the page is about."""
        return self.page.locator("main")

    @property
    def heading(self) -> str:
        """The page's one heading."""
        return self.page.locator("h1").inner_text().strip()

    @property
    def path(self) -> str:
        """Where she is, without the language."""
        return "/" + self.page.url.split("/", 4)[4].partition("#")[0]

    def press(self, selector: str = MAIN_BUTTON) -> None:
        """Press one button and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def follow(self, selector: str) -> None:
        """Follow one link."""
        self.press(selector)

    def tick(self, selector: str, place: int = 0) -> None:
        """Choose a radio or tick a box, as people do: on its label."""
        self.page.locator(f"{selector} + label").nth(place).click()

    def until(self, expression: str) -> None:
        """Wait until something is so on the page. Playwright's own way needs `eval`, which our policy refuses."""
        for _ in range(200):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{self.page.url}: never {expression}")

    def too_wide(self) -> list[str]:
        """What stands out at the side of the screen."""
        return self.page.evaluate(
            """() => {
                const width = document.documentElement.clientWidth;
                if (document.documentElement.scrollWidth <= width) return [];
                return [...document.querySelectorAll("body *")]
                    .filter((each) => { const box = each.getBoundingClientRect();
                                        return box.width && (box.right > width + 1 || box.left < -1); })
                    .map((each) => `${location.pathname}: ${each.outerHTML.slice(0, 120)}`).slice(0, 3)
                    .concat([`${location.pathname} is ${document.documentElement.scrollWidth} wide`]);
            }"""
        )

    def axe(self) -> list[str]:
        """What axe finds here."""
        return [f"{self.page.url}: {each}" for each in axe_troubles(self.page)]


class Resident(Somebody):
    """Somebody who takes part."""

    def begin(self, slug: str) -> None:
        """Read what it is about and start."""
        self.go(f"/consultations/{slug}")
        self.follow("main a.button-primary")

    def write(self, words: str, permission: str | None = "quote") -> None:
        """Answer in her own words and go on."""
        self.page.fill("textarea[name=answer]", words)
        if permission:
            self.tick(f"input[name=permission][value={permission}]")
        self.press()

    def choose(self, *numbers: int) -> None:
        """Choose from a list, by place, and go on."""
        for number in numbers:
            self.tick("input[name=answer]", number)
        self.press()

    def move_down(self, place: int) -> str:
        """Move an item of a ranking one place down; gives what it is called."""
        item = self.page.locator(".ranking-item").nth(place)
        name = item.locator(".ranking-label").inner_text()
        item.locator("button[name=move][value$=':down']").click()
        self.page.locator(".ranking-item").nth(place + 1).get_by_text(name, exact=True).wait_for()
        return name

    def vote(self, answer: str) -> None:
        """Agree, disagree or pass, and wait for the next statement."""
        before = self.statement_number
        self.page.click(f"button[name=answer][value={answer}]")
        expect(self.page.locator("[name=statement_id]")).not_to_have_value(before)

    @property
    def statement_number(self) -> str:
        """Which statement she is asked about."""
        return self.page.locator("[name=statement_id]").input_value()

    def stop_voting(self) -> None:
        """Say that these were enough statements."""
        self.follow("#statement p.row a:last-of-type")

    def answer_all(self, words: str) -> None:
        """Answer the bus consultation's six questions as she comes, up to the page that checks them."""
        self.begin(BUS)
        self.write(words)
        self.choose(0)
        self.choose(0, 1)
        self.choose(2)
        self.press()
        for answer in ("agree", "disagree", "pass"):
            self.vote(answer)
        self.stop_voting()

    def send(self) -> None:
        """Send what was checked."""
        self.press()

    @property
    def code(self) -> str:
        """The return code as it is shown."""
        return self.page.locator(".return-code .code").last.inner_text().strip()

    def come_back(self, code: str) -> None:
        """Type a return code on a device that does not know her."""
        self.go("/come-back")
        self.page.fill("input[name=code]", code)
        self.press()


class Staff(Somebody):
    """Somebody who works for the city."""

    def enter(self, door: str) -> None:
        """Use a one-time link."""
        self.page.goto("/" + self.language + "/" + door.split("/", 2)[2])
        self.press()


class Moderator(Staff):
    """Reads what residents wrote before others do."""

    def open_words(self, words: str) -> None:
        """Find these words in the queue and open them."""
        self.go(f"/staff/queue/?text={words.split()[0]}")
        self.page.locator(".queue-item", has_text=words).first.locator("a[data-key=r]").click()
        self.page.wait_for_load_state()

    def send_back(self, *, facts: str, fit: str, language: str) -> None:
        """Return the words to their author with reasons."""
        self.page.click("summary[data-key=r]")
        self.tick("input[name=action][value=return]")
        self.page.select_option("select[name=ground]", index=1)
        self.page.fill("textarea[name=facts]", facts)
        self.page.fill("textarea[name=fit]", fit)
        self.page.select_option("select[name=language]", language)
        self.press(".reasons-end button")

    def release(self) -> None:
        """Let others read the words."""
        self.press("button[name=release]")


class Officer(Staff):
    """Writes down what people said, releases what others wrote, and answers."""

    def gather(self, slug: str, words: str, *, others: int) -> None:
        """Put these words and some others into a new finding; ends on that finding."""
        self.go(f"/staff/consultations/{slug}/evidence/words")
        for box in self.page.locator("input.tick").all()[:others]:
            box.check()
        self.press()
        finding = self.path.rpartition("/")[2]
        self.go(f"/staff/consultations/{slug}/evidence/words?uncited=1")
        while not self.page.locator("li.card", has_text=words).count():
            self.follow("a[rel=next]")
        self.page.locator("li.card", has_text=words).locator("input.tick").check()
        self.page.select_option("select[name=target]", finding)
        self.press()

    def word(self, sentence: dict[str, str]) -> None:
        """Write a finding's sentence in every language and sign it."""
        for tag, text in sentence.items():
            self.page.fill(f"textarea[name=sentence-{tag}]", text)
        self.press()
        self.press("form[action$='/sign'] button")

    def head(self, slug: str, headline: dict[str, str]) -> None:
        """Write headline and introduction."""
        self.go(f"/staff/consultations/{slug}/summary")
        for tag, text in headline.items():
            self.page.fill(f"textarea[name=headline-{tag}]", text)
            self.page.fill(f"textarea[name=introduction-{tag}]", text)
        self.press("form[action$='/summary/cover'] button")

    def prepare(self) -> None:
        """Let the summary wait for a second person."""
        self.press("form[action$='/summary/prepare'] button")

    def release(self, slug: str) -> None:
        """Read what somebody else prepared, and let everybody read it."""
        self.go(f"/staff/consultations/{slug}/summary/preview")
        self.tick("input[name=has_looked]")
        self.press("form[action$='/summary/release'] button")

    def answer(self, sentence: str, *, kind: str, text: dict[str, str], owner: dict[str, str], due_on: str) -> None:
        """Say what the city does about one finding."""
        self.go("/staff/answers")
        self.page.locator("main li", has_text=sentence).get_by_role("link").first.click()
        self.page.wait_for_load_state()
        self.tick(f"input[name=kind][value={kind}]")
        self.page.fill("input[name=due_on]", due_on)
        for tag in text:
            self.page.fill(f"textarea[name=text-{tag}]", text[tag])
            self.page.fill(f"textarea[name=owner-{tag}]", owner[tag])
        self.press()
