# SPDX-License-Identifier: Apache-2.0
"""The Merkle tree of RFC 6962 over the lines of an audit trail. Receipts and checkpoints will stand on it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def root(leaves: Iterable[bytes]) -> str:
    """Return the tree hash of RFC 6962, section 2.1, as 64 hex digits.

    Complete subtrees are joined as soon as they stand side by side, so that only one hash for each level is held.
    """
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        level, node = 0, hashlib.sha256(b"\x00" + leaf).digest()
        while stack and stack[-1][0] == level:
            node = hashlib.sha256(b"\x01" + stack.pop()[1] + node).digest()
            level += 1
        stack.append((level, node))
    if not stack:
        return hashlib.sha256(b"").hexdigest()
    node = stack.pop()[1]
    while stack:
        node = hashlib.sha256(b"\x01" + stack.pop()[1] + node).digest()
    return node.hex()
