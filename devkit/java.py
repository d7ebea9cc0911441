"""Which Java Spark would find on this machine."""

from __future__ import annotations

import os
import re
import subprocess

#: The oldest Java that Spark runs on.
OLDEST = 17


def suitable_java() -> bool:
    """Tell whether there is a Java that Spark runs on."""
    home = os.environ.get("JAVA_HOME")
    command = os.path.join(home, "bin", "java") if home else "java"
    try:
        said = subprocess.run([command, "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError):
        return False
    found = re.search(r'version "(\d+)', said)
    return found is not None and int(found[1]) >= OLDEST
