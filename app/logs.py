# SPDX-License-Identifier: Apache-2.0
"""One JSON line for each thing worth saying, on standard error; no personal data in any of them."""

from __future__ import annotations

import logging
import sys

import structlog


def init(level: str = "info") -> None:
    """Set the level and the form of every log line."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
