"""PyTorch's recurrent layer, forward and backward: `python3 bench/peers/recurrence.py --cell lstm --threads 1 --seconds 3`.

The layer of recurrence.mjs: 140 steps of one channel, 64 units, batch 32, time first. Prints one JSON line.
"""

import argparse
import json
import os
import time

parser = argparse.ArgumentParser()
parser.add_argument("--cell", choices=["lstm", "gru"], default="lstm")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--seconds", type=float, default=3)
arguments = parser.parse_args()
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(arguments.threads)

import torch  # noqa: E402 (thread counts must be in the environment first)

torch.set_num_threads(arguments.threads)
torch.set_flush_denormal(True)
torch.manual_seed(0)
layer = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[arguments.cell](1, 64)
x = torch.rand(140, 32, 1)


def step():
    for parameter in layer.parameters():
        parameter.grad = None
    outputs, _ = layer(x)
    outputs.sum().backward()


for _ in range(5):
    step()
times = []
end = time.perf_counter() + arguments.seconds
while time.perf_counter() < end:
    began = time.perf_counter()
    step()
    times.append(1e3 * (time.perf_counter() - began))
times.sort()
line = {"cell": arguments.cell, "threads": arguments.threads, "medianMs": times[len(times) // 2], "leastMs": times[0]}
print(json.dumps({**line, "version": f"PyTorch {torch.__version__}"}))
