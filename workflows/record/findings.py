"""What is wrong with the record, one sentence each, in the reader's language."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written. ``file`` is empty and ``paragraph`` is ``None`` where none is concerned.

    ``words`` are what the sentence was made of, so that it can be said again in another language.
    """

    kind: str
    file: str
    paragraph: int | None
    sentence: str
    words: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


def finding(kind: str, file: str = "", paragraph: int | None = None, **words: Any) -> Finding:
    """Return the finding with its sentence in the language in force now."""
    return Finding(kind, file, paragraph, str(SENTENCES[kind]) % {"file": file, "paragraph": paragraph, **words}, words)


SENTENCES = {
    # A paragraph
    "body": _("File %(file)s, paragraph %(paragraph)s: the signed text cannot be read as a paragraph."),
    "columns": _("File %(file)s, paragraph %(paragraph)s: %(names)s does not agree with the signed text."),
    "hash": _("File %(file)s, paragraph %(paragraph)s: the signed text was changed; its hash is another."),
    "mac": _("File %(file)s, paragraph %(paragraph)s: it was not signed with the key of this installation."),
    "key": _("File %(file)s, paragraph %(paragraph)s: it names the signing key %(key)s, which is not known here."),
    "link": _("File %(file)s, paragraph %(paragraph)s: it does not continue the paragraph before it."),
    "gap": _("File %(file)s, paragraph %(paragraph)s: it stands where paragraph %(expected)s should be."),
    "unsealed": _("File %(file)s, paragraph %(paragraph)s: it has never been sealed."),
    "private": _("File %(file)s, paragraph %(paragraph)s: the personal data beside it are not those that were signed."),
    "private-gone": _("File %(file)s, paragraph %(paragraph)s: the personal data beside it were removed, not erased by law."),
    "shown": _("File %(file)s, paragraph %(paragraph)s: what was kept of what the officer had before him is not what the paragraph names."),
    "shown-gone": _("File %(file)s, paragraph %(paragraph)s: what the officer had before him is no longer kept."),
    "shown-unsaid": _("File %(file)s, paragraph %(paragraph)s: it does not name what is kept as shown to its officer."),
    "shown-personal": _("File %(file)s, paragraph %(paragraph)s: what was shown to the officer about persons is not what it was."),
    "order": _("File %(file)s, paragraph %(paragraph)s: the order it issued is not on record as said (kind, number, date, amount, key)."),
    "paper-gone": _("File %(file)s, paragraph %(paragraph)s: a paper it names is no longer on the file (SHA-256 %(sha256)s)."),
    "stray": _("Paragraph %(paragraph)s of a file that no longer exists (row %(row)s) is left over."),
    "minutes-named": _("File %(file)s, paragraph %(paragraph)s: it does not name the minutes %(number)s as they are kept."),
    "objections": _("File %(file)s, paragraph %(paragraph)s: the objections on record are not those that it raised."),
    "answers": _("File %(file)s, paragraph %(paragraph)s: the answers on record are not those that it gave to objections."),
    "questions": _("File %(file)s, paragraph %(paragraph)s: the questions on record are not those that it asked or closed."),
    # Minutes
    "minutes": _("The text of the minutes %(number)s is not the one that was signed; its SHA-256 differs."),
    "minutes-rows": _("What is kept of the sitting of the minutes %(number)s is not what they say."),
    # A file
    "tail": _("File %(file)s: it should have %(expected)s paragraphs; some are missing."),
    "head": _("File %(file)s: the last paragraph is not the one the file ends with."),
    "no-history": _("File %(file)s: it has no history."),
    "state": _("File %(file)s: amount, facts, ending or papers were changed without a paragraph."),
    "record-gone": _("File %(file)s: its record cannot be found."),
    "personal": _("File %(file)s: personal data were changed without a paragraph: %(names)s."),
    "order-unsaid": _("File %(file)s: the order %(number)s is on record but no paragraph issued it."),
    "paper": _("File %(file)s: the paper “%(name)s” is not the one received; its SHA-256 differs."),
    "paper-missing": _("File %(file)s: the paper “%(name)s” is missing from the store."),
    "row": _("File %(file)s: its own row was changed without a paragraph: %(names)s."),
    "waits-elsewhere": _("File %(file)s: it does not wait where paragraph %(paragraph)s sent it."),
    "waits-power": _("File %(file)s: it waits at the step “%(step)s” with another power than that step asks for."),
    "stuck": _("File %(file)s: it waits nowhere and has no ending."),
    "ended-open": _("File %(file)s: it has ended and yet waits at a step."),
    # A register
    "line-body": _("Entry %(file)s, line %(paragraph)s: the signed text cannot be read as a line of a history."),
    "line-columns": _("Entry %(file)s, line %(paragraph)s: %(names)s does not agree with the signed text."),
    "line-hash": _("Entry %(file)s, line %(paragraph)s: the signed text was changed; its hash is another."),
    "line-mac": _("Entry %(file)s, line %(paragraph)s: it was not signed with the key of this installation."),
    "line-key": _("Entry %(file)s, line %(paragraph)s: it names the signing key %(key)s, which is not known here."),
    "line-link": _("Entry %(file)s, line %(paragraph)s: it does not continue the line before it."),
    "line-gap": _("Entry %(file)s, line %(paragraph)s: it stands where line %(expected)s should be."),
    "line-unsealed": _("Entry %(file)s, line %(paragraph)s: it has never been sealed."),
    "entry-unwritten": _("Entry %(file)s: it has no history."),
    "entry-state": _("Entry %(file)s: it was changed without a line in its history."),
    "entry-gone": _("Entry %(file)s: its history or papers are there and the entry is not."),
    "entry-paper": _("Entry %(file)s: the paper “%(name)s” is missing from the store, or is not the one received."),
    "entry-paper-gone": _("Entry %(file)s: a paper its history names is no longer there (SHA-256 %(sha256)s)."),
    "entry-paper-unsaid": _("Entry %(file)s: no line of its history names the paper “%(name)s”."),
    # The log of seals
    "log-gap": _("The log of seals has no place %(expected)s; it goes on with %(index)s. Sealed paragraphs were removed."),
    "root": _("The paragraphs sealed in places %(first)s to %(last)s are not those that were sealed. Files: %(files)s."),
    "log-short": _("The seal over %(size)s paragraphs covers more than the %(there)s that are left in the log."),
    "log-long": _("%(count)s sealed paragraphs are covered by no seal; the newest seal was removed."),
    "seal-text": _("The seal over %(size)s paragraphs cannot be read."),
    "seal-row": _("The seal over %(size)s paragraphs does not agree with its own signed text."),
    "seal-signature": _("The seal over %(size)s paragraphs is not signed with the key of this installation."),
    "seal-link": _("The seal over %(size)s paragraphs does not continue the seal before it; a seal was removed or changed."),
    # What was kept outside, and the database itself
    "anchor-signature": _("The anchor over %(size)s paragraphs of %(time)s is not signed with the key of this installation."),
    "anchor-root": _("The first %(size)s sealed paragraphs are not those the anchor of %(time)s was given for. The record was rewritten."),
    "anchor-ahead": _("The anchor of %(time)s covers %(size)s paragraphs; only %(there)s are here. An old copy was restored."),
    "guard": _("The database no longer refuses changes: %(name)s is missing or altered."),
}
