"""Faults on purpose, for tests of the deployment: an image built with SAMPLE_FAULT is a bad release."""

import os
import sys

FAULT = os.environ.get("SAMPLE_FAULT", "")


def crash_if_asked() -> None:
    if FAULT == "crash":
        print("SAMPLE_FAULT=crash: this release was made to crash at start", file=sys.stderr, flush=True)
        sys.exit(3)


def health_fault() -> str | None:
    return "SAMPLE_FAULT=health: this release was made to be unhealthy" if FAULT == "health" else None
