# SPDX-License-Identifier: Apache-2.0
FLASK_APP=wsgi
