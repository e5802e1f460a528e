"""PyTorch's convolution, forward and backward: `python3 bench/peers/convolution.py --threads 1 --seconds 3 --order channels-last`.

That of convolution.mjs: 64 to 64 channels, 3×3, on 32×32, batch 32. Prints one JSON line.
"""

import argparse
import json
import os
import time

parser = argparse.ArgumentParser()
parser.add_argument("--order", choices=["contiguous", "channels-last"], default="contiguous")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--seconds", type=float, default=3)
arguments = parser.parse_args()
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(arguments.threads)

import torch  # noqa: E402 (thread counts must be in the environment first)

torch.set_num_threads(arguments.threads)
torch.set_flush_denormal(True)
torch.manual_seed(0)
order = torch.channels_last if arguments.order == "channels-last" else torch.contiguous_format
layer = torch.nn.Conv2d(64, 64, 3, padding=1).to(memory_format=order)
x = (torch.rand(32, 64, 32, 32) - 0.5).to(memory_format=order).requires_grad_()
upstream = (torch.rand(32, 64, 32, 32) - 0.5).to(memory_format=order)


def step():
    x.grad = None
    for parameter in layer.parameters():
        parameter.grad = None
    layer(x).backward(upstream)


for _ in range(5):
    step()
times = []
end = time.perf_counter() + arguments.seconds
while time.perf_counter() < end:
    began = time.perf_counter()
    step()
    times.append(1e3 * (time.perf_counter() - began))
times.sort()
line = {"threads": arguments.threads, "medianMs": times[len(times) // 2], "leastMs": times[0]}
print(json.dumps({**line, "version": f"PyTorch {torch.__version__} {arguments.order}"}))
