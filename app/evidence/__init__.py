# SPDX-License-Identifier: Apache-2.0
"""Evidence 佐证材料: files in the store, the pictures made of them, and their way to a reader."""

from app.evidence.store import intake_folder, limits, storage

__all__ = ["intake_folder", "limits", "storage"]
