# SPDX-License-Identifier: Apache-2.0
"""The flow's rules once more, in numpy and integers, without Brevitas.

make_brevitas_goldens.py checks every golden against this file before it writes it: what the C++ has
to reproduce is then known to be computable from the rules alone. Floats are float32 and rounded after
every operation; integers are exact.
"""

import math

import numpy as np

TINY = np.float32(1e-9)


# ---- the graph: nodes in order of execution, each {name, kind, inputs, ...} ----------------------

TRANSPARENT = ("relu", "maxpool", "avgpool", "flatten", "subsample")
WEIGHTED = ("conv", "linear")


def regions(nodes):
    """Which convolutions are equalized together. [(sources, sinks)], in order of visit."""
    by_name = {node["name"]: node for node in nodes}
    users = {name: [node for node in nodes if name in node["inputs"]] for name in by_name}
    found = []
    for start in nodes:
        if start["kind"] not in WEIGHTED:
            continue
        sources, sinks, valid = {start["name"]}, set(), True
        walked, todo = set(), [("down", start["name"])]
        while todo:
            direction, name = todo.pop()
            if (direction, name) in walked:
                continue
            walked.add((direction, name))
            if direction == "down":  # `name` makes a value: who reads it?
                for user in users[name]:
                    if user["kind"] in WEIGHTED:
                        sinks.add(user["name"])
                    elif user["kind"] in TRANSPARENT:
                        todo.append(("down", user["name"]))
                    elif user["kind"] == "add":
                        todo += [("down", user["name"])] + [("up", operand) for operand in user["inputs"]]
                    else:
                        valid = False
            else:  # `name` is read by an add: who made it, and who else reads that?
                node = by_name[name]
                if node["kind"] in WEIGHTED:
                    sources.add(name)
                elif node["kind"] in TRANSPARENT or node["kind"] == "add":
                    todo += [("up", operand) for operand in node["inputs"]]
                else:
                    valid = False
                todo.append(("down", name))
        pair = (sorted(sources), sorted(sinks))
        if valid and sinks and pair not in found:
            found.append(pair)
    return found


def scales(nodes):
    """Who shares a scale. [{threshold, calls: [{of, signed}]}], calls in order of execution."""
    by_name = {node["name"]: node for node in nodes}
    group = {}  # tensor -> the group that quantizes it
    signed = {}

    def put(name, which, sign):
        group[name], signed[name] = which, sign

    for node in nodes:
        if node["kind"] == "input":
            put(node["name"], {"threshold": 128}, True)
        elif node["kind"] == "relu":
            put(node["name"], {"threshold": 256}, False)
    for node in nodes:
        if node["kind"] == "add":
            shared = {"threshold": 128}
            for operand in node["inputs"]:
                source = by_name[operand]
                while source["kind"] == "maxpool":
                    source = by_name[source["inputs"][0]]
                # A ReLU keeps its sign and borrows the scale; everything else becomes int8.
                put(source["name"], shared, source["kind"] != "relu")
        elif node["kind"] == "linear":
            put(node["inputs"][0], {"threshold": 128}, True)
            put(node["name"], {"threshold": 128}, True)
    ordered = []
    for node in nodes:
        which = group.get(node["name"])
        if which is None:
            continue
        if "calls" not in which:
            which["calls"] = []
            ordered.append(which)
        which["calls"].append({"of": node["name"], "signed": signed[node["name"]]})
    return ordered


# ---- floats -------------------------------------------------------------------------------------


def fold(weight, bias, gamma, beta, mean, variance, epsilon):
    gain = gamma / np.sqrt(variance + np.float32(epsilon))
    offset = -mean * gain + beta
    return weight * gain.reshape(-1, *[1] * (weight.ndim - 1)), offset if bias is None else bias * gain + offset


def source_range(weight, bias):
    flat = weight.reshape(len(weight), -1)
    if bias is None:
        return np.abs(flat).max(1)
    flat = np.where(np.abs(flat) <= TINY, TINY, flat)
    factors = np.abs(bias)[:, None] / np.abs(flat)
    median = np.sort(factors, axis=None)[(factors.size - 1) // 2]
    mean = factors.mean(dtype=np.float64)
    largest = np.abs(bias).max()
    if largest < 10 and largest / np.abs(flat).max() < 20:
        shrink = 5 if median > 100 or mean > 1000 else 2
    elif median > 30 or mean > 500:
        shrink = 20
    else:
        shrink = 10 if median > 15 or mean > 250 else 5
    return np.maximum(np.abs(flat).max(1), np.abs(bias / np.float32(shrink)))


def equalize(layers, found, limit=1000):
    """Changes layers[name] = [weight, bias] in place; returns max|1 - s| of every sweep."""
    history = []
    for _ in range(limit if found else 0):
        change = 0.0
        for sources, sinks in found:
            sink = np.max([np.abs(layers[n][0].swapaxes(0, 1).reshape(layers[n][0].shape[1], -1)).max(1) for n in sinks], 0)
            source = np.max([source_range(*layers[name]) for name in sources], 0)
            still = (sink <= TINY) | (source <= TINY)
            sink, source = np.where(still, np.float32(1), sink), np.where(still, np.float32(1), source)
            s = np.sqrt(sink) / np.sqrt(source)
            inverse = np.float32(1) / s
            for name in sources:
                weight, bias = layers[name]
                layers[name][0] = weight * s.reshape(-1, *[1] * (weight.ndim - 1))
                layers[name][1] = None if bias is None else bias * s
            for name in sinks:
                weight = layers[name][0]
                layers[name][0] = weight * inverse.reshape(1, -1, *[1] * (weight.ndim - 2))
            change = max(change, float(np.abs(np.float32(1) - s).max()))
        history.append(change)
        if change < 0.05:
            break
    return history


def statistic(tensor):
    """The 99.999th percentile as the flow takes it: one of the values, never between two."""
    flat = np.abs(tensor, dtype=np.float32).reshape(-1)
    rank = math.floor(0.01 * 99.999 * flat.size + 0.5)
    return max(np.partition(flat, rank - 1)[rank - 1], np.float32(1e-10))


class Average:
    def __init__(self):
        self.value, self.count = np.float32(0), 0

    def add(self, value):
        seen = self.count
        if seen == 0:
            self.value = value
        else:
            kept = self.value * np.float32(seen / (seen + 1))
            self.value = np.float32(kept + value / np.float32(seen + 1))
        self.count += 1


def log2(value):
    return float(np.float32(math.log2(float(value))))


# ---- integers -----------------------------------------------------------------------------------


def quantize_weight(weight):
    threshold = log2(max(np.abs(weight).max(), np.float32(1e-10)))
    exponent = math.ceil(threshold) - 7
    return np.clip(np.rint(weight / np.float32(2.0**exponent)), -128, 127).astype(np.int64), exponent, threshold


def quantize_bias(bias, exponent):
    return np.clip(np.rint(bias / np.float32(2.0**exponent)).astype(np.float64), -(2**31), 2**31 - 1).astype(np.int64)


def shift_right(value, by):
    """Round half to even; a negative shift is exact."""
    if by <= 0:
        return value << -by
    return (value + (1 << (by - 1)) - 1 + ((value >> by) & 1)) >> by


def convolve(x, weight, stride, padding):
    """Exact: float64 holds every integer that can occur."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding))).astype(np.float64)
    size, step = weight.shape[-1], stride
    rows, columns = (x.shape[2] - size) // step + 1, (x.shape[3] - size) // step + 1
    total = np.zeros((x.shape[0], weight.shape[0], rows, columns))
    for ky in range(size):
        for kx in range(size):
            part = x[:, :, ky : ky + step * rows : step, kx : kx + step * columns : step]
            total += np.einsum("nchw,oc->nohw", part, weight[:, :, ky, kx].astype(np.float64), optimize=True)
    return total.astype(np.int64)


def maximum(x, size, stride, padding):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=-(2**40))
    rows, columns = (x.shape[2] - size) // stride + 1, (x.shape[3] - size) // stride + 1
    return np.max([x[:, :, ky : ky + stride * rows : stride, kx : kx + stride * columns : stride]
                   for ky in range(size) for kx in range(size)], 0)


def execute(nodes, exponents, layers, inputs):
    """The integer network. exponents: tensor -> (exponent, signed); layers: name -> (w, e_w, b).

    Returns the codes of every quantized tensor.
    """
    value, exponent, codes = {}, {}, {}
    for node in nodes:
        name, kind = node["name"], node["kind"]
        operands = [value[operand] for operand in node["inputs"]]
        here = exponent[node["inputs"][0]] if operands else None
        if kind == "input":
            out = inputs
        elif kind == "conv":
            weight, e_w, bias = layers[name]
            out, here = convolve(operands[0], weight, node["stride"], node["padding"]), here + e_w
            out = out if bias is None else out + bias.reshape(1, -1, 1, 1)
        elif kind == "linear":
            weight, e_w, bias = layers[name]
            out, here = operands[0] @ weight.T + (0 if bias is None else bias), here + e_w
        elif kind == "add":
            assert here == exponent[node["inputs"][1]]
            out = operands[0] + operands[1]
        elif kind in ("maxpool", "subsample"):
            out = maximum(operands[0], node["size"], node["stride"], node["padding"])
        elif kind == "pad":
            out = np.pad(operands[0], ((0, 0), tuple(node["channels"]), (0, 0), (0, 0)))
        elif kind == "avgpool":  # a float32 number: the quantizer behind it rounds to int8
            total, area = operands[0].sum((2, 3)), operands[0].shape[2] * operands[0].shape[3]
            out, here = total.astype(np.float32) * np.float32(2.0**here) / np.float32(area), None
        else:  # relu (rectified by its clip below), flatten
            out = operands[0]
        if name in exponents:
            to, signed = exponents[name]
            low, high = (-128, 127) if signed else (0, 255)
            if out.dtype == np.float32:
                out = np.rint(out / np.float32(2.0**to)).clip(low, high).astype(np.int64)
            else:
                out = shift_right(out, to - here).clip(low, high)
            here, codes[name] = to, out
        value[name], exponent[name] = out, here
    return codes
