"""The index rows of each file: written with every paragraph in its transaction, and made anew from the file at any time."""

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from programme.bilingual import in_both
from workflows.models import Case, Enclosure, IndexRow, Noting, Part, PrivateNote
from workflows.searching.folding import RULES, UNSEEN, fold
from workflows.writing import Upsert

AT_ONCE = 100
# Aadhaar, account, mobile and family numbers, with the gaps people write; PAN, which an importer-exporter code is too; GSTIN; Udyam.
NUMBERS_OF_PERSONS = re.compile(
    r"\d(?:[\s_–-]?\d){8,}"
    r"|(?<![A-Za-z])(?:\d{2})?(?:[A-Z]{5}[ _-]?\d{4}[ _-]?[A-Z]|(?i:[A-Z]{5}\d{4}[A-Z]))(?i:[A-Z\d]Z[A-Z\d])?(?![A-Za-z\d])"
    r"|(?i:UDYAM[ _-]?[A-Z]{2}[ _-]?\d{2}[ _-]?\d{7})"
)


def of_paragraph(
    noting: Noting, said: dict[str, Any], *, case: Case, papers: Iterable[dict[str, str]], private: dict[str, Any] | None
) -> Upsert:
    """Return the rows that index a paragraph, and what the file is called after it, to be written with the paragraph.

    ``said`` is what it says; ``papers`` are the file's current papers, kind and name; ``private`` the facts about persons where the
    paragraph changed them.
    """
    parts = {Part.NAMES: names_of(case, papers), noting.paragraph: words_of(said)}
    if private is not None:
        parts[Part.APPLICANT] = applicant_in(case, private)
    return Upsert(_rows(case, parts), unique=["case", "part"], update=["words", "rules"])


def stale() -> QuerySet[Case]:
    """Return the files that were not indexed whole by the folding rules of today, as acts on a file not indexed yet leave it."""
    opened = IndexRow.objects.filter(case=OuterRef("pk"), part=1, rules=RULES)
    return Case.objects.filter(~Exists(opened))


def rebuild_all(cases: QuerySet[Case]) -> int:
    """Make the rows of these files anew from the files themselves, some at a time; return how many files."""
    numbers = list(cases.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(numbers), AT_ONCE):
        _rebuild(numbers[first : first + AT_ONCE])
    return len(numbers)


@transaction.atomic
def _rebuild(numbers: list[int]) -> None:
    """Make the rows of the files with these primary keys anew. Nobody acts on the files meanwhile: they are locked."""
    locked = Case.objects.select_for_update(of=("self",)).select_related("district").filter(pk__in=numbers)
    rows = [row for case in locked.order_by("pk") for row in rows_of(case)]
    IndexRow.objects.filter(case__in=numbers).delete()
    IndexRow.objects.bulk_create(rows)


def rows_of(case: Case) -> list[IndexRow]:
    """Return the rows that the file as it stands must have."""
    parts = {Part.NAMES: names_of(case, named_papers(case))}
    newest = PrivateNote.objects.filter(noting__case=case).order_by("-noting__paragraph").first()
    if newest and newest.body:
        # From where the law lets it be erased: an erased private note leaves nothing to find.
        parts[Part.APPLICANT] = applicant_in(case, json.loads(newest.body))
    said = case.notings.order_by("paragraph").values_list("paragraph", "body")
    return _rows(case, parts | {paragraph: words_of(json.loads(body)) for paragraph, body in said})


def _rows(case: Case, parts: dict[int, str]) -> list[IndexRow]:
    return [IndexRow(case=case, part=part, words=words, rules=RULES) for part, words in parts.items()]


def named_papers(case: Case) -> list[dict[str, str]]:
    """Return kind, SHA-256 and name of every current paper of the file, in the order in which the record lists them."""
    rows = Enclosure.objects.filter(case=case, replaced_by=None).values_list("kind", "sha256", "name")
    return [{"kind": kind, "sha256": sha256, "name": name} for kind, sha256, name in sorted(rows)]


def names_of(case: Case, papers: Iterable[dict[str, str]]) -> str:
    """Return what the file is called and what lies in it: the number, then names that may also be written as one word, then papers."""
    number, words = fold(case.number), list[str]()
    called = [case.subject, *case.record.known_by()]
    if case.district:
        called += [*case.district.both_names, *case.district.aliases]
    for name in called:
        words += _words_of_name(name)
    for paper in papers:
        words += _words_of_kind(case.record.__class__, paper["kind"]) + fold(without_numbers(paper["name"]))
    # A number is looked for as a whole, also without its leading zeros.
    return _spaced(number) + _spaced([word.lstrip("0") or "0" for word in number]) + _spaced(dict.fromkeys(words))


def together(words: list[str]) -> list[str]:
    """Return the words, and neighbours written as one: who types Ambedkarnagar finds Ambedkar Nagar."""
    return words + ["".join(words[at : at + length]) for length in (2, 3) for at in range(len(words) - length + 1)]


def words_of(body: dict[str, Any]) -> str:
    """Return the words of everything that a person or the system says in a paragraph."""
    return _spaced([word for text in texts_of(body) for word in fold(without_numbers(text))])


def texts_of(body: dict[str, Any]) -> list[str]:
    """Return what a paragraph says in words: its text, objections, answers, reasons of waivers, and the number of its order."""
    said = [body.get("text"), body.get("text_hi"), (body.get("order") or {}).get("number")]
    said += [objection["text"] for objection in body.get("objections", [])]
    said += [*body.get("answers", {}).values(), *(waiver["text"] for waiver in (body.get("waived") or {}).values())]
    return [text for text in said if text]


def without_numbers(text: str) -> str:
    """Return a text without the numbers of persons and accounts that somebody may have written into it."""
    bare = UNSEEN.sub("", text)
    return NUMBERS_OF_PERSONS.sub(" ", bare)


def applicant_in(case: Case, facts: dict[str, Any]) -> str:
    """Return the words of the applicant's name among these facts about persons; empty where nobody applies."""
    return _spaced(together(fold(without_numbers(facts.get(case.record.APPLICANT) or ""))))


@lru_cache(maxsize=10_000)
def _words_of_name(name: str) -> list[str]:
    return together(fold(without_numbers(name)))


@lru_cache(maxsize=256)
def _words_of_kind(record: Any, kind: str) -> list[str]:
    """Return what a kind of paper is called in both languages."""
    label = record.PAPERS.get(kind, "")
    return [word for said in in_both(lambda: label).values() for word in fold(said)]


def _spaced(words: Iterable[str]) -> str:
    return "".join(f" {word}" for word in words)
