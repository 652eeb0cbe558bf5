# SPDX-License-Identifier: Apache-2.0
"""Each component in each state, for those who build pages. Development only."""
