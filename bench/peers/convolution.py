"""PyTorch's convolution, forward and backward: `python3 bench/peers/convolution.py --threads 1 --seconds 3 --order channels-last`.

That of convolution.mjs: 64 to 64 channels, 3×3, on 32×32, batch 32. Prints one JSON line.
"""

import json

from layer import arguments, milliseconds, prepare

ARGUMENTS = arguments("--order", ["contiguous", "channels-last"])

import torch  # noqa: E402 (thread counts must be in the environment first)

prepare(torch, ARGUMENTS.threads)
order = torch.channels_last if ARGUMENTS.order == "channels-last" else torch.contiguous_format
layer = torch.nn.Conv2d(64, 64, 3, padding=1).to(memory_format=order)
x = (torch.rand(32, 64, 32, 32) - 0.5).to(memory_format=order).requires_grad_()
upstream = (torch.rand(32, 64, 32, 32) - 0.5).to(memory_format=order)


def step():
    x.grad = None
    for parameter in layer.parameters():
        parameter.grad = None
    layer(x).backward(upstream)


line = {"threads": ARGUMENTS.threads, **milliseconds(step, ARGUMENTS.seconds)}
print(json.dumps({**line, "version": f"PyTorch {torch.__version__} {ARGUMENTS.order}"}))
