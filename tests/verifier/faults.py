# SPDX-License-Identifier: Apache-2.0
"""How a test spoils one thing in a sound archive, and sees it refused for that reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import verifier
from tests.verifier.archives import Archive, pack

Spoil: TypeAlias = Callable[[Archive], None]
Faults: TypeAlias = dict[str, tuple[Spoil, str]]


def adds_to(faults: Faults) -> Callable[[str], Callable[[Spoil], None]]:
    """Return a decorator that enters a fault, with the code it must be refused for, into `faults`."""
    return lambda code: lambda spoil: faults.update({spoil.__name__: (spoil, code)})


def check_refused(faults: Mapping[str, tuple[Spoil, str]], name: str, folder: Path) -> None:
    """Spoil an archive, seal it anew as a forger would, and check that the verifier gives the right reason."""
    spoil, code = faults[name]
    archive = Archive()
    spoil(archive)
    report = verifier.verify(pack(archive.bag(), folder / "a.zip"))
    assert code in {finding.code for finding in report.findings}, [one.say("en") for one in report.findings]
    assert not report.standings_sha256
