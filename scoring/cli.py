# SPDX-License-Identifier: Apache-2.0
"""The command line: check documents, rank marks, explain a place."""

from __future__ import annotations

import argparse
import csv
import io
import locale
from collections.abc import Callable, Sequence
from pathlib import Path

from scoring.arithmetic import format_number
from scoring.exact.intake import InputError
from scoring.exact.standings import Standings, standings
from scoring.marksfile import MarksError, read_marks
from scoring.rules.document import Document
from scoring.rules.problems import DocumentError
from scoring.rules.read import document_from_canonical, document_from_toml
from scoring.wording.cli import cli_sentence

OK, WRONG, UNUSABLE = 0, 1, 2
Say = Callable[[str], None]


class _FileError(Exception):
    """A file cannot be read, is not UTF-8, or cannot be written."""


def run(arguments: Sequence[str], out: Say, err: Say) -> int:
    """Run one command.

    Returns
    -------
    int
        0 when everything is in order, 1 when a document or marks are faulty, 2 when a file cannot be used.
    """
    options = _parser().parse_args(arguments)
    language = options.lang or (locale.getlocale()[0] or "en")
    try:
        if options.command == "check":
            return _check(options.documents, out, err, language)
        return _rank(options, out, err, language)
    except _FileError as error:
        err(cli_sentence("file", {"detail": str(error)}, language))
        return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scoring", description="Check rule documents and rank marks exactly."
    )
    parser.add_argument("--lang", help="zh or en; the locale decides without it")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="tell everything that is wrong with documents")
    check.add_argument("documents", nargs="+", metavar="DOC", help="a document, .toml or canonical .json")
    rank = commands.add_parser("rank", help="apply a document to marks")
    rank.add_argument("document", metavar="DOC")
    rank.add_argument("marks", metavar="MARKS", help="CSV with entry,judge,criterion,value")
    rank.add_argument("--out", metavar="FILE", help="write the standings to FILE: .json (canonical) or .csv")
    rank.add_argument("--explain", metavar="ENTRY", help="say how this entry came to its place")
    rank.add_argument(
        "--ineligible", metavar="ENTRY", action="append", default=[], help="keeps its place, takes no slot"
    )
    return parser


def _check(names: Sequence[str], out: Say, err: Say, language: str) -> int:
    result = OK
    for name in names:
        document = _document(name, err, language)
        if document is None:
            result = WRONG
        else:
            values = {"file": name, "digest": document.digest, "maximum": format_number(document.rubric.maximum)}
            values["criteria"] = str(len(document.rubric.criteria))
            out(cli_sentence("sound", values, language))
    return result


def _rank(options: argparse.Namespace, out: Say, err: Say, language: str) -> int:
    document = _document(options.document, err, language)
    if document is None:
        return WRONG
    try:
        found = standings(document, read_marks(document.rubric, _text(options.marks), options.ineligible))
    except (MarksError, InputError) as error:
        for problem in error.problems:
            err(f"{options.marks}: {problem.say(language)}")
        return WRONG
    if options.explain is not None:
        return _explain(document, found, options.explain, out, err, language)
    if options.out is None:
        out(_table(found).rstrip("\n"))
    else:
        _write(options.out, found.canonical if options.out.endswith(".json") else _table(found))
    err(cli_sentence("ranked", {"count": str(len(found.rows)), "digest": found.digest}, language))
    return OK


def _explain(document: Document, found: Standings, entry: str, out: Say, err: Say, language: str) -> int:
    row = found.row(entry)
    if row is None:
        err(cli_sentence("no_entry", {"entry": entry}, language))
        return WRONG
    titles = {group.code: group.title for group in document.rubric.groups}
    titles |= {criterion.code: criterion.title for criterion in document.rubric.criteria}
    for sentence in row.derivation.sentences(language, titles=titles):
        out(sentence)
    return OK


def _table(found: Standings) -> str:
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["place", "tied", "entry", "score", "eligible", "blocked_by"])
    for row in found.rows:
        score = "" if row.score is None else format_number(row.score)
        place = "" if row.place is None else row.place
        blocks = " ".join(f"{block.code.value}:{block.judge or ''}:{block.state or ''}" for block in row.blocked_by)
        writer.writerow([place, _yes(row.tied), _harmless(row.entry), score, _yes(row.eligible), blocks])
    return table.getvalue()


def _harmless(text: str) -> str:
    # A cell that starts like this is a formula to office programs.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _document(name: str, err: Say, language: str) -> Document | None:
    text = _text(name)
    try:
        return document_from_canonical(text) if name.endswith(".json") else document_from_toml(text)
    except DocumentError as error:
        for problem in error.problems:
            err(f"{name}: {problem.say(language)}")
        return None


def _text(name: str) -> str:
    try:
        return Path(name).read_bytes().decode("utf-8").removeprefix("\ufeff")
    except (OSError, UnicodeDecodeError) as error:
        raise _FileError(f"{name}: {error}") from error


def _write(name: str, text: str) -> None:
    # A byte order mark, so that office programs take the CSV for UTF-8.
    encoding = "utf-8" if name.endswith(".json") else "utf-8-sig"
    try:
        Path(name).write_bytes(text.encode(encoding))
    except OSError as error:
        raise _FileError(f"{name}: {error}") from error
