"""What the peers that time one layer of PyTorch share: their flags, and the times of a step. Thread counts must be in the environment before
PyTorch loads, so `arguments` comes before `import torch`."""

import argparse
import os
import time


def arguments(flag, choices):
    """The command line: one flag of the layer's own, whose default is its first choice, `--threads` and `--seconds`."""
    parser = argparse.ArgumentParser()
    parser.add_argument(flag, choices=choices, default=choices[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3)
    parsed = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(parsed.threads)
    return parsed


def prepare(torch, threads):
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)


def milliseconds(step, seconds):
    """Median and least time of a step."""
    for _ in range(5):
        step()
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        step()
        times.append(1e3 * (time.perf_counter() - began))
    times.sort()
    return {"medianMs": times[len(times) // 2], "leastMs": times[0]}
