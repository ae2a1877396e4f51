"""Every page there is, found from the addresses themselves, in both languages: valid HTML, no English sentence on a Hindi page, and in a
browser no offence against WCAG 2.2 AA and nothing that has to be moved sideways, on a telephone, on a desk and enlarged to 200 %."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import axe_playwright_python
import pytest
from django.apps import apps
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Route
from tinyhtml5.parser import HTMLParser

from tests.conftest import a_chromium
from tests.journeys.walking import RULES
from tests.project.test_stored_markup import free_texts
from tests.workflows.test_access import OF_WORKFLOWS, SETUP, TABLE, world  # noqa: F401 -- the fixture is asked for by its name

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SITE = "http://testserver"
# Whose page is looked at where several may open it.
FIRST = ["dm.agra", "dic.agra", "odop.cell", "principal.secretary", "finance", "auditor", "administrator"]
# What is handed out as a file, though its address has no ending.
FILES = {"metrics", "alive", "paper", "draft_paper", "evidence", "take_list", "entry_paper", "catalogue_picture"}
# Pages of people whose own differ most from the first one's.
MORE = [("inbox", "administrator"), ("inbox", "auditor"), ("inbox", "dm.agra.earlier"), ("file", "auditor"), ("files", "auditor")]
XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True)
class Sight:
    """One page as one person gets it in one language."""

    name: str
    person: str
    language: str
    path: str
    html: str

    def __str__(self) -> str:
        return f"{self.path} ({self.name}) of {self.person or 'somebody signed out'} in {self.language}"


def addresses(places: dict[str, list[Any]]) -> Iterator[tuple[str, str, str]]:
    """Yield name, person and path of each kind of page once, and of some once more for somebody else."""
    for name, (method, expected, signed_out) in TABLE.items():
        path = reverse(name, args=places.get(name, []))
        if method != "get" or name in FILES or path.startswith("/api/v1/") or re.search(r"\.\w+$", path):
            continue
        allowed = [person for person in [*FIRST, *expected] if expected.get(person) == 200]
        if signed_out == 200 or allowed:
            # Who gets no page here is led on to another one.
            yield name, "" if signed_out == 200 else allowed[0], path
    for name, person in MORE:
        yield name, person, reverse(name, args=places.get(name, []))
    yield "problem", "dm.agra", "/there-is-no-such-page/"
    yield "set-up", "administrator", reverse("admin:index")
    for table in SETUP + OF_WORKFLOWS:
        app = "workflows" if table in OF_WORKFLOWS else "programme"
        yield "set-up list", "administrator", reverse(f"admin:{app}_{table}_changelist")


SEEN: list[Sight] = []
# What people wrote stands on a page as they wrote it, whatever the language of the page; names in English are kept apart.
WRITTEN: dict[str, set[str]] = {"own": set(), "names": set()}


def note_what_is_written() -> None:
    for app in ("programme", "workflows"):
        for model in apps.get_app_config(app).get_models():
            for name in free_texts(model):
                if not name.endswith("_hi"):
                    WRITTEN["names" if name.endswith("_en") else "own"] |= {
                        text for text in model.objects.values_list(name, flat=True) if text
                    }


@pytest.fixture
def sights(world: dict[str, list[Any]], client_for: Callable[[str], Client]) -> list[Sight]:  # noqa: F811 -- as pytest hands it over
    """Every page, rendered once for all tests of this file."""
    if not SEEN:
        clients = {person: client_for(person) if person else Client() for person in {*FIRST, "", *(person for _name, person in MORE)}}
        seen, waiting = [], list(addresses(world))
        for name, person, path in waiting:
            for language in ("hi", "en"):
                client = clients.setdefault(person, client_for(person)) if person else clients[""]
                client.cookies["django_language"] = language
                answer = client.get(path)
                assert answer.status_code == (404 if name == "problem" else 200), f"{path} for {person}"
                assert answer.headers["Content-Type"].startswith("text/html"), f"{path} is no page: name it in FILES"
                seen.append(Sight(name, person, language, path, answer.content.decode()))
            if name == "set-up list" and (row := re.search(rf'href="({path}\d+/change/)', seen[-1].html)):
                waiting.append(("set-up row", person, row[1]))
        note_what_is_written()
        SEEN.extend(seen)
    return SEEN


def read(html: str) -> tuple[Element, list[str]]:
    """Return the page as a tree, and what HTML5 calls an error in it."""
    parser = HTMLParser()
    tree = parser.parse(html)
    lines = html.splitlines()
    return tree, [f"{code} {more or ''} in line {at[0]}: {lines[at[0] - 1].strip()[:120]}" for at, code, more in parser.errors]


def faults(sight: Sight) -> Iterator[str]:
    """Yield what is wrong with the HTML of a page: what the parser found, ids twice, names that point nowhere, headings that jump."""
    tree, errors = read(sight.html)
    yield from errors
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    yield from (f"the id {name} is there {count} times" for name, count in Counter(ids).items() if count > 1)
    for element in tree.iter():
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list"):
            for name in (element.get(attribute) or "").split():
                if name not in ids:
                    yield f"{attribute}={name} points nowhere"
    levels = [int(element.tag[-1]) for element in tree.iter() if re.fullmatch(r"\{.*\}h[1-6]", str(element.tag))]
    yield from (f"h{second} follows h{first}" for first, second in pairwise(levels) if second > first + 1)


def test_every_page_is_valid_html_in_both_languages(sights: list[Sight]) -> None:
    assert len({sight.name for sight in sights}) > 60, "the addresses were not found"
    found = {str(sight): list(faults(sight)) for sight in sights}
    said = [f"{page}: {each}" for page, all_said in found.items() for each in all_said]
    assert not said, "\n".join(said)
    wrong = [str(sight) for sight in sights if f'<html lang="{sight.language}"' not in sight.html]
    assert wrong == [], "the page says another language than it is in"


def test_the_check_finds_what_is_wrong() -> None:
    bad = '<!doctype html><title>x</title><h1>a</h1><h3 id="a">b</h3><p id="a"><div></div></p><label for="b">c</label>'
    said = " ".join(faults(Sight("", "", "en", "", bad)))
    for word in ("unexpected-end-tag", "the id a is there 2 times", "for=b points nowhere", "h3 follows h1"):
        assert word in said
    assert english("<!doctype html><p lang=en>This is not translated.</p><p>यह <b>This is not translated.</b></p>") == [
        "This is not translated."
    ]


# Three words of Latin letters in a row, one of them a word that only sentences have.
RUN = re.compile(r"[A-Za-z][A-Za-z’'-]*(?:[ ,;:]+[A-Za-z][A-Za-z’'-]*){2,}[.?!]?")
LITTLE = re.compile(
    r"\b(?:the|is|are|was|of|and|or|to|in|on|for|not|no|this|that|it|by|with|from|at|be|has|have|your|you)\b", re.IGNORECASE
)
UNREAD = {"script", "style", "code", "kbd", "textarea", "svg"}


def english(html: str) -> list[str]:
    """Return the runs of English words that a person reads in a page that is not English."""
    tree, _errors = read(html)
    return [run for text in _texts(tree, "hi") for run in RUN.findall(text) if LITTLE.search(run)]


def _texts(element: Element, language: str) -> Iterator[str]:
    language = element.get("lang") or language
    # A comment has no name of a tag.
    if language != "en" and isinstance(element.tag, str) and element.tag.removeprefix(XHTML) not in UNREAD:
        yield element.text or ""
        yield from (element.get(name) or "" for name in ("title", "alt", "aria-label", "placeholder"))
        for child in element:
            yield from _texts(child, language)
            yield child.tail or ""


def test_no_sentence_of_a_hindi_page_is_english(sights: list[Sight]) -> None:
    # In the set-up names stand in both languages side by side.
    own, names = "\n".join(WRITTEN["own"]), "\n".join(WRITTEN["names"])
    found = {}
    for sight in sights:
        if sight.language == "hi":
            allowed = own + names if sight.name.startswith("set-up") else own
            found[str(sight)] = [run for run in english(sight.html) if run not in allowed]
    said = [f"{page}: {each}" for page, all_said in found.items() for each in all_said]
    assert not said, "\n".join(said)


def serve(shown: dict[str, str], route: Route) -> None:
    path = route.request.url.removeprefix(SITE).partition("?")[0]
    if path.startswith("/static/"):
        route.fulfill(path=finders.find(path.removeprefix("/static/")))
    elif route.request.is_navigation_request():
        route.fulfill(body=shown["html"], content_type="text/html; charset=utf-8")
    else:
        route.abort()


@pytest.mark.browser
def test_every_page_is_open_to_everybody_on_a_telephone_on_a_desk_and_enlarged(sights: list[Sight]) -> None:
    with a_chromium() as browser:
        offences = list(barriers(browser, sights))
    assert not offences, "\n".join(offences)


AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# Only what offends is worked out, and of it the rule and the first places.
RUN_AXE = """async rules => {
  const found = await axe.run({runOnly: rules, resultTypes: ["violations"]});
  return found.violations.map(each => `${each.id}: ${each.nodes.slice(0, 3).map(node => node.html).join(" ")}`);
}"""


def barriers(browser: Browser, sights: list[Sight]) -> Iterator[str]:
    """Yield what keeps somebody from a page: each is loaded once in each language and looked at as wide as a desk and as a telephone."""
    shown: dict[str, str] = {}
    page = browser.new_page()
    page.route("**/*", partial(serve, shown))
    for sight in sights:
        shown["html"] = sight.html
        page.set_viewport_size({"width": 1280, "height": 844})
        page.goto(f"{SITE}{sight.path}")
        page.evaluate(AXE)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            for offence in page.evaluate(RUN_AXE, RULES):
                yield f"{sight}, {width} wide: {offence}"
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                yield f"{sight} is wider than the screen at {width}"
        # A page enlarged to 200 % on a screen of 1280 points is laid out on 640.
        page.set_viewport_size({"width": 640, "height": 422})
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            yield f"{sight} is wider than the screen at 200 %"


@pytest.mark.browser
def test_the_look_at_a_page_finds_what_keeps_somebody_out() -> None:
    bad = '<!doctype html><html lang="en"><title>x</title><main style="width:700px"><img src="/x.png"><h1>a</h1></main></html>'
    with a_chromium() as browser:
        found = " ".join(barriers(browser, [Sight("bad", "", "en", "/bad/", bad)]))
    for word in ("1280 wide: image-alt", "390 wide: image-alt", "wider than the screen at 390", "wider than the screen at 200 %"):
        assert word in found
