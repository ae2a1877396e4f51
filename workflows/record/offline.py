#!/usr/bin/env python3
"""Checks an export of Karyapravah without network, database or any package: Python 3.8 or later is enough.

usage: python3 verify.py [EXPORT.zip or its folder] [--key KEY] [--anchors FILE] [--without-papers] [--json]

Prints VALID, ALTERED or INCOMPLETE with what and where, and exits with 0, 1 or 2. What is checked, byte by byte, is told in
docs/verification.md of the source. The keyed hash of each paragraph cannot be checked here: its key never leaves the installation.
"""

import argparse
import base64
import hashlib
import itertools
import json
import multiprocessing
import os
import queue
import re
import sys
import threading
import zipfile
from binascii import hexlify
from pathlib import Path

ALTERED, INCOMPLETE = "ALTERED", "INCOMPLETE"
EXIT = {"VALID": 0, ALTERED: 1, INCOMPLETE: 2}
NO_NOTE = "0" * 64
# The members that every export has, those of each kind, those of each file in an export of files, and those that nothing is proved by.
ALWAYS = ("anchors.txt", "files.jsonl", "key.txt")
KINDS = {"files": ("consistency.jsonl",), "whole": ("log.jsonl", "shown.jsonl", "unsealed.jsonl")}
OF_A_FILE = ("paragraphs.jsonl", "proofs.jsonl", "shown.jsonl")
BESIDE = ("export.json", "verification.md", "verify.py")
FOLDERS = ("files/", "orders/", "papers/")
PART = 1 << 20  # Bytes that are read together.
MOST_PROCESSES = 4  # More would wait for the one that puts together what they saw.
MOST = 200  # Findings told one by one; more of them are counted.
NOTE = re.compile(
    "^(?P<text>(?P<origin>[^\\s+]+)\n(?P<size>0|[1-9][0-9]{0,17})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    "previous (?P<previous>[0-9a-f]{64})\ntime (?P<time>[0-9TZ:-]{20})\n)\n— (?P<signer>[^\\s+]+) (?P<signature>[A-Za-z0-9+/]+=*)\n?",
    re.MULTILINE,
)
# The members that are looked for in a paragraph without reading all of it: the name, and behind it the value where it is a plain one.
MEMBERS = re.compile(rb',"(file":(?:"[^"\\]*(?="))?|n":(?:[0-9]+(?=[,}]))?|previous":(?:"[^"\\]*(?="))?|shown":(?:"[0-9a-f]{64}(?="))?)')
FILE, NUMBER, PREVIOUS, SHOWN = b'file":"', b'n":', b'previous":"', b'shown":"'
PAPER = re.compile(rb'"sha256":"([0-9a-f]{64})"')
DOCUMENT = re.compile(rb'\{"file":"([^"\\]*)","n":([0-9]+),"document":"')


def sha256(data):
    return hashlib.sha256(data).digest()


# --- Ed25519 (RFC 8032, 5.1.7), in integers ---------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def _add(one, two):
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number, point):
    answer = (0, 1, 1, 0)
    while number:
        if number & 1:
            answer = _add(answer, point)
        point = _add(point, point)
        number >>= 1
    return answer


def _point(data):
    """Return the point that 32 bytes stand for, None when there is none."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public, message, signature):
    """Say whether the 64 bytes of ``signature`` sign the message with the key of the 32 bytes ``public``."""
    if len(signature) != 64 or len(public) != 32:
        return False
    key, nonce = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = _times(scalar, BASE), _add(nonce, _times(challenge, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- the Merkle tree (RFC 9162, 2.1) ----------------------------------------------------------------------------------


def node(left, right):
    return sha256(b"\x01" + left + right)


def root_by_inclusion(leaf, index, size, path):
    """Return the root to which a proof of inclusion leads, None when it has the wrong length (RFC 9162, 2.1.3.2)."""
    place, last, answer = index, size - 1, leaf
    if not 0 <= index < size:
        return None
    for part in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            answer = node(part, answer)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            answer = node(answer, part)
        place, last = place >> 1, last >> 1
    return answer if last == 0 else None


def consistent(old_size, new_size, old_root, new_root, path):
    """Say whether the tree of ``new_size`` begins with that of ``old_size`` (RFC 9162, 2.1.4.2)."""
    if old_size == new_size:
        return not path and old_root == new_root
    path = list(path) if old_size & (old_size - 1) else [old_root, *path]
    if not path or not 0 < old_size < new_size:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for part in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node(part, old), node(part, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node(new, part)
        place, last = place >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


# --- reading an export ------------------------------------------------------------------------------------------------


class Source:
    """The members of an export: a zip file, or the folder into which it was unpacked."""

    def __init__(self, path, processes=1):
        self.processes = processes
        self.zip = None if path.is_dir() else zipfile.ZipFile(path)
        self.folder = path
        if self.zip:
            names = [info.filename for info in self.zip.infolist() if not info.is_dir()]
        else:
            # What else lies in a folder, such as the key of who checks, is no member.
            known = {*ALWAYS, *BESIDE, *itertools.chain.from_iterable(KINDS.values())}
            names = [found.relative_to(path).as_posix() for found in path.rglob("*") if found.is_file()]
            names = [name for name in names if name in known or name.startswith(FOLDERS)]
        self.names = set(names)
        self.twice = sorted(name for name in self.names if names.count(name) > 1) if len(names) > len(self.names) else []

    def chunks(self, name):
        if name in self.names:
            with self.zip.open(name) if self.zip else (self.folder / name).open("rb") as member:
                while True:
                    chunk = member.read(PART)
                    if not chunk:
                        return
                    yield chunk

    def text(self, name):
        return b"".join(self.chunks(name)).decode("utf-8")

    def blocks(self, name):
        """Yield a member in blocks of whole lines, of about a megabyte."""
        return whole_lines(ahead(self.chunks(name)))

    def lines(self, name):
        """Yield the lines of a member as bytes, without their ends."""
        return itertools.chain.from_iterable(map(lines_of, self.blocks(name)))

    def objects(self, name):
        for line in self.lines(name):
            yield object_in(line.decode("utf-8"), name)

    def looks(self, name, look):
        """Yield what ``look`` sees in each block of a member; other processes share out the blocks, where there can be any."""
        links = start(self.folder, name, look, self.processes) if self.processes > 1 else None
        return arriving(links) if links else look(self.blocks(name))


def object_in(text, name):
    """Return the object that is written in a member; raise ValueError when it is none."""
    said = json.loads(text)
    if not isinstance(said, dict):
        raise ValueError("what stands in %s is no object" % name)
    return said


def whole_lines(chunks):
    """Yield the chunks cut at the ends of lines; a last line without an end is one too."""
    rest = b""
    for chunk in chunks:
        end = chunk.rfind(b"\n") + 1
        if end:
            yield rest + chunk[:end]
            rest = b""
        rest += chunk[end:]
    if rest:
        yield rest


def lines_of(block):
    lines = block.split(b"\n")
    return lines if lines[-1] else lines[:-1]


class Note:
    """One signed checkpoint: how many paragraphs, their root, the SHA-256 of the checkpoint before."""

    def __init__(self, match):
        self.whole = match.group(0).rstrip("\n") + "\n"
        self.text, self.origin, self.signer = match["text"], match["origin"], match["signer"]
        self.size, self.root, self.time = int(match["size"]), base64.b64decode(match["root"]), match["time"]
        self.previous, self.signature = match["previous"], base64.b64decode(match["signature"])

    def signed_with(self, key):
        origin, short, public = key
        same = origin == self.origin == self.signer and short == self.signature[:4]
        return same and signed(public, self.text.encode("utf-8"), self.signature[4:])


def notes_in(text):
    return [Note(match) for match in NOTE.finditer(text.replace("\r\n", "\n"))]


def key_of(text):
    """Return origin, short hash and 32 bytes of a C2SP verifier key; raise ValueError when the text is none."""
    origin, short, encoded = text.strip().split("+", 2)
    raw = base64.b64decode(encoded)
    expected = sha256(origin.encode("utf-8") + b"\n" + raw)[:4]
    if raw[:1] != b"\x01" or len(raw) != 33 or expected.hex() != short:
        raise ValueError("this is not the public key of seals: " + text.strip())
    return origin, expected, raw[1:]


def printed_seal(text):
    """Return size and root of a seal as an order shows it: the paragraphs, then 64 hexadecimal digits."""
    size, root = text.replace(",", "").split(None, 1)
    root = "".join(root.split()).lower()
    if not re.match("^[0-9a-f]{64}$", root):
        raise ValueError("not a root of 64 hexadecimal digits: " + text)
    return int(size), root


def looked_at(line):
    """Return what a paragraph shows by itself: its SHA-256, its place (file, number, hash before; None when it is no paragraph) and the
    digest of what its officer was shown, None when it names none.

    Where each of these members stands in the line once, the rest is not read; otherwise the line is read as JSON.
    """
    found = MEMBERS.findall(line)
    if len(found) == 3:
        found.append(SHOWN)  # It names none.
    if len(found) == 4:
        file, number, previous, shown = found
        if file[:7] == FILE and number[:3] == NUMBER and number[3:] and previous[:11] == PREVIOUS and shown[:8] == SHOWN:
            return sha256(line), (file[7:], int(number[3:]), previous[11:]), shown[8:] or None
    return sha256(line), *read_as_json(line)


def read_as_json(line):
    """Return the place of a paragraph and the digest of what was shown, as all of its JSON says."""
    try:
        body = json.loads(line.decode("utf-8"))
        place = str(body["file"]).encode("utf-8"), int(body["n"]), str(body["previous"]).encode("utf-8")
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, None
    shown = body.get("shown")
    return place, shown.encode("utf-8") if isinstance(shown, str) else None


def document_in(line):
    """Return whose document a line holds, and the digest of the document as the paragraph names it, without reading the line as JSON.

    Two None when it is not written as exports write it: in the text no character is escaped but quotes and backslashes.
    """
    head = DOCUMENT.match(line)
    if head is None or b"\0" in line or line[-2:] != b'"}':
        return None, None
    text = line[head.end() : -2].replace(b"\\\\", b"\0")
    if not text.count(b"\\") == text.count(b'"') == text.count(b'\\"'):
        return None, None
    text = text.replace(b'\\"', b'"').replace(b"\0", b"\\")
    return (head.group(1), int(head.group(2))), hashlib.sha256(text).hexdigest().encode("ascii")


def ahead(chunks):
    """Yield the chunks while a second thread unpacks those that follow."""
    waiting = queue.Queue(maxsize=4)

    def fill():
        try:
            for chunk in chunks:
                waiting.put(chunk)
            waiting.put(None)
        except Exception as error:  # Raised again where the chunks are read.
            waiting.put(error)

    threading.Thread(target=fill, daemon=True).start()
    while True:
        chunk = waiting.get()
        if chunk is None:
            return
        if isinstance(chunk, Exception):
            raise chunk
        yield chunk


# --- several processes ------------------------------------------------------------------------------------------------


def start(path, name, look, count):
    """Start a process that unpacks a member of an export and others that look at its lines; return where arrives what they see, by turns.

    None where no process can be started.
    """
    try:
        feeds, links = ([multiprocessing.Pipe(duplex=False) for _each in range(count)] for _way in range(2))
        ends = [end for pair in feeds + links for end in pair]
        works = [(hand_out, (path, name, [into for _feed, into in feeds]))]
        works += [(look_on, (look, feed, into)) for (feed, _into), (_link, into) in zip(feeds, links)]
        for work, given in works:
            multiprocessing.Process(target=alone, args=(work, given, ends), daemon=True).start()
    except (ImportError, NotImplementedError, OSError):
        return None
    close(ends, [link for link, _into in links])
    return [link for link, _into in links]


def close(ends, but):
    for end in ends:
        if end not in but:
            end.close()


def alone(work, given, ends):
    """Do the work of a process, which holds the ends of its own pipes alone: so it ends when nobody is at the other one."""
    close(ends, [*given, *given[-1]] if isinstance(given[-1], list) else given)
    try:
        work(*given)
    except (BrokenPipeError, KeyboardInterrupt):
        return


def hand_out(path, name, links):
    send(whole_lines(Source(path).chunks(name)), links)


def look_on(look, feed, link):
    send(look(arriving([feed])), [link])


def send(found, links):
    """Send what was found over the links by turns, and over each that it was all, or the error that ended it."""
    last = None
    try:
        for each, link in zip(found, itertools.cycle(links)):
            link.send(each)
    except BrokenPipeError:
        raise
    except Exception as error:  # Raised again where it arrives.
        last = error
    for link in links:
        link.send(last)


def arriving(links):
    for link in itertools.cycle(links):
        each = link.recv()
        if each is None:
            return
        if isinstance(each, Exception):
            raise each
        yield each


def paragraphs_in(blocks):
    """Yield for each block the papers that its paragraphs are the first to name, and what each paragraph shows."""
    named = set()
    for block in blocks:
        papers = set(PAPER.findall(block)) - named
        named |= papers
        yield papers, [looked_at(line) for line in lines_of(block)]


def documents_in(blocks):
    """Yield for each block whose document each line holds, and its digest."""
    for block in blocks:
        yield [document_in(line) for line in lines_of(block)]


class Documents:
    """What officers had before them: whose each line is and its digest. Once a line is asked for itself, the lines are read here."""

    def __init__(self, source, name, looks):
        self.source, self.name, self.taken, self.line = source, name, 0, None
        self.looks = itertools.chain.from_iterable(looks)

    def __iter__(self):
        return self

    def __next__(self):
        look = next(self.looks)
        self.taken += 1
        return look

    def last_line(self):
        if self.line is None:
            self.looks = self.read_on(self.taken - 1)
            next(self.looks)
        return self.line

    def read_on(self, first):
        for line in itertools.islice(self.source.lines(self.name), first, None):
            self.line = line
            yield document_in(line)


# --- checking ---------------------------------------------------------------------------------------------------------


class Check:
    """One run over one export. ``found`` holds kind, file, paragraph and sentence of what is wrong."""

    def __init__(self, source, key, anchors, papers):
        self.source, self.key, self.anchors, self.with_papers = source, key, anchors, papers
        self.found, self.notes, self.newest = [], [], None
        self.paragraphs, self.sealed, self.files, self.papers = 0, 0, 0, 0
        self.chains, self.named, self.orders, self.printed = {}, set(), [], []
        self.unlisted = set()  # The members that nothing has named so far.
        # What officers had before them, in the order of the paragraphs: still to be read; named and not yet read; read and not yet named.
        self.documents, self.unread, self.unnamed, self.shown = iter(()), {}, {}, 0

    def say(self, kind, sentence, file="", paragraph=None):
        self.found.append({"kind": kind, "file": file, "paragraph": paragraph, "sentence": sentence})

    @property
    def verdict(self):
        kinds = {each["kind"] for each in self.found}
        return ALTERED if ALTERED in kinds else INCOMPLETE if INCOMPLETE in kinds else "VALID"

    def run(self):
        about = object_in(self.source.text("export.json"), "export.json") if "export.json" in self.source.names else {}
        kind = about.get("kind")
        if about.get("format") != "karyapravah-export" or about.get("version") != 2 or kind not in KINDS:
            self.say(INCOMPLETE, "export.json is missing, or of a kind this program does not know.")
            return
        for name in self.source.twice:
            self.say(ALTERED, "The export holds %s twice." % name)
        self.check_members({*ALWAYS, *KINDS[kind]})
        self.check_notes()
        if kind == "whole":
            self.check_log()
        else:
            self.check_consistency()
        here = self.papers_here()
        for listed in self.source.objects("files.jsonl"):
            self.check_file(listed, kind == "files")
            self.check_orders(listed, here)
        if kind == "files" and not self.files:
            self.say(INCOMPLETE, "The list of files names no file.")
        for number in sorted(self.chains):
            self.say(INCOMPLETE, "The list of files lacks it.", number.decode("utf-8"))
        self.check_shown()
        self.check_papers(here)
        self.check_unlisted()

    # The members

    def check_members(self, needed):
        """Every member that the format always has is here; the others wait for the list of files to name them."""
        for name in sorted(needed - self.source.names):
            self.say(INCOMPLETE, "%s is missing." % name)
        self.unlisted = self.source.names - needed - set(BESIDE)

    def check_unlisted(self):
        """No member is here that the format does not know and the list of files does not name."""
        complete = self.files and not self.chains  # Otherwise what names a member may be what is missing.
        for name in sorted(self.unlisted):
            if complete or not name.startswith(FOLDERS):
                self.say(ALTERED, "The export holds %s, which its list of files does not name." % name)

    # The seals

    def check_notes(self):
        """The newest checkpoint is signed; each names the one before by its hash, so that its signature covers them all."""
        self.notes = notes_in(self.source.text("anchors.txt"))
        if not self.notes:
            self.say(INCOMPLETE, "There is no seal in anchors.txt: nothing proves when anything was written.")
            return
        self.newest = self.notes[-1]
        if not self.newest.signed_with(self.key):
            self.say(ALTERED, "The newest seal, over %d paragraphs, is not signed with the key." % self.newest.size)
        before, size = NO_NOTE, 0
        for note in self.notes:
            if note.previous != before or note.size <= size:
                self.say(ALTERED, "The seal over %d paragraphs does not continue the seal before it." % note.size)
            before, size = sha256(note.whole.encode("utf-8")).hex(), note.size
        known = {note.whole for note in self.notes}
        for anchor in self.anchors:
            self.check_anchor(anchor, known)
        for size, root in self.printed:
            if size > self.newest.size:
                self.say(INCOMPLETE, "The seal over %d paragraphs printed on the order is newer than this export." % size)
            elif (size, root) not in {(note.size, note.root.hex()) for note in self.notes}:
                self.say(ALTERED, "The seal over %d paragraphs printed on the order is not among those of this export." % size)

    def check_anchor(self, anchor, known):
        said = "The anchor over %d paragraphs of %s " % (anchor.size, anchor.time)
        if not anchor.signed_with(self.key):
            self.say(ALTERED, said + "is not signed with the key.")
        elif anchor.size > self.newest.size:
            self.say(INCOMPLETE, said + "covers more than this export, which ends with %d." % self.newest.size)
        elif anchor.whole not in known:
            self.say(ALTERED, said + "is not among the seals of this export: the record was rewritten after it.")

    def check_consistency(self):
        """Every seal for which there is a proof covers the beginning of what the newest covers."""
        proofs = {proof["size"]: proof["path"] for proof in self.source.objects("consistency.jsonl")}
        by_size = {note.size: note for note in self.notes}
        for size, path in proofs.items():
            note, parts = by_size.get(size), [bytes.fromhex(part) for part in path]
            if note and not consistent(size, self.newest.size, note.root, self.newest.root, parts):
                self.say(ALTERED, "The seal over %d paragraphs covers others than the newest seal." % size)
        needed = {note.time[:10]: note.size for note in self.notes}  # The last of each day left the building.
        held = {anchor.size for anchor in self.anchors} | {size for size, _root_printed in self.printed}
        needed = set(needed.values()) | held & by_size.keys()
        for size in sorted(needed - proofs.keys() - {self.notes[-1].size if self.notes else 0}):
            said = "The proof that the newest seal covers what the seal over %d paragraphs covered is missing."
            self.say(INCOMPLETE, said % size + " Ask for an export with these anchors.")

    def check_log(self):
        """Build the whole tree anew and compare it with every seal on the way; follow each file's chain meanwhile."""
        edge, size, good, due, new = [], 0, 0, iter(self.notes), hashlib.sha256
        goal, wrong = next(due, None), None
        self.documents = Documents(self.source, "shown.jsonl", self.source.looks("shown.jsonl", documents_in))
        for look in self.read_paragraphs():
            leaf, merges = new(b"\x00" + look[0]).digest(), size
            while merges & 1:
                leaf = new(b"\x01" + edge.pop() + leaf).digest()
                merges >>= 1
            edge.append(leaf)
            size += 1
            self.follow(*look)
            while goal and goal.size <= size:
                if _root(edge) == goal.root:
                    good = goal.size
                else:
                    wrong = wrong or goal
                goal = next(due, None)
        self.sealed = size
        if goal:  # Whatever is missing makes every root after it another; the files' own chains tell what else was changed.
            said = "The log has %d places and the newest seal covers %d; what is missing stood in place %d or after."
            self.say(INCOMPLETE, said % (size, self.newest.size, good))
        elif wrong:
            self.say(ALTERED, "What stands in places %d to %d of the log is not what was sealed there." % (good, wrong.size - 1))
        if self.newest and size > self.newest.size:
            self.say(ALTERED, "%d places at the end of the log are covered by no seal." % (size - self.newest.size))
        for line in self.source.lines("unsealed.jsonl"):
            self.named.update(PAPER.findall(line))
            place = self.follow(*looked_at(line))
            if place:
                self.not_sealed(place[0].decode("utf-8"), place[1])
        self.read_all_shown()

    def read_paragraphs(self):
        """Yield what the paragraphs of the log show, and gather the papers that they name."""
        for papers, looks in self.source.looks("log.jsonl", paragraphs_in):
            self.named |= papers
            yield from looks

    def not_sealed(self, file, paragraph):
        self.say(INCOMPLETE, "It was not sealed yet when this export was made; export again.", file, paragraph)

    # The files

    def follow(self, digest, place, shown, expected=None):
        """Take one paragraph, as ``looked_at`` saw it, as the next of its file; return what it says of its place."""
        self.paragraphs += 1
        if place is None:
            last = self.chains.get((expected or "").encode("utf-8"), (0, b""))[0]
            where = (expected, last + 1) if expected else ("", None)
            self.say(ALTERED, "Line %d that was read is no paragraph." % self.paragraphs, *where)
            return None
        number, count, before = place
        last, head = self.chains.get(number, (0, b""))
        if count != last + 1:
            if count > last + 1:
                self.say(INCOMPLETE, "Paragraphs %d to %d are missing before it." % (last + 1, count - 1), number.decode("utf-8"), count)
            else:
                self.say(ALTERED, "It stands out of order, or was put in.", number.decode("utf-8"), count)
        elif before != head:
            self.say(ALTERED, "It does not continue the paragraph before it: one of the two was changed.", number.decode("utf-8"), count)
        self.chains[number] = (count, hexlify(digest))
        if shown:
            self.unread[number, count] = shown
            self.read_shown(next(self.documents, None))
            if self.unnamed:
                self.compare_shown((number, count))
        return place

    def read_shown(self, look):
        """Take the next document; in an honest export it is that of the paragraph just read, so that nothing is kept."""
        if look is None:
            return
        self.shown += 1
        place, digest = look
        if digest is not None and self.unread.get(place) == digest:
            del self.unread[place]
            return
        listed = object_in(self.documents.last_line().decode("utf-8"), self.documents.name)
        place = listed["file"].encode("utf-8"), int(listed["n"])
        self.unnamed[place] = hexlify(sha256(listed["document"].encode("utf-8")))
        self.compare_shown(place)

    def compare_shown(self, place):
        if place in self.unread and place in self.unnamed and self.unread.pop(place) != self.unnamed.pop(place):
            self.say(ALTERED, "What its officer had before him is not what the paragraph names.", place[0].decode("utf-8"), place[1])

    def read_all_shown(self):
        for look in self.documents:
            self.read_shown(look)

    def check_shown(self):
        """Every document that a paragraph names is here, and no other."""
        for number, count in self.unread:
            self.say(INCOMPLETE, "What its officer had before him is missing.", number.decode("utf-8"), count)
        if self.verdict != INCOMPLETE:  # Otherwise what names it may be what is missing.
            for number, count in self.unnamed:
                self.say(ALTERED, "It does not name what is here as shown to its officer.", number.decode("utf-8"), count)

    def check_file(self, listed, proven):
        number = listed["number"]
        self.files += 1
        if proven:
            folder = "files/%s/" % listed["folder"]
            self.unlisted.difference_update(folder + name for name in OF_A_FILE)
            self.check_paragraphs(number, folder)
        last, head = self.chains.pop(number.encode("utf-8"), (0, b""))
        if last < listed["paragraphs"]:
            self.say(INCOMPLETE, "It should have %d paragraphs; the last that is here is %d." % (listed["paragraphs"], last), number)
        elif (last, head.decode("ascii")) != (listed["paragraphs"], listed["head"]):
            self.say(ALTERED, "The last paragraph is not the one with which the list of files ends it.", number, last)

    def check_paragraphs(self, number, folder):
        proofs = {proof["n"]: proof for proof in self.source.objects(folder + "proofs.jsonl")}
        seen = set()
        name = folder + "shown.jsonl"
        self.documents = Documents(self.source, name, documents_in(self.source.blocks(name)))
        for line in self.source.lines(folder + "paragraphs.jsonl"):
            self.named.update(PAPER.findall(line))
            digest, place, shown = looked_at(line)
            self.follow(digest, place, shown, number)
            if place is None:
                continue
            if place[0] != number.encode("utf-8"):
                self.say(ALTERED, "A paragraph of file %s stands among those of this file." % place[0].decode("utf-8"), number, place[1])
            if place[1] in seen:
                self.say(ALTERED, "It is there twice.", number, place[1])
            seen.add(place[1])
            self.check_inclusion(number, place[1], digest, proofs.get(place[1]))
        self.read_all_shown()

    def check_inclusion(self, number, paragraph, digest, proof):
        if proof is None or proof.get("leaf") is None:
            if proof is None:
                self.say(INCOMPLETE, "Its proof of inclusion is missing.", number, paragraph)
            else:
                self.not_sealed(number, paragraph)
            return
        path = [bytes.fromhex(part) for part in proof["path"]]
        leaf = sha256(b"\x00" + digest)
        if self.newest and root_by_inclusion(leaf, proof["leaf"], self.newest.size, path) != self.newest.root:
            self.say(ALTERED, "It is not the paragraph that was sealed.", number, paragraph)
        else:
            self.sealed += 1

    # The papers

    def papers_here(self):
        """Return the SHA-256 of each paper and order of the export by its name."""
        here = {}
        for name in sorted(self.source.names):
            if name.startswith(("papers/", "orders/")):
                digest = hashlib.sha256()
                for chunk in self.source.chunks(name):
                    digest.update(chunk)
                here[name] = digest.hexdigest()
        return here

    def check_orders(self, listed, here):
        """Every printing of an order that the list of files names is here as it was kept; what is wrong is said with the papers."""
        members = (each["member"] for each in listed.get("papers", []) + listed.get("orders", []))
        self.unlisted.difference_update(name for name in members if name in here)
        for order in listed.get("orders", []) if self.with_papers else ():
            if order["member"] not in here:
                self.orders.append((INCOMPLETE, "The order %s is missing." % order["member"], listed["number"]))
            elif here[order["member"]] != order["sha256"]:
                self.orders.append((ALTERED, "The order %s is not the one that was kept." % order["member"], listed["number"]))

    def check_papers(self, here):
        """Every paper is what its name says, every paper that a paragraph names is here, and no other."""
        for said in self.orders:
            self.say(*said)
        whole = self.verdict != INCOMPLETE  # Otherwise what names a paper may be what is missing.
        received = {name: name.split("/", 1)[1].split(".", 1)[0] for name in here if name.startswith("papers/")}
        named, there = {sha.decode("ascii") for sha in self.named} if self.with_papers else set(), set(received.values())
        changed, missing = {name for name, sha in received.items() if here[name] != sha}, named - there
        put_in = {name for name in received.keys() - changed if received[name] not in named} if self.with_papers and whole else set()
        where = self.first_named(({received[name] for name in changed} | missing) & named)
        for name in sorted(changed):
            said = "The paper %s is not the one received; its SHA-256 is another."
            self.say(ALTERED, said % name, *where.get(received[name], ("", None)))
        for name in sorted(put_in):
            self.say(ALTERED, "The paper %s is named by no paragraph." % name)
        self.papers = len(there)
        self.unlisted -= changed | put_in
        for sha in sorted(missing):
            self.say(INCOMPLETE, "The paper with the SHA-256 %s is missing." % sha, *where.get(sha, ("", None)))

    def first_named(self, papers):
        """Return file and number of the paragraph that is the first to name each of these papers; the paragraphs are read once more."""
        found, wanted = {}, {sha.encode("ascii") for sha in papers}
        names = sorted(name for name in self.source.names if name.endswith(("paragraphs.jsonl", "log.jsonl", "unsealed.jsonl")))
        for line in itertools.chain.from_iterable(map(self.source.lines, names if wanted else ())):
            for sha in wanted.intersection(PAPER.findall(line)):
                place = looked_at(line)[1]
                if place:
                    found.setdefault(sha.decode("ascii"), (place[0].decode("utf-8"), place[1]))
        return found


def _root(edge):
    answer = edge[-1]
    for left in reversed(edge[:-1]):
        answer = node(left, answer)
    return answer


def sentences(check, key, known):
    """Yield what a person reads: findings, the key, the verdict."""
    for each in check.found[:MOST]:
        where = " ".join(filter(None, (each["file"], "paragraph %d" % each["paragraph"] if each["paragraph"] else "")))
        yield "%s%s" % (where + ": " if where else "", each["sentence"])
    if len(check.found) > MOST:
        yield "… and %d findings more." % (len(check.found) - MOST)
    said = (check.files, check.paragraphs, check.sealed, check.shown, len(check.notes), check.papers)
    yield "Read: %d files, %d paragraphs, %d of them sealed, %d of what officers had before them, %d seals, %d papers." % said
    yield "Key: %s%s" % (key, "" if known else "  (from the export itself: compare it with the key you were given)")
    if not check.anchors and not check.printed:
        yield "No anchor of your own was given: whoever holds every key could have written all of this anew."
    yield check.verdict


def as_json(check):
    told = {"verdict": check.verdict, "findings": check.found, "files": check.files, "paragraphs": check.paragraphs}
    return json.dumps(dict(told, sealed=check.sealed, shown=check.shown, seals=len(check.notes), papers=check.papers))


def unreadable(error, asked):
    """Say that an export cannot be read, whatever in it made the reading fail."""
    check = Check(None, None, [], False)
    check.say(INCOMPLETE, "This export cannot be read: %s: %s" % (type(error).__name__, error))
    print(as_json(check) if asked.json else "%s\n%s" % (check.found[0]["sentence"], check.verdict))
    return EXIT[check.verdict]


def arguments():
    parser = argparse.ArgumentParser(description="Check an export of Karyapravah.")
    parser.add_argument("export", nargs="?", type=Path, default=Path(__file__).resolve().parent, help="the zip file, or its folder")
    parser.add_argument("--key", help="the public key of the seals as you were given it, or a file that holds it")
    parser.add_argument("--anchors", type=Path, action="append", default=[], help="seals kept outside; mails will do")
    parser.add_argument("--printed", action="append", default=[], metavar="'SIZE ROOT'", help="the seal that stands on an order on paper")
    parser.add_argument("--without-papers", action="store_true", help="do not ask for papers and orders")
    parser.add_argument("--json", action="store_true", help="print the result for a program")
    return parser.parse_args()


def main():
    asked = arguments()
    sys.stdout.reconfigure(errors="backslashreplace")  # A name that the terminal cannot show is no reason to say nothing.
    try:
        source = Source(asked.export, min(os.cpu_count() or 1, MOST_PROCESSES))
        key = asked.key or source.text("key.txt")
        key = Path(key).read_text(encoding="utf-8") if asked.key and Path(key).is_file() else key
        anchors = [note for path in asked.anchors for note in notes_in(path.read_text(encoding="utf-8"))]
        check = Check(source, key_of(key), anchors, not asked.without_papers)
        check.printed = [printed_seal(text) for text in asked.printed]
        check.run()
    except Exception as error:  # A hostile export must not end in an error whose exit code is that of ALTERED.
        return unreadable(error, asked)
    print(as_json(check) if asked.json else "\n".join(sentences(check, key.strip(), bool(asked.key))))
    return EXIT[check.verdict]


if __name__ == "__main__":
    sys.exit(main())
