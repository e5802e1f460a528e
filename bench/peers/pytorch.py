"""The peer PyTorch on the CPU: `python3 bench/peers/pytorch.py --variant eager --net seed --threads 1 --seconds 5`.

`--variant eager` is the loop that tutorials write. `--variant best` is the fastest of a dozen ways to run the same
step on this PyTorch (they must compute the same step: no lower precision), found by a short trial of each in one
process and then measured in a fresh one; its line names the winner and every candidate's speed. Where PyTorch
multiplies through OpenBLAS (Debian's build), `best` also tries the kernels of another core type, since OpenBLAS 0.3.21
does not know recent processors and can choose kernels at half their speed. An OPENBLAS_CORETYPE in the environment is
dropped, so that no setting of the machine holds the peer back.

Prints one JSON line. Needs torch and numpy; where `python3` has none, runs itself again under /usr/bin/python3
(Debian's python3-torch). The net, data and measurement are those of measure.mjs.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time

UPTIME = "/proc/uptime"


def uptime():
    with open(UPTIME, encoding="ascii") as file:
        return float(file.read().split()[0])


def seconds_since_process_start():
    """Wall time since the interpreter started: since exec where this process ran itself again."""
    if "AUTOENCODER_BENCH_EXEC" in os.environ:
        return uptime() - float(os.environ["AUTOENCODER_BENCH_EXEC"])
    with open("/proc/self/stat", encoding="ascii") as file:
        ticks = int(file.read().rsplit(")", 1)[1].split()[19])
    return uptime() - ticks / os.sysconf("SC_CLK_TCK")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--variant", choices=["eager", "best"], default="eager")
    parser.add_argument("--net", default="seed")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--data", default="random")
    # What `best` asks of its own child processes: to try every candidate, or to measure one.
    parser.add_argument("--candidate", default=None, help=argparse.SUPPRESS)
    return parser.parse_args()


ARGUMENTS = arguments()

# Thread counts must be in the environment before the libraries load; so must the interpreter be the right one.
if "AUTOENCODER_BENCH_EXEC" not in os.environ:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(ARGUMENTS.threads)
    if ARGUMENTS.candidate is None:
        os.environ.pop("OPENBLAS_CORETYPE", None)
    if importlib.util.find_spec("torch") is None:
        fallback = "/usr/bin/python3"
        os.environ["AUTOENCODER_BENCH_EXEC"] = str(uptime())
        os.execv(fallback, [fallback, os.path.abspath(__file__), *sys.argv[1:]])

EXAMPLES = 60_000
WARM_UP_STEPS = 5
BLOCK_STEPS = 10
LEARNING_RATE, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.999, 1e-8


def main():
    if ARGUMENTS.variant == "best" and ARGUMENTS.candidate is None:
        best_of_children()
        return
    import torch

    torch.set_num_threads(ARGUMENTS.threads)
    torch.manual_seed(0)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "nets.json"), encoding="utf8") as file:
        net = json.load(file)[ARGUMENTS.net]
    began = time.perf_counter()
    data = read_data(net["widths"][0])
    data_seconds = time.perf_counter() - began

    if ARGUMENTS.candidate == "*":
        torch.set_flush_denormal(True)
        print(json.dumps(try_all(net, data)))
        return
    name = ARGUMENTS.candidate or "eager"
    if name != "eager":
        torch.set_flush_denormal(True)
    line = measure(CANDIDATES[name](net, data), net, len(data), ARGUMENTS.seconds, data_seconds)
    line = {"peer": f"pytorch-{ARGUMENTS.variant}", "net": ARGUMENTS.net, "threads": ARGUMENTS.threads, **line}
    line.update(version=torch.__version__, candidate=name, sgemmGflops=sgemm_gflops())
    if "OPENBLAS_CORETYPE" in os.environ:
        line["openblasCoretype"] = os.environ["OPENBLAS_CORETYPE"]
    print(json.dumps(line))


# --- the tutorial --------------------------------------------------------------------------------------------------


def eager(net, data):
    """Floats in memory, rows by a shuffled index, `nn.Sequential`, Adam as it comes, a running loss by `item()`."""
    import torch

    examples = torch.from_numpy(data).float() / 255
    model = sequential(net)
    loss_of = loss_of_tutorials(model, net)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)

    def step(indices):
        x = examples[indices]
        optimizer.zero_grad()
        loss = loss_of(x)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


# --- the candidates for best ---------------------------------------------------------------------------------------


def autograd(
    optimizer_name, gather="float", compiled=None, traced=False, compile_optimizer=False, channels_last=False
):
    """A candidate that keeps autograd: which optimiser, which gather, what compiles the forward pass, how pictures lie."""

    def make(net, data):
        import torch

        batch = gatherer(data, net["batch"], gather)
        model = sequential(net)
        if channels_last:
            if "channels" not in net:
                raise ValueError("only pictures have channels")
            model = model.to(memory_format=torch.channels_last)
        optimizer = make_optimizer(optimizer_name, model)
        loss_of = WithLoss(model, net)
        if traced:
            # Nothing to compare with: a step that draws at random never comes out twice the same.
            loss_of = torch.jit.trace(loss_of, (batch(torch.arange(net["batch"])),), check_trace="kind" not in net)
        if compiled is not None:
            loss_of = torch.compile(loss_of, dynamic=False, mode=None if compiled == "default" else compiled)
        update = torch.compile(optimizer.step) if compile_optimizer else optimizer.step
        set_to_none = optimizer_name not in ("flat", "flat-fused")

        def step(indices):
            loss = loss_of(batch(indices))
            optimizer.zero_grad(set_to_none=set_to_none)
            loss.backward()
            update()
            return loss.detach()

        return step

    return make


def by_hand(gather="float", fused=False):
    """No autograd: backpropagation written out with preallocated results, one flat vector of parameters for Adam."""

    def make(net, data):
        import torch

        if "channels" in net or "kind" in net:
            raise ValueError("only plain dense nets are written out by hand")
        widths, rows = net["widths"], net["batch"]
        layers = len(widths) - 1
        batch = gatherer(data, rows, gather)
        flat, weights, biases = flat_parameters(sequential(net))
        gradient = torch.zeros_like(flat)
        weight_gradients, bias_gradients = views_like(gradient, weights, biases)
        adam = make_flat_adam(flat, gradient, fused)
        # [batch, width] of every layer's result, and of the gradient with respect to what goes into its nonlinearity.
        results = [torch.empty(rows, width) for width in widths[1:]]
        deltas = [torch.empty(rows, width) for width in widths[1:]]
        scale = 2 / (rows * widths[0])
        loss = torch.zeros(())

        def step(indices):
            x = batch(indices)
            h = x
            for i in range(layers):
                torch.addmm(biases[i], h, weights[i].t(), out=results[i])
                h = results[i].relu_() if i < layers - 1 else results[i].sigmoid_()
            difference = deltas[-1]
            torch.sub(h, x, out=difference)
            torch.mean(difference * difference, dim=(0, 1), out=loss)
            # Δ ⊙ σ'(z) = Δ ⊙ h(1 − h)
            difference.mul_(scale).mul_(h - h * h)
            for i in range(layers - 1, -1, -1):
                below = results[i - 1] if i > 0 else x
                torch.mm(deltas[i].t(), below, out=weight_gradients[i])
                torch.sum(deltas[i], 0, out=bias_gradients[i])
                if i > 0:
                    torch.mm(deltas[i], weights[i], out=deltas[i - 1])
                    deltas[i - 1].mul_(below > 0)
            adam()
            return loss

        def without_autograd(indices):
            with torch.no_grad():
                return step(indices)

        return without_autograd

    return make


CANDIDATES = {
    "eager": eager,
    "loop": autograd("loop"),
    "foreach": autograd("foreach"),
    "foreach, bytes": autograd("foreach", gather="bytes"),
    "fused": autograd("fused"),
    "flat": autograd("flat"),
    "flat, fused": autograd("flat-fused"),
    "foreach, traced": autograd("foreach", traced=True),
    "flat, traced": autograd("flat", traced=True),
    "fused, compiled": autograd("fused", compiled="default"),
    "fused, bytes, compiled": autograd("fused", gather="bytes", compiled="default"),
    "fused, compiled, max-autotune": autograd("fused", compiled="max-autotune"),
    "compiled, compiled Adam": autograd("foreach", compiled="default", compile_optimizer=True),
    "foreach, channels last": autograd("foreach", channels_last=True),
    "fused, channels last": autograd("fused", channels_last=True),
    "fused, compiled, channels last": autograd("fused", compiled="default", channels_last=True),
    "by hand": by_hand(),
    "by hand, bytes": by_hand(gather="bytes"),
    "by hand, fused": by_hand(fused=True),
    "by hand, fused, bytes": by_hand(gather="bytes", fused=True),
}


def sequential(net):
    from torch import nn

    widths = net["widths"]
    middle = len(widths) // 2
    if "channels" in net:
        return convolutional(net["channels"], widths[middle])
    if net.get("kind") == "variational":
        # The encoder ends in a mean and a logarithm of the variance for each number of the code.
        encoder = [*widths[:middle], 2 * widths[middle]]
        return nn.Sequential(*linear_and_relu(encoder)[:-1], *linear_and_relu(widths[middle:])[:-1])
    return nn.Sequential(*linear_and_relu(widths)[:-1], nn.Sigmoid())


def linear_and_relu(widths):
    from torch import nn

    return [module for i in range(len(widths) - 1) for module in (nn.Linear(widths[i], widths[i + 1]), nn.ReLU())]


def convolutional(channels, latent):
    """Stages of stride 2 and their mirror on pictures of 28×28, in rows of 784 numbers."""
    from torch import nn

    steps = list(zip([1, *channels], channels))
    side = 28 >> len(channels)
    modules = [nn.Unflatten(1, (1, 28, 28))]
    for inputs, outputs in steps:
        modules += [nn.Conv2d(inputs, outputs, 3, 2, 1), nn.ReLU()]
    size = channels[-1] * side * side
    modules += [nn.Flatten(), nn.Linear(size, latent), nn.ReLU(), nn.Linear(latent, size), nn.ReLU()]
    modules += [nn.Unflatten(1, (channels[-1], side, side))]
    for inputs, outputs in reversed(steps):
        modules += [nn.ConvTranspose2d(outputs, inputs, 3, 2, 1, 1), nn.ReLU()]
    modules[-1] = nn.Sigmoid()
    return nn.Sequential(*modules, nn.Flatten())


def WithLoss(model, net):  # noqa: N802 (a module, made late so that torch is imported after the thread counts are set)
    """The loss of a batch, from logits where there is a stable form."""
    import torch
    from torch.nn import functional

    class Module(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, x):
            if net.get("kind") != "variational":
                return functional.mse_loss(self.model(x), x)
            logits, kl = variational_pass(self.model, x)
            surprise = functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
            return (surprise + kl) / x.shape[0]

    return Module()


def loss_of_tutorials(model, net):
    """The same from what the decoder says after its sigmoid, as tutorials have it."""
    import torch
    from torch.nn import functional

    def variational(x):
        logits, kl = variational_pass(model, x)
        return (functional.binary_cross_entropy(torch.sigmoid(logits), x, reduction="sum") + kl) / x.shape[0]

    criterion = torch.nn.MSELoss()
    return variational if net.get("kind") == "variational" else lambda x: criterion(model(x), x)


def variational_pass(model, x):
    """Logits of the decoder, and the divergence from the standard normal, summed over the batch."""
    import torch

    # Halves of as many layers, each without a nonlinearity behind its last.
    middle = len(model) // 2
    mean, log_variance = model[:middle](x).chunk(2, dim=1)
    code = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
    kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
    return model[middle:](code), kl


def gatherer(data, rows, how):
    """`how`: 'float' gathers scaled floats; 'bytes' gathers a quarter as much memory and scales the batch."""
    import torch

    width = data.shape[1]
    if how == "float":
        floats = torch.from_numpy(data).float() / 255
        x = torch.empty(rows, width)
        return lambda indices: torch.index_select(floats, 0, indices, out=x)
    raw = torch.from_numpy(data)
    gathered = torch.empty(rows, width, dtype=torch.uint8)

    def batch(indices):
        torch.index_select(raw, 0, indices, out=gathered)
        return gathered.float().mul_(1 / 255)

    return batch


def make_optimizer(name, model):
    import torch

    parameters = list(model.parameters())
    if name == "fused":
        return torch.optim.Adam(parameters, lr=LEARNING_RATE, fused=True)
    if name == "foreach":
        return torch.optim.Adam(parameters, lr=LEARNING_RATE, foreach=True)
    if name == "loop":
        return torch.optim.Adam(parameters, lr=LEARNING_RATE, foreach=False)
    # Every parameter and gradient becomes a view into one vector: Adam then works on one tensor instead of a dozen.
    flat, weights, biases = flat_parameters(model)
    flat = torch.nn.Parameter(flat)
    flat.grad = torch.zeros_like(flat)
    weight_gradients, bias_gradients = views_like(flat.grad, weights, biases)
    for layer, weight, bias in zip(linear_layers(model), weight_gradients, bias_gradients):
        layer.weight.grad, layer.bias.grad = weight, bias
    return torch.optim.Adam([flat], lr=LEARNING_RATE, **({"fused": True} if name == "flat-fused" else {}))


def linear_layers(model):
    return [module for module in model if hasattr(module, "weight")]


def flat_parameters(model):
    """Moves the model's parameters into one vector; gives it, and the weights and biases as views into it."""
    import torch

    layers = linear_layers(model)
    flat = torch.cat([p.detach().reshape(-1) for layer in layers for p in (layer.weight, layer.bias)])
    weights, biases = views_like(flat, [layer.weight for layer in layers], [layer.bias for layer in layers])
    for layer, weight, bias in zip(layers, weights, biases):
        layer.weight.data, layer.bias.data = weight, bias
    return flat, weights, biases


def views_like(flat, weights, biases):
    weight_views, bias_views, at = [], [], 0
    for weight, bias in zip(weights, biases):
        weight_views.append(flat[at : at + weight.numel()].view(weight.shape))
        at += weight.numel()
        bias_views.append(flat[at : at + bias.numel()])
        at += bias.numel()
    return weight_views, bias_views


def make_flat_adam(flat, gradient, fused):
    import torch

    if fused:
        parameter = torch.nn.Parameter(flat)
        parameter.grad = gradient
        return torch.optim.Adam([parameter], lr=LEARNING_RATE, fused=True).step
    m, v, denominator = torch.zeros_like(flat), torch.zeros_like(flat), torch.zeros_like(flat)
    steps = 0

    def update():
        nonlocal steps
        steps += 1
        m.lerp_(gradient, 1 - BETA1)
        v.mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
        torch.sqrt(v, out=denominator)
        # p −= lr·m̂ / (√v̂ + ε), with both bias corrections folded into the step's size and ε.
        root = (1 - BETA2**steps) ** 0.5
        denominator.add_(EPSILON * root)
        flat.addcdiv_(m, denominator, value=-LEARNING_RATE * root / (1 - BETA1**steps))

    return update


def try_all(net, data):
    """Steps a second of every candidate in a short trial; those this PyTorch cannot run say why on stderr."""
    speeds = {}
    for name, make in CANDIDATES.items():
        try:
            speeds[name] = measure(make(net, data), net, len(data), min(1.0, ARGUMENTS.seconds / 3), 0)["stepsPerSecond"]
        except Exception as error:  # noqa: BLE001 (any failure only means: not on this version)
            print(f"pytorch.py: {name}: {type(error).__name__}: {str(error).splitlines()[0][:200]}", file=sys.stderr)
    return {"speeds": speeds, "openblas": uses_openblas()}


def best_of_children():
    """Tries all candidates with each core type that could help, then measures the winner in a fresh process."""
    trials = {}
    first = child({}, "*")
    trials[None] = first["speeds"]
    if first["openblas"] and has_avx512():
        trials["SKYLAKEX"] = child({"OPENBLAS_CORETYPE": "SKYLAKEX"}, "*")["speeds"]
    _, core, name = max(
        ((speed, core, name) for core, speeds in trials.items() for name, speed in speeds.items()), key=lambda t: t[0]
    )
    line = child({"OPENBLAS_CORETYPE": core} if core else {}, name)
    line["candidates"] = {
        f"{candidate}, {core}" if core else candidate: round(speed, 1)
        for core, speeds in trials.items()
        for candidate, speed in speeds.items()
    }
    print(json.dumps(line))


def child(environment, candidate):
    environment = {**os.environ, **environment}
    environment.pop("AUTOENCODER_BENCH_EXEC", None)
    command = [sys.executable, os.path.abspath(__file__), *sys.argv[1:], "--candidate", candidate]
    return json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout)


def uses_openblas():
    with open("/proc/self/maps", encoding="utf8") as file:
        return "openblas" in file.read() and not __import__("torch").backends.mkl.is_available()


def has_avx512():
    with open("/proc/cpuinfo", encoding="utf8") as file:
        return "avx512bw" in file.read()


# --- data and measurement, as in measure.mjs -----------------------------------------------------------------------


def read_data(width):
    import numpy

    if ARGUMENTS.data == "random":
        return random_bytes(EXAMPLES * width).reshape(EXAMPLES, width)
    data = numpy.load(ARGUMENTS.data)
    if data.dtype != numpy.uint8 or data.size % width != 0:
        raise SystemExit(f"--data: expected uint8 examples of {width} values, got {data.dtype} {list(data.shape)}")
    return data.reshape(-1, width)


def random_bytes(count):
    """The top byte of the linear congruential generator of Numerical Recipes, started at 1; by doubling."""
    import numpy

    states = numpy.empty(count, dtype=numpy.uint32)
    multiplier, increment, done = 1664525, 1013904223, 1
    states[0] = (multiplier + increment) % 2**32
    while done < count:
        # s(i + done) = multiplier · s(i) + increment, with the constants of `done` steps at once.
        take = min(done, count - done)
        numpy.multiply(states[:take], numpy.uint32(multiplier), out=states[done : done + take])
        states[done : done + take] += numpy.uint32(increment)
        increment = (multiplier * increment + increment) % 2**32
        multiplier = multiplier * multiplier % 2**32
        done += take
    return (states >> numpy.uint32(24)).astype(numpy.uint8)


def shuffled_batches(examples, batch):
    """Every example once an epoch, in a new order; the incomplete last batch is dropped."""
    import torch

    order, at = None, examples
    while True:
        if at + batch > examples:
            order, at = torch.randperm(examples), 0
        yield order[at : at + batch]
        at += batch


def measure(step, net, examples, seconds, data_seconds):
    batches = shuffled_batches(examples, net["batch"])
    loss = step(next(batches))
    start_to_first_step = seconds_since_process_start() - data_seconds
    for _ in range(WARM_UP_STEPS):
        step(next(batches))
    steps, elapsed, began = 0, 0.0, time.perf_counter()
    while elapsed < seconds:
        for _ in range(BLOCK_STEPS):
            loss = step(next(batches))
        steps += BLOCK_STEPS
        elapsed = time.perf_counter() - began
    return {
        "stepsPerSecond": steps / elapsed,
        "examplesPerSecond": steps / elapsed * net["batch"],
        "startToFirstStepSeconds": start_to_first_step,
        "peakMemoryMB": peak_memory_mb(),
        "finalLoss": float(loss),
    }


def peak_memory_mb():
    """The kernel's own high-water mark: `ru_maxrss` would inherit the parent's."""
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024


def sgemm_gflops():
    """What a 1024³ multiplication reaches: tells a slow BLAS from a slow framework."""
    import torch

    a, b = torch.rand(1024, 1024), torch.rand(1024, 1024)
    best = float("inf")
    for _ in range(8):
        began = time.perf_counter()
        torch.mm(a, b)
        best = min(best, time.perf_counter() - began)
    return round(2 * 1024**3 / best / 1e9, 1)


if __name__ == "__main__":
    main()
