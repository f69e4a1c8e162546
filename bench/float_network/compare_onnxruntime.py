#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The float ResNet-50 against ONNX Runtime: same weights, same images, same threads.

Runs the benchmark binary and ONNX Runtime in turns, so that both see the same weather on the
machine, and compares their best times, each at its best batch size.
    "$(bench/python_env)" bench/float_network/compare_onnxruntime.py build/release/bench/float_network/float_network_bench
"""

import argparse
import json
import pathlib
import struct
import subprocess
import sys
import time

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

IMAGES = 64
WEIGHTS = pathlib.Path(__file__).resolve().parents[2] / "assets/resnet50-cifar10.safetensors"


def read_weights(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    kinds = {"F32": numpy.float32, "F16": numpy.float16}
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name == "__metadata__" or entry["dtype"] not in kinds:
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(data[begin:end], kinds[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"]).astype(numpy.float32)
    return tensors


class Network:
    """An ONNX graph that grows at its end; batch norms are merged as the tool does it."""

    def __init__(self, tensors):
        self.tensors, self.nodes, self.constants = tensors, [], []

    def node(self, kind, inputs, **attributes):
        output = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def conv(self, source, conv, norm, stride=1, relu=True):
        gamma, beta, mean, variance = (
            self.tensors[f"{norm}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
        )
        gain = gamma / numpy.sqrt(variance + numpy.float32(1e-5))
        weight = self.tensors[f"{conv}.weight"] * gain.reshape(-1, 1, 1, 1)
        kernel = weight.shape[2]
        output = self.node(
            "Conv",
            [source, self.constant(f"{conv}.weight", weight), self.constant(f"{conv}.bias", beta - mean * gain)],
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=[kernel // 2] * 4,
        )
        return self.node("Relu", [output]) if relu else output

    def bottleneck(self, source, name, stride):
        main = self.conv(source, f"{name}.conv1", f"{name}.bn1")
        main = self.conv(main, f"{name}.conv2", f"{name}.bn2", stride)
        main = self.conv(main, f"{name}.conv3", f"{name}.bn3", relu=False)
        if f"{name}.shortcut.0.weight" in self.tensors:
            source = self.conv(source, f"{name}.shortcut.0", f"{name}.shortcut.1", stride, relu=False)
        return self.node("Relu", [self.node("Add", [main, source])])


def build(tensors):
    network = Network(tensors)
    x = network.conv("images", "conv1", "bn1")
    for stage in range(1, 5):
        block = 0
        while f"layer{stage}.{block}.conv1.weight" in tensors:
            x = network.bottleneck(x, f"layer{stage}.{block}", 2 if stage > 1 and block == 0 else 1)
            block += 1
    x = network.node("Flatten", [network.node("GlobalAveragePool", [x])])
    weight = network.constant("linear.weight", tensors["linear.weight"])
    bias = network.constant("linear.bias", tensors["linear.bias"])
    x = network.node("Gemm", [x, weight, bias], transB=1)
    graph = helper.make_graph(
        network.nodes,
        "resnet50",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", 3, 32, 32])],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, ["N", 10])],
        network.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def session(model, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def classify(runtime, images, batch):
    begin = time.perf_counter()
    logits = [runtime.run(None, {"images": images[i : i + batch]})[0] for i in range(0, IMAGES, batch)]
    return 1e3 * (time.perf_counter() - begin), numpy.concatenate(logits)


def ours(binary, threads):
    """Milliseconds by chunk size, and the first image's logits."""
    command = [binary, f"--benchmark_filter=threads:{threads}/", "--benchmark_format=json"]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    times = {run["name"].split("/")[1]: run["real_time"] for run in report["benchmarks"]}
    return times, numpy.array([float(x) for x in report["context"]["logits"].split()], numpy.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", help="float_network_bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--limit", type=float, default=1.15, help="exit 3 where our time is more than this times theirs")
    options = parser.parse_args()

    model = build(read_weights(WEIGHTS))
    steps = numpy.arange(IMAGES * 3 * 32 * 32, dtype=numpy.int64) * 7919 % 256
    images = (steps.astype(numpy.float32) / 128 - 1).reshape(IMAGES, 3, 32, 32)
    print(f"ONNX Runtime {onnxruntime.__version__}, {IMAGES} images, milliseconds, best of {options.rounds}")
    failed = False
    for threads in options.threads:
        best = {"ours": {}, "theirs": {}}
        for _ in range(options.rounds):
            times, logits = ours(options.binary, threads)
            # Made anew each time: its threads spin, and must not while the other runs.
            runtime = session(model, threads)
            for batch in (1, 8, 16, 64):
                classify(runtime, images, batch)
                elapsed, theirs = classify(runtime, images, batch)
                best["theirs"][f"batch:{batch}"] = min(elapsed, best["theirs"].get(f"batch:{batch}", elapsed))
            del runtime
            for name, elapsed in times.items():
                best["ours"][name] = min(elapsed, best["ours"].get(name, elapsed))
            error = numpy.abs(theirs[0] - logits).max() / numpy.abs(logits).max()
            if not error <= 1e-4:
                sys.exit(f"the answers differ by {error:.2g}; their times say nothing")
        for name, times in best.items():
            print(f"{threads} threads, {name}: " + "  ".join(f"{k} {v:.1f}" for k, v in times.items()))
        ratio = min(best["ours"].values()) / min(best["theirs"].values())
        print(f"{threads} threads: ours / theirs = {ratio:.3f} (limit {options.limit}), logits agree to {error:.1g}")
        failed = failed or ratio > options.limit
    sys.exit(3 if failed else 0)


if __name__ == "__main__":
    main()
