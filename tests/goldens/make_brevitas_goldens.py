#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What real Brevitas computes on parts of real networks, recorded for the parity tests.

The flow is the published example's (flexml backend, power-of-two scales, 99.999th percentile, int32
biases). Only its square root is replaced: torch's is off by one ulp for some inputs on some machines,
and a golden must not depend on that. See README.md.
"""

import argparse
import hashlib
import json
import math
import pathlib
import sys
import warnings

import numpy as np
import torch

PATCHED = "--native-square-root" not in sys.argv
if PATCHED:  # before Brevitas is imported: it may keep references
    _sqrt, _pow = torch.sqrt, torch.pow

    def _exact_root(x):
        return _sqrt(x.double()).float() if x.dtype == torch.float32 else _sqrt(x)

    torch.sqrt = lambda x, **kwargs: _exact_root(x)
    torch.pow = lambda x, y, **kwargs: _exact_root(x) if isinstance(y, float) and y == 0.5 else _pow(x, y, **kwargs)

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "training"), str(HERE)]
warnings.filterwarnings("ignore")

import brevitas  # noqa: E402
import brevitas.graph.equalize as equalize_module  # noqa: E402
from brevitas.fx import map_arg  # noqa: E402
from brevitas.graph.target.flexml import preprocess_for_flexml_quantize  # noqa: E402
from brevitas_examples.imagenet_classification.ptq.ptq_common import calibrate, quantize_model  # noqa: E402
from safetensors import safe_open  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

import rules  # noqa: E402
from resnet import Architecture, PadChannels, ResNet  # noqa: E402
from split import Split  # noqa: E402

FLOW = {
    "backend": "flexml",
    "scale_factor_type": "po2_scale",
    "bias_bit_width": 32,
    "weight_bit_width": 8,
    "weight_narrow_range": False,
    "weight_param_method": "stats",
    "weight_quant_granularity": "per_tensor",
    "weight_quant_type": "sym",
    "layerwise_first_last_bit_width": 8,
    "act_bit_width": 8,
    "act_param_method": "stats",
    "act_quant_percentile": 99.999,
    "act_quant_type": "sym",
    "quant_format": "int",
}
STAGES = {"conv2_x": "layer1", "conv3_x": "layer2", "conv4_x": "layer3", "conv5_x": "layer4"}


# ---- networks -----------------------------------------------------------------------------------


class PooledSubsample(PadChannels):
    """Brevitas' quantized tensors cannot be sliced; a 1x1 max pool picks the same pixels."""

    def forward(self, x):
        return functional.pad(functional.max_pool2d(x, 1, self.stride), self.padding)


def load(network, path):
    if path.suffix == ".safetensors":
        with safe_open(path, "pt") as file:
            state = {name: file.get_tensor(name).float() for name in file.keys()}
    else:
        state = torch.load(path, weights_only=True)
    missing, unexpected = network.load_state_dict(state, strict=False)
    assert not unexpected and all(name.endswith("num_batches_tracked") for name in missing)
    for module in network.modules():
        if isinstance(module, PadChannels):
            module.__class__ = PooledSubsample
    return network.eval()


class Run(nn.Module):
    """Modules of a network, one after the other, under their own names."""

    def __init__(self, network, names):
        super().__init__()
        self.names = names
        for name in names:
            self.add_module(name, getattr(network, name))

    def forward(self, x):
        for name in self.names:
            x = getattr(self, name)(x)
        return x


def cut(network, offload):
    """-> what is before the offloaded part, and that part."""
    if offload == "all":
        return nn.Sequential(), network
    if hasattr(network, "aie"):
        return network.first, network.aie
    wanted = [STAGES[stage] for stage in offload.split(",")]
    before = network.stages[: network.stages.index(wanted[0])]
    return Run(network, ["conv1", "bn1", "relu", "maxpool", *before]), Run(network, wanted)


def make_split(path, source, width, bias):
    """The published split with realistic weights: a trained conv2_x, its batch norms folded in and its
    channels unevenly rescaled (which the function does not notice, but the quantizer does)."""
    torch.manual_seed(7)
    trained, result = load(ResNet(RESNET50), source), Split(width, (1, 1, 1), (4, 4, 4), bias)
    state = {name: value.clone() for name, value in result.state_dict().items()}
    uneven = lambda count: torch.exp2(torch.randn(count) * 0.7)
    for index in range(3):
        block, scale = trained.layer1[index], [uneven(width), uneven(width)]
        names = [("conv1", "bn1"), ("conv2", "bn2"), ("conv3", "bn3")]
        for position, (conv, norm) in enumerate(names):
            copy_folded(state, f"aie.layer{index + 1}.{conv}", getattr(block, conv), getattr(block, norm),
                        scale[position] if position < 2 else None, scale[position - 1] if position else None)
        if index == 0:
            copy_folded(state, "aie.layer1.shortcut.0", block.shortcut[0], block.shortcut[1], None, None)
    for name in ("weight", "bias", "running_mean", "running_var"):
        state[f"first.bn1.{name}"] = getattr(trained.bn1, name)[:width].clone()
    state["first.conv1.weight"] = trained.conv1.weight.data[:width].clone()
    state = {k: v.half() if v.dim() > 1 or k.startswith(("aie", "post.linear")) else v for k, v in state.items()
             if not k.endswith("num_batches_tracked")}
    save_file({k: v.contiguous() for k, v in state.items()}, path)


def copy_folded(state, name, conv, norm, out_scale, in_scale):
    gain = norm.weight.data / (norm.running_var + norm.eps).sqrt()
    weight, bias = conv.weight.data * gain.reshape(-1, 1, 1, 1), norm.bias.data - norm.running_mean * gain
    outputs, inputs = state[f"{name}.weight"].shape[:2]
    weight, bias = weight[:outputs, :inputs].clone(), bias[:outputs].clone()
    if out_scale is not None:
        weight, bias = weight * out_scale.reshape(-1, 1, 1, 1), bias * out_scale
    if in_scale is not None:
        weight = weight / in_scale.reshape(1, -1, 1, 1)
    state[f"{name}.weight"] = weight
    if f"{name}.bias" in state:
        state[f"{name}.bias"] = bias


def images(path, count, size):
    """The first records of a CIFAR batch (the middle of each image), normalised to -1..1."""
    records = np.fromfile(path, np.uint8, count * 3073).reshape(count, 3073)
    pixels = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32).astype(np.float32))
    edge = (32 - size) // 2
    return ((pixels / 255 - 0.5) / 0.5)[:, :, edge : 32 - edge, edge : 32 - edge].contiguous()


# ---- observing Brevitas --------------------------------------------------------------------------


class Equalization:
    """Listens to the equalization: its regions, and how far each sweep still moved."""

    def __enter__(self):
        self.regions, self.moved = [], []
        self.extract, self.visit = equalize_module._extract_regions, equalize_module._cross_layer_equalization

        def extract(*args, **kwargs):
            found = self.extract(*args, **kwargs)
            self.regions = [(sorted(region.srcs_names), sorted(region.sinks_names)) for region in found]
            return found

        def visit(*args, **kwargs):
            factors, rewriters = self.visit(*args, **kwargs)
            self.moved.append(float((1 - factors).abs().max()))
            return factors, rewriters

        equalize_module._extract_regions, equalize_module._cross_layer_equalization = extract, visit
        return self

    def __exit__(self, *_):
        equalize_module._extract_regions, equalize_module._cross_layer_equalization = self.extract, self.visit

    def sweeps(self):
        count = len(self.regions)
        return [max(self.moved[at : at + count]) for at in range(0, len(self.moved), count)] if count else []


def modules_of(graph_module):
    return dict(graph_module.named_modules(remove_duplicate=False))


def describe(graph_module):
    """The traced graph as plain nodes, named as in the checkpoint. Also: fx name -> node name."""
    modules, nodes, names = modules_of(graph_module), [], {}

    def block_of(fx):  # an add or an option-A shortcut belongs to the block whose ReLU comes next
        while not (fx.op == "call_module" and isinstance(modules[fx.target], nn.ReLU)):
            fx = next(iter(fx.users))
        return fx.target.rsplit(".", 1)[0]

    for fx in graph_module.graph.nodes:
        node = {"name": str(fx.target), "kind": None, "inputs": [names[i.name] for i in fx.all_input_nodes]}
        module = modules.get(fx.target) if fx.op == "call_module" else None
        if fx.op == "placeholder":
            node.update(name="input", kind="input")
        elif fx.op == "output":
            node.update(name="output", kind="output")
        elif isinstance(module, nn.Conv2d):
            node.update(kind="conv", stride=module.stride[0], padding=module.padding[0])
        elif isinstance(module, nn.Linear):
            node.update(kind="linear")
        elif isinstance(module, nn.ReLU):
            node.update(kind="relu")
        elif isinstance(module, nn.MaxPool2d):
            one = lambda value: value[0] if isinstance(value, tuple) else value
            size, stride, padding = one(module.kernel_size), one(module.stride), one(module.padding)
            if size == 1:
                node.update(name=block_of(fx) + ".subsample")
            node.update(kind="subsample" if size == 1 else "maxpool", size=size, stride=stride, padding=padding)
        elif isinstance(module, (nn.AvgPool2d, nn.AdaptiveAvgPool2d)):
            node.update(kind="avgpool")
        elif "flatten" in str(fx.target):
            node.update(name="flatten", kind="flatten")
        elif "pad" in str(fx.target):
            node.update(name=block_of(fx) + ".shortcut", kind="pad", channels=list(fx.args[1][4:6]))
        elif "add" in str(fx.target):
            node.update(name=block_of(fx) + ".add", kind="add")
        assert node["kind"], f"unknown node {fx.op} {fx.target}"
        names[fx.name] = node["name"]
        nodes.append(node)
    return nodes, names


def quantizers(graph_module, names):
    """[(name of the quantized tensor, fx node, module)] in order of execution."""
    modules, found = modules_of(graph_module), []
    for fx in graph_module.graph.nodes:
        if fx.op == "call_module" and hasattr(modules[fx.target], "act_quant"):
            of = names[fx.name] if fx.name in names else names[fx.all_input_nodes[0].name]
            found.append((of, fx, modules[fx.target]))
            names.setdefault(fx.name, of)
    return found


class Recorder:
    """Runs the quantized graph node by node and keeps what each node made."""

    def __init__(self, graph_module):
        self.graph_module, self.made = graph_module, {}

    def run(self, inputs):
        modules = modules_of(self.graph_module)
        for node in self.graph_module.graph.nodes:
            args, kwargs = map_arg((node.args, node.kwargs), lambda other: self.made[other.name])
            if node.op == "placeholder":
                value = inputs
            elif node.op == "output":
                return args[0]
            elif node.op == "call_module":
                value = modules[node.target](*args, **kwargs)
            else:
                assert node.op == "call_function"
                value = node.target(*args, **kwargs)
            self.made[node.name] = value


def exponent_of(scale):
    exponent = math.log2(float(scale))
    assert exponent == int(exponent), f"scale {float(scale)} is no power of two"
    return int(exponent)


# ---- one golden ---------------------------------------------------------------------------------


def digest(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def narrow(codes, signed):
    return codes.astype(np.int8 if signed else np.uint8)


def make(case, data, out):
    network = load(case["make"](), case["file"])
    before, part = cut(network, case["offload"])
    training = images(data / "data_batch_1.bin", 256, case["size"])
    shown = images(data / "test_batch.bin", 2, case["size"])
    with torch.no_grad():
        reference = part(before(shown))
        example = before(training[:1])
    original = {name: value.clone().numpy() for name, value in part.state_dict().items() if value.dim()}
    epsilons = {name: module.eps for name, module in part.named_modules() if isinstance(module, nn.BatchNorm2d)}
    norm_of = pair_norms(part)

    # 1. the real flow
    with Equalization() as heard:
        folded = preprocess_for_flexml_quantize(
            part, torch.ones_like(example), equalize_iters=1000, equalize_merge_bias=True, merge_bn=True)
    nodes, names = describe(folded)
    quantized = quantize_model(folded, **FLOW).eval()
    found = quantizers(quantized, names)
    calls, handles = {}, []  # what each scale's quantizers see, in order of the calls
    for of, fx, module in found:
        impl = module.act_quant.fused_activation_quant_proxy.tensor_quant.scaling_impl
        calls.setdefault(id(impl), []).append((of, module, impl))
    seen = {key: rules.Average() for key in calls}
    for key, members in calls.items():
        for module in {id(m): m for _, m, _ in members}.values():
            rectify = isinstance(module, brevitas.nn.QuantReLU)
            handles.append(module.register_forward_pre_hook(
                lambda _m, args, key=key, rectify=rectify: seen[key].add(
                    rules.statistic(np.maximum(args[0].numpy(), 0) if rectify else args[0].numpy()))))
    whole = nn.Sequential(before, quantized).eval()
    calibrate([(training[at : at + 64], None) for at in range(0, 256, 64)], whole)
    whole.eval()
    for handle in handles:
        handle.remove()
    with torch.no_grad():
        inputs = before(shown)
        recorder = Recorder(quantized)
        output = recorder.run(inputs)
    modules = modules_of(quantized)

    # 2. what it decided
    groups, exponents = [], {}
    for key, members in calls.items():
        impl = members[0][2]
        level = float(impl.value.detach())
        assert level == rules.log2(seen[key].value), "the running average differs from the rules"
        exponent = exponent_of(members[0][1].act_quant.scale())
        for of, module, _ in members:
            assert exponent_of(module.act_quant.scale()) == exponent
            exponents[of] = (exponent, bool(module.act_quant.is_signed))
        groups.append({
            "exponent": exponent,
            "log2_threshold": level,
            "threshold": 2 ** (math.ceil(level) - exponent),
            "margin": abs(level - round(level)),
            "calls": [{"of": of, "signed": bool(module.act_quant.is_signed)} for of, module, _ in members],
        })
    weighted = [node["name"] for node in nodes if node["kind"] in rules.WEIGHTED]
    input_of = {node["name"]: node["inputs"][0] for node in nodes if node["kind"] in rules.WEIGHTED}
    tensors, layers, integers, floats = {}, {}, {}, {}
    for name in weighted:
        module = modules[name]
        weight = module.quant_weight()
        floats[name] = [module.weight.detach().numpy(), None if module.bias is None else module.bias.detach().numpy()]
        e_w, (q, own_e_w, level) = exponent_of(weight.scale), rules.quantize_weight(floats[name][0])
        theirs = weight.int(float_datatype=False).numpy()
        assert e_w == own_e_w and np.array_equal(theirs, q), name
        source = input_of[name]
        while source not in exponents:
            source = next(node for node in nodes if node["name"] == source)["inputs"][0]
        e_x, bias = exponents[source][0], None
        if module.bias is not None:
            quantized_bias = module.bias_quant(module.bias, recorder_input(recorder, quantized, name), weight)
            assert exponent_of(quantized_bias.scale) == e_w + e_x, name
            bias = np.clip((quantized_bias.value / quantized_bias.scale).detach().numpy().astype(np.float64), -(2**31), 2**31 - 1)
            assert np.array_equal(bias, rules.quantize_bias(floats[name][1], e_w + e_x)), name
            bias = bias.astype(np.int64)
        integers[name] = (q, e_w, bias)
        full = case["prefix"] + name
        tensors[f"{full}.weight"] = torch.from_numpy(q.astype(np.int8))
        if bias is not None:
            tensors[f"{full}.bias"] = torch.from_numpy(bias.astype(np.int32))
        if case["floats"]:
            tensors[f"{full}.float_weight"] = torch.from_numpy(floats[name][0].copy())
            if bias is not None:
                tensors[f"{full}.float_bias"] = torch.from_numpy(floats[name][1].copy())
        reach = 255 * np.abs(q).reshape(len(q), -1).sum(1) + (0 if bias is None else np.abs(bias))
        assert reach.max() < 2**24, "float32 accumulation would no longer be exact"
        layers[full] = {
            "e_x": e_x, "e_w": e_w, "log2_threshold": level, "margin": abs(level - round(level)),
            "float_weight_sha256": digest(floats[name][0]),
            "float_bias_sha256": None if bias is None else digest(floats[name][1]),
            "largest_bias": None if bias is None else int(np.abs(bias).max()),
            "largest_accumulator": int(reach.max()),
        }

    # 3. the rules alone must say the same
    assert rules.regions(nodes) == heard.regions, (rules.regions(nodes), heard.regions)
    strip = lambda groups: [{"threshold": g["threshold"], "calls": g["calls"]} for g in groups]
    assert strip(rules.scales(nodes)) == strip(groups), (rules.scales(nodes), strip(groups))
    own = {name: folded_again(original, name, norm_of, epsilons) for name in weighted}
    history = rules.equalize(own, heard.regions)
    assert np.array_equal(np.float32(history), np.float32(heard.sweeps())) or not PATCHED
    for name in weighted if PATCHED else []:
        for mine, theirs in zip(own[name], floats[name]):
            assert (mine is None and theirs is None) or np.array_equal(mine, theirs), f"{name}: equalized floats differ"
    codes = rules.execute(nodes, exponents, integers, inputs.numpy())
    entries = {}
    for of, fx, module in found:
        made = recorder.made[fx.name]
        value = (made.value if hasattr(made, "scale") else made).numpy()
        theirs = np.rint(value / np.float32(2.0 ** exponents[of][0]))
        assert np.array_equal(theirs, codes[of]), f"{of}: integer codes differ from the rules"
        entry = narrow(codes[of], exponents[of][1])
        stored = case["codes"] or (of == found[-1][0] and case["output"])
        if stored:
            tensors[f"codes.{of}"] = torch.from_numpy(entry[: 2 if of == "input" else 1].copy())
        entries[of] = {"exponent": exponents[of][0], "signed": exponents[of][1], "shape": list(entry.shape),
                       "sha256": digest(entry), "stored_images": 0 if not stored else len(tensors[f"codes.{of}"])}
    home = case["name"] if case["input"] else case["input_in"]
    if case["input"]:
        tensors["input"] = inputs.contiguous()
    elif home and (out / f"{home}.safetensors").exists():
        with safe_open(out / f"{home}.safetensors", "pt") as file:
            assert torch.equal(file.get_tensor("input"), inputs)
    noise = float(((output - reference) ** 2).sum())
    sqnr = 10 * math.log10(float((reference**2).sum()) / noise)

    # 4. the files
    card = {
        "schema": 1,
        "name": case["name"],
        "checkpoint": str(case["file"].relative_to(ROOT)) if case["file"].is_relative_to(ROOT) else case["file"].name,
        "offload": case["offload"],
        "torch": torch.__version__.split("+")[0],
        "brevitas": brevitas.__version__,
        "square_root": "float64, rounded to float32 (torch's own is not IEEE everywhere)" if PATCHED else "torch",
        "calibration": {"images": 256, "batch": 64, "data": "data_batch_1.bin, in order", "mean": 0.5, "std": 0.5,
                        "size": case["size"]},
        "shown": "the first two images of test_batch.bin",
        "input": {"shape": list(inputs.shape), "sha256": digest(inputs.numpy()), "stored_in": home},
        "prefix": case["prefix"],
        "sqnr_db": round(sqnr, 3),
        "sweeps": [float(np.float32(value)) for value in heard.sweeps()],
        "regions": [{"sources": sources, "sinks": sinks} for sources, sinks in heard.regions],
        "scales": groups,
        "layers": layers,
        "tensors": entries,
        "nodes": nodes,
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{case['name']}.json").write_text(readable(card))
    save_file(tensors, out / f"{case['name']}.safetensors")
    print(f"{case['name']}: {len(groups)} scales, {len(heard.regions)} regions, {len(history)} sweeps, "
          f"SQNR {sqnr:.2f} dB, least margin {min(g['margin'] for g in groups):.4f}", flush=True)


def recorder_input(recorder, graph_module, target):
    fx = next(n for n in graph_module.graph.nodes if n.op == "call_module" and n.target == target)
    return recorder.made[fx.all_input_nodes[0].name]


def pair_norms(part):
    """conv name -> batch norm name, by the naming of the blocks."""
    pairs = {}
    for name, module in part.named_modules():
        if isinstance(module, nn.Conv2d):
            head, leaf = name.rpartition(".")[::2]
            norm = f"{head}.{leaf.replace('conv', 'bn')}" if leaf.startswith("conv") else f"{head}.1"
            norm = norm.removeprefix(".")
            if isinstance(dict(part.named_modules()).get(norm), nn.BatchNorm2d):
                pairs[name] = norm
    return pairs


def folded_again(original, name, norm_of, epsilons):
    weight, bias = original[f"{name}.weight"], original.get(f"{name}.bias")
    if name not in norm_of:
        return [weight, bias]
    norm = norm_of[name]
    values = [original[f"{norm}.{key}"] for key in ("weight", "bias", "running_mean", "running_var")]
    return list(rules.fold(weight, bias, *values, epsilons[norm]))


def readable(card):
    """One entry of a table per line: a diff then shows what moved."""
    def table(value):
        if isinstance(value, dict):
            return "{\n" + ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items()) + "\n }"
        return "[\n" + ",\n".join(f"  {json.dumps(v)}" for v in value) + "\n ]"

    tables = ("regions", "scales", "layers", "tensors", "nodes")
    lines = (f" {json.dumps(k)}: {table(v) if k in tables and v else json.dumps(v)}" for k, v in card.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


RESNET50 = Architecture("bottleneck", (3, 4, 6, 3), (64, 128, 256, 512))
RESNET18 = Architecture("basic", (2, 2, 2, 2), (16, 32, 64, 128))
RESNET20 = Architecture("basic", (3, 3, 3), (16, 32, 64), (1, 2, 2), "A")
TORCHVISION = Architecture("basic", (2, 1, 1, 1), (8, 8, 16, 16), (1, 2, 2, 2), "projection", "7x7", "torchvision", 7)
BOTTLENECK = Architecture("bottleneck", (1, 2, 1, 1), (4, 8, 8, 16))


def cases(options, out):
    def case(name, file, make, offload, **more):
        return {"name": name, "file": file, "make": make, "offload": offload, "prefix": "", "floats": False,
                "codes": False, "output": True, "input": False, "input_in": None, "size": 32, **more}

    big, nets, floats = options.resnet50, HERE / "nets", HERE / "float"
    fifty, eighteen, twenty = (lambda: ResNet(RESNET50)), (lambda: ResNet(RESNET18)), (lambda: ResNet(RESNET20))
    small = {"floats": True, "codes": True, "input": True}
    yield case("resnet50-conv2_x", big, fifty, "conv2_x", input=True)
    yield case("resnet50-conv2_x-conv3_x", big, fifty, "conv2_x,conv3_x", input_in="resnet50-conv2_x", output=False)
    yield case("resnet18-conv2_x", nets / "resnet18-w16.safetensors", eighteen, "conv2_x", **small)
    yield case("resnet18-conv3_x", nets / "resnet18-w16.safetensors", eighteen, "conv3_x", input=True, codes=True)
    yield case("resnet18-conv2_x-conv3_x", nets / "resnet18-w16.safetensors", eighteen, "conv2_x,conv3_x",
               input_in="resnet18-conv2_x")
    yield case("resnet18-all", nets / "resnet18-w16.safetensors", eighteen, "all", input=True)
    yield case("resnet20-conv2_x", nets / "resnet20-a.safetensors", twenty, "conv2_x", input=True)
    yield case("resnet20-conv3_x", nets / "resnet20-a.safetensors", twenty, "conv3_x", codes=True)
    yield case("resnet20-conv2_x-conv3_x", nets / "resnet20-a.safetensors", twenty, "conv2_x,conv3_x",
               input_in="resnet20-conv2_x")
    yield case("resnet20-all", nets / "resnet20-a.safetensors", twenty, "all", input=True)
    yield case("torchvision-all", floats / "torchvision-basic.pt", lambda: ResNet(TORCHVISION), "all", **small)
    yield case("bottleneck-all", floats / "cifar-bottleneck.pt", lambda: ResNet(BOTTLENECK), "all", **{**small, "codes": False})
    # 24x24 images end as 3x3: the pool divides by an area that is no power of two.
    yield case("bottleneck-all-24x24", floats / "cifar-bottleneck.pt", lambda: ResNet(BOTTLENECK), "all",
               input=True, size=24)
    for name, width, bias in (("split-biased", 64, True), ("split", 16, False)):
        path = out / f"{name}-network.safetensors"
        if not options.only or any(only.startswith(name) for only in options.only):
            out.mkdir(parents=True, exist_ok=True)
            make_split(path, big, width, bias)
        # At full width the stem is the trained network's, and with it the input.
        yield case(f"{name}-conv2_x", path, lambda w=width, b=bias: Split(w, (1, 1, 1), (4, 4, 4), b), "conv2_x",
                   prefix="aie.", input=not bias, input_in="resnet50-conv2_x" if bias else None, output=not bias)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "brevitas")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "assets" / "cifar10", help="CIFAR-10, binary version")
    parser.add_argument("--resnet50", type=pathlib.Path, default=ROOT / "assets" / "resnet50-cifar10.safetensors")
    parser.add_argument("--only", nargs="*", help="names of goldens")
    parser.add_argument("--native-square-root", action="store_true", help="keep torch's, to see what it changes")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for case in cases(options, options.out.resolve()):
        if not options.only or case["name"] in options.only:
            make(case, options.data, options.out.resolve())


if __name__ == "__main__":
    main()
