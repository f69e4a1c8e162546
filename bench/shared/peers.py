#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime and OpenVINO on a quantized network, for the benchmarks' driver (compare.cpp).

Reads network.json and network.safetensors of a folder, writes them as an ONNX model with
QuantizeLinear and DequantizeLinear around every layer, and answers one line of JSON for each
line of its input. Ends with an error where an answer does not agree with the expected codes,
or where OpenVINO does not run every convolution in int8.
"""

import json
import pathlib
import struct
import sys
import time

import numpy
import onnx
import onnxruntime
import openvino
from onnx import TensorProto, helper, numpy_helper

LEAST_CORRELATION = 0.97  # both round half to even, the expected codes half up; fifty layers on
DTYPES = {"int8": numpy.int8, "uint8": numpy.uint8, "int32": numpy.int32}


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    kinds = {"I8": numpy.int8, "I32": numpy.int32}
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            values = numpy.frombuffer(data[begin:end], kinds[entry["dtype"]])
            tensors[name] = values.reshape(entry["shape"])
    return tensors


class Model:
    """The ONNX graph, node by node of the network."""

    def __init__(self, network, tensors):
        self.nodes, self.constants, self.tensors = [], [], tensors
        self.entries = entries = network["nodes"]
        self.readers = {i: [e for e in entries if i in e["inputs"]] for i in range(len(entries))}
        self.values = []
        for index, entry in enumerate(entries):
            self.values.append(self.add(index, entry))
        first, last = entries[0], entries[-1]
        shape = ["n"] + (last["shape"] if last["op"] != "linear" else last["shape"][:1])
        output = helper.make_tensor_value_info(self.values[-1], TensorProto.FLOAT, shape)
        source = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["n"] + first["shape"])
        graph = helper.make_graph(self.nodes, "network", [source], [output], self.constants)
        self.proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
        self.proto.ir_version = 8
        onnx.checker.check_model(self.proto)
        self.input, self.output = first, last

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(numpy.asarray(values), name))
        return name

    def node(self, kind, inputs, **attributes):
        output = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def scale(self, exponent, element):
        name = f"scale_{len(self.constants)}"
        return [
            self.constant(name, numpy.float32(2.0**exponent)),
            self.constant(name + "_zero", DTYPES[element](0)),
        ]

    def quantized(self, value, exponent, element):
        if element == "uint8":
            value = self.node("Relu", [value])
        scale = self.scale(exponent, element)
        return self.node("DequantizeLinear", [self.node("QuantizeLinear", [value, *scale]), *scale])

    def weights(self, entry):
        name, exponent = entry["name"], entry["e_w"]
        weight = self.tensors[name + ".weight"]
        scale = self.scale(exponent, "int8")
        bias = self.tensors[name + ".bias"] * numpy.float32(2.0 ** (exponent + entry["e_x"]))
        return [
            self.node("DequantizeLinear", [self.constant(name + ".weight", weight), *scale]),
            self.constant(name + ".bias", bias.astype(numpy.float32)),
        ]

    def add(self, index, entry):
        sources = [self.values[i] for i in entry["inputs"]]
        kind, element, exponent = entry["op"], entry["element"], entry["exponent"]
        if kind == "input":
            scale = self.scale(exponent, element)
            return self.node(
                "DequantizeLinear", [self.node("QuantizeLinear", ["input", *scale]), *scale]
            )
        if kind == "conv2d":
            padding = [entry["padding"]] * 4
            strides = [entry["stride"]] * 2
            value = self.node("Conv", sources + self.weights(entry), pads=padding, strides=strides)
            if element != "int32":
                return self.quantized(value, exponent, element)
            # Of two wide operands the projection is quantized before the sum, as is usual: the
            # peers would be slower otherwise.
            (add,) = self.readers[index]
            (other,) = (i for i in add["inputs"] if i != index)
            if self.entries[other]["element"] == "int32" and other < index:
                return self.quantized(value, add["exponent"] + 1, "int8")
            return value
        if kind == "add":
            return self.quantized(self.node("Add", sources), exponent, element)
        if kind == "max_pool":
            kernel, strides = [entry["kernel"]] * 2, [entry["stride"]] * 2
            padding = [entry["padding"]] * 4
            return self.node("MaxPool", sources, kernel_shape=kernel, strides=strides, pads=padding)
        if kind == "global_average_pool":
            pooled = self.node("GlobalAveragePool", sources)
            return self.quantized(pooled, exponent, element)
        if kind == "linear":
            flat = self.node("Flatten", sources)
            weight, bias = self.weights(entry)
            return self.node("Gemm", [flat, weight, bias], transB=1)
        sys.exit(f"peers.py has no operation '{kind}'")


def run_onnxruntime(proto, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        proto.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return lambda values: session.run(None, {"input": values})[0]


def run_openvino(path, threads, images, shape, precisions=("u8", "i8")):
    core = openvino.Core()
    model = core.read_model(path)
    model.reshape({model.inputs[0]: [images] + shape})
    config = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY"}
    if "f32" in precisions:
        config["INFERENCE_PRECISION_HINT"] = "f32"  # else it takes bfloat16 where there is AMX
    compiled = core.compile_model(model, "CPU", config)
    executed = []
    for operation in compiled.get_runtime_model().get_ops():
        facts = {k: str(v.value if hasattr(v, "value") else v) for k, v in operation.get_rt_info().items()}
        if "Convolution" in facts.get("layerType", ""):
            executed.append((facts["runtimePrecision"], facts["primitiveType"]))
    wrong = [p for p, _ in executed if p.lower() not in precisions]
    if wrong or not executed:
        sys.exit(f"OpenVINO does not run in {' or '.join(precisions)}: {executed}")
    request = compiled.create_infer_request()

    def run(values):
        request.infer([openvino.Tensor(values, shared_memory=True)], share_inputs=True)
        return request.get_output_tensor(0).data

    return run, sorted({primitive for _, primitive in executed})


class Server:
    def __init__(self, folder):
        network = json.loads((folder / "network.json").read_text())
        self.model = Model(network, read_safetensors(folder / "network.safetensors"))
        self.path = folder / "network.onnx"
        onnx.save(self.model.proto, self.path)
        self.codes = numpy.frombuffer((folder / "input").read_bytes(), DTYPES[self.model.input["element"]])
        self.expected = numpy.frombuffer(
            (folder / "expected").read_bytes(), DTYPES[self.model.output["element"]]
        )
        self.runs = {}
        self.findings = []

    def values(self, images):
        shape = self.model.input["shape"]
        one = self.codes.reshape(shape) * numpy.float32(2.0 ** self.model.input["exponent"])
        return numpy.repeat(one[None], images, axis=0)

    def runner(self, name, images, threads):
        key = (name, images, threads)
        if key not in self.runs:
            if name == "onnxruntime":
                self.runs[key] = run_onnxruntime(self.model.proto, threads)
            else:
                run, primitives = run_openvino(self.path, threads, images, self.model.input["shape"])
                self.runs[key] = run
                self.findings.append(f"OpenVINO executes {', '.join(primitives)}")
        return self.runs[key]

    def check(self):
        versions = {"onnxruntime": onnxruntime.__version__, "openvino": openvino.__version__}
        for name, version in versions.items():
            got = self.runner(name, 1, 1)(self.values(1)).reshape(-1)
            correlation = numpy.corrcoef(got, self.expected.reshape(-1))[0, 1]
            self.findings.append(f"{name} {version}: correlation {correlation:.4f}")
            if not correlation >= LEAST_CORRELATION:
                sys.exit(f"{name} disagrees: correlation {correlation}")
        return {"names": list(versions), "findings": self.findings}

    def time(self, question):
        run = self.runner(question["name"], question["images"], question["threads"])
        values = self.values(question["images"])
        clock = time.process_time if question["clock"] == "cpu" else time.perf_counter
        run(values)
        samples, end = [], time.perf_counter() + question["budget"]
        while not samples or time.perf_counter() < end:
            start = clock()
            run(values)
            samples.append(clock() - start)
        return samples


def main():
    server = Server(pathlib.Path(sys.argv[1]))
    for line in sys.stdin:
        answer = server.check() if line.strip() == "check" else server.time(json.loads(line))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
