# SPDX-License-Identifier: Apache-2.0
"""Parsers of hostile files: imported only by the child, never by the application."""
