"""The simulation as a process of its own, as the demo starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import httpx

from tests.support.repository import ROOT


def test_it_says_where_it_is_and_ends_when_told_to() -> None:
    command = [sys.executable, "-m", "tests.support.simulated_stripe", "--port", "0", "--seed", "5"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("Simulated Stripe (no money moves) at http://127.0.0.1:")
            answer = httpx.get(said.split()[-1])
            assert "Simulated Stripe." in answer.text
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) in {0, -signal.SIGTERM}
