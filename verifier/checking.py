# SPDX-License-Identifier: Apache-2.0
"""The checks in their order; a later one runs only when it can rely on the earlier ones."""

from __future__ import annotations

from pathlib import Path

from verifier.bag import check_bag
from verifier.consequences import all_places, check_awards, check_certificates, check_promotions
from verifier.container import open_source
from verifier.contest import Archive, check_documents, check_row_counts, read_contest
from verifier.judging import check_assignments, check_control_totals, check_entries, check_sheets
from verifier.layout import TABLES
from verifier.proofs import check_evidence, check_file_names, check_trail
from verifier.report import Report
from verifier.runs import check_runs
from verifier.strictjson import digest
from verifier.tables import read_tables


def verify(path: Path) -> Report:
    """Check an archive, zipped or unpacked.

    Raises `NotAnArchiveError` when the file cannot be read as an archive of a known format at all.
    """
    report = Report(str(path))
    source = open_source(path, report)
    if report.findings:
        return report  # a zip that tries something is not opened any further
    listed = check_bag(source, report)
    if report.findings:
        return report  # the bytes are not those that were archived: what they say does not matter
    archive = Archive(source, report, listed)
    if not read_contest(archive):
        return report
    archive.tables = read_tables(source, report)
    check_documents(archive)
    check_trail(archive)
    if report.findings:
        return report  # without sound tables and documents every further message would follow from these
    check_row_counts(archive)
    check_entries(archive)
    check_assignments(archive)
    check_sheets(archive)
    check_evidence(archive)
    check_file_names(archive)
    outcomes = check_runs(archive)
    check_control_totals(archive, {(one.stage, one.category) for one in outcomes.values() if one.stands})
    check_promotions(archive, outcomes)
    check_awards(archive, outcomes)
    check_certificates(archive, outcomes)
    report.counts.update({table: len(archive.tables[table]) for table in TABLES})
    report.counts["files"] = sum(1 for name in source.sizes if name.startswith("data/files/"))
    if not report.findings:
        report.standings_sha256 = digest(all_places(outcomes))
    return report
