# SPDX-License-Identifier: Apache-2.0
"""Documents: what they hold, how they are read and written."""
