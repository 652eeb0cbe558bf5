# SPDX-License-Identifier: Apache-2.0
"""Plays a whole contest through the services that the pages call, so that organizers see theirs before it opens."""
