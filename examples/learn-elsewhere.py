"""Goes on with a training by ONNX Runtime alone: no autoencoder package is needed.

    autoencoder train sensors --out sensors
    autoencoder export sensors --trainable --batch-size 64
    python learn-elsewhere.py sensors/trainable today.csv
    autoencoder import learned.npy --model sensors --out sensors-2.safetensors
"""
import sys

import numpy
import onnxruntime
import pandas

folder, file = sys.argv[1:]
session = onnxruntime.InferenceSession(f"{folder}/step.onnx")
metadata = session.get_modelmeta().custom_metadata_map
batch = int(metadata["batch_size"])
state = numpy.load(f"{folder}/state.npy")

table = pandas.read_csv(file)
own = {"index", "step", "learning_rate", "noise", "state"}
inputs = {column.name: column.type for column in session.get_inputs() if column.name not in own}
data = {
    name: table[name].fillna("").to_numpy(object) if kind == "tensor(string)" else table[name].to_numpy(numpy.float64)
    for name, kind in inputs.items()
}

random = numpy.random.default_rng(0)
noise = random.integers(2**32, size=2, dtype=numpy.uint32)
step = 0
for epoch in range(10):
    rows = random.permutation(len(table))
    index = rows[: len(rows) // batch * batch].reshape(-1, batch)
    feeds = {"index": index, "step": numpy.int64(step), "learning_rate": numpy.float32(1e-3), "noise": noise, "state": state}
    feeds = {name: numpy.asarray(value) for name, value in feeds.items()}
    state, loss = session.run(["next_state", "loss"], {**data, **feeds})
    step += len(index)
    print(f"epoch {epoch + 1}: loss {loss.mean():.4f}")
numpy.save("learned.npy", state)
