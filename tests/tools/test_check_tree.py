# SPDX-License-Identifier: Apache-2.0
"""The checks of the tree find what they are there for, and leave the rest alone."""

from __future__ import annotations

import json

import pytest

from tools import check_tree
from tools.check_tree import Finding

LICENCE = "# SPDX-License-Identifier: Apache-2.0\n"


def findings(name: str, text: str | bytes) -> list[Finding]:
    content = text if isinstance(text, bytes) else text.encode()
    return [finding for one in check_tree.CHECKS for finding in one({name: content})]


def package_lock(**entry: str) -> str:
    return json.dumps({"packages": {"": {"name": "youyin"}, "node_modules/htmx.org": entry}})


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("app/x.py", '"""No licence."""\n', "SPDX-License-Identifier"),
        ("run", "#!/bin/sh\necho\n", "SPDX-License-Identifier"),
        ("requirements.lock", "--index-url https://mirror.example/simple\n", "names a registry"),
        (".npmrc", "registry=https://mirror.example/\n", "names a registry"),
        (
            "package-lock.json",
            package_lock(resolved="https://mirror.example/x.tgz", integrity="sha512-x"),
            "names a registry",
        ),
        ("package-lock.json", package_lock(version="2.0.11"), "has no hash of node_modules/htmx.org"),
        ("docs/x.md", f"see {check_tree.ROOT}/app\n", "names a path of one machine"),
        ("docs/x.md", "see /home/" + "li/app\n", "names a path of one machine"),
        ("app/x.py", LICENCE + "x = 1\n" * 450, "has 451 lines"),
        ("docs/x.bin", b"\xff" * 1_000_001, "is larger than"),
        ("app/entries/service.py", LICENCE + "db.session.commit()\n", "commits by itself"),
        ("verifier/read.py", LICENCE + "import app.clock\n", "imports app.clock"),
        ("verifier/read.py", LICENCE + "from rfc8785 import dumps\n", "imports rfc8785"),
        ("scoring/exact/mean.py", LICENCE + "half = 0.5\n", "holds the float 0.5"),
        ("scoring/exact/mean.py", LICENCE + "half = float(x)\n", "makes a float"),
        ("scoring/exact/mean.py", LICENCE + "import numpy as np\n", "imports numpy"),
        ("templates/x.html", "{# SPDX-License-Identifier: Apache-2.0 #}<script>x()</script>", "an inline script"),
        ("templates/x.html", '{# SPDX-License-Identifier: Apache-2.0 #}<p style="color: red">', "an inline style"),
        ("templates/x.html", '{# SPDX-License-Identifier: Apache-2.0 #}<p onclick="x()">', "an inline handler"),
        (
            "templates/x.html",
            '{# SPDX-License-Identifier: Apache-2.0 #}<img src="//cdn.example/x.png">',
            "loads from abroad",
        ),
        ("templates/x.html", "{# SPDX-License-Identifier: Apache-2.0 #}{{ text|safe }}", "switches escaping off"),
        ("app/x.py", LICENCE + "x = 1  # " + "noqa: E501\n", "without a reason"),
        ("app/x.py", LICENCE + "x = 1  # type: " + "ignore[misc]\n", "without a reason"),
    ],
)
def test_it_is_found(name: str, text: str | bytes, sentence: str) -> None:
    (found,) = findings(name, text)

    assert found[0] == name
    assert sentence in found[2]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app/x.py", LICENCE + "x = 1  # " + "noqa: S108 the memory file system\n"),
        ("app/db.py", LICENCE + "session.commit()\n"),
        ("app/empty.py", ""),
        ("docs/x.md", "https://example.org/home/a and $tree" + "/home/b\n"),
        ("package-lock.json", package_lock(integrity="sha512-x")),
        ("templates/x.html", '{# SPDX-License-Identifier: Apache-2.0 #}<script src="/static/js/app.mjs"></script>'),
        ("templates/x.html", '{# SPDX-License-Identifier: Apache-2.0 #}<a href="https://example.org/">{{ text }}</a>'),
        ("verifier/read.py", LICENCE + "from verifier.digest import sha256\nimport hashlib\n"),
        ("scoring/exact/mean.py", LICENCE + "from fractions import Fraction\n"),
    ],
)
def test_it_is_left_alone(name: str, text: str) -> None:
    assert findings(name, text) == []
