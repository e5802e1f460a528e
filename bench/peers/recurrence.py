"""PyTorch's recurrent layer, forward and backward: `python3 bench/peers/recurrence.py --cell lstm --threads 1 --seconds 3`.

The layer of recurrence.mjs: 140 steps of one channel, 64 units, batch 32, time first. Prints one JSON line.
"""

import json

from layer import arguments, milliseconds, prepare

ARGUMENTS = arguments("--cell", ["lstm", "gru"])

import torch  # noqa: E402 (thread counts must be in the environment first)

prepare(torch, ARGUMENTS.threads)
layer = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[ARGUMENTS.cell](1, 64)
x = torch.rand(140, 32, 1)


def step():
    for parameter in layer.parameters():
        parameter.grad = None
    outputs, _ = layer(x)
    outputs.sum().backward()


line = {"cell": ARGUMENTS.cell, "threads": ARGUMENTS.threads, **milliseconds(step, ARGUMENTS.seconds)}
print(json.dumps({**line, "version": f"PyTorch {torch.__version__}"}))
