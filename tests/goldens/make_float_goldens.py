#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checkpoints as people have them, of every ResNet family, and what PyTorch computes from them.

Everything is computed in float64 and rounded once, so that another machine makes the same bytes.
"""

import argparse
import json
import pathlib
import re
import sys
from collections import OrderedDict

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "training"))
from resnet import Architecture, ResNet  # noqa: E402
from split import Split  # noqa: E402


def images(count, height, width, seed):
    """Smooth blobs and a little noise: the statistics of pictures, roughly."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.randn(count, 3, 5, 5, generator=generator, dtype=torch.float64)
    noise = torch.randn(count, 3, height, width, generator=generator, dtype=torch.float64)
    smooth = functional.interpolate(coarse, size=(height, width), mode="bicubic", align_corners=False)
    return (0.5 * smooth + 0.05 * noise).clamp(-1, 1).float()


def settle(network, height, width, seed):
    """Random, but not absurd: batch norms with statistics that they have seen, and uneven scales."""
    generator = torch.Generator().manual_seed(seed)
    network.double()
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                fan_in = module.weight[0].numel()
                module.weight.copy_(torch.randn(module.weight.shape, generator=generator) * (2 / fan_in) ** 0.5)
                if module.bias is not None:
                    module.bias.copy_(torch.randn(module.bias.shape, generator=generator) * 0.1)
            if isinstance(module, nn.BatchNorm2d):
                module.weight.copy_(torch.rand(module.weight.shape, generator=generator) + 0.5)
                module.bias.copy_(torch.randn(module.bias.shape, generator=generator) * 0.3)
                module.momentum = None  # a plain mean over the passes below
        network.train()
        for turn in range(3):
            network(images(8, height, width, seed + 100 + turn).double())
    return network.float().eval()


def representable(network):
    """Rounds to what both 16-bit formats can hold: then every file format carries the same values."""
    for tensor in network.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(tensor.bfloat16().half().float())
    return network


def observe(network, inputs, blocks):
    """Inputs and outputs by name. Inner tensors only of the first image: the repository is small."""
    found = OrderedDict(input=inputs)

    def keep(name, whole):
        def hook(_module, _inputs, output):
            value = output.flatten(1) if name == "pool" else output
            found[name] = (value if whole else value[:1]).float().contiguous().clone()

        return hook

    handles = []
    for name, module in network.named_modules():
        if name in ("maxpool", "first"):
            handles.append(module.register_forward_hook(keep("stem", False)))
        elif name.endswith("avgpool"):
            handles.append(module.register_forward_hook(keep("pool", True)))
        elif blocks and re.fullmatch(r"(post\.)?layer\d+\.\d+|aie\.layer\d+", name):
            handles.append(module.register_forward_hook(keep(name, False)))
    with torch.no_grad():
        found["logits"] = network.double()(inputs.double()).float()
    for handle in handles:
        handle.remove()
    network.float()
    found.move_to_end("logits")
    return found


def write(out, name, family, network, size, strides, checkpoints, seed, blocks=True, override=False):
    tensors = observe(network, images(2, *size, seed), blocks)
    save_file(tensors, out / f"{name}.golden.safetensors")
    card = {
        "name": name,
        "family": family,
        "torch": torch.__version__.split("+")[0],
        "checkpoints": checkpoints,
        "golden": f"{name}.golden.safetensors",
        "input": [2, 3, *size],
        "strides": list(strides),
        "strides_must_be_given": override,
        "tensors": {key: list(value.shape) for key, value in tensors.items()},
    }
    lines = (f" {json.dumps(key)}: {json.dumps(value)}" for key, value in card.items())
    (out / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def families(out):
    """One network per family, saved the way most people save: torch.save(state_dict)."""
    resnets = {
        "torchvision-bottleneck": (
            "torchvision names, bottleneck blocks, ImageNet stem",
            Architecture("bottleneck", (1, 2, 1, 1), (8, 8, 16, 16), (1, 2, 2, 2), "projection", "7x7", "torchvision", 12),
            [(64, 64), (57, 49)],
        ),
        "torchvision-basic": (
            "torchvision names, basic blocks, ImageNet stem",
            Architecture("basic", (2, 1, 1, 1), (8, 8, 16, 16), (1, 2, 2, 2), "projection", "7x7", "torchvision", 7),
            [(64, 64)],
        ),
        "cifar-bottleneck": (
            "CIFAR names, bottleneck blocks, 3x3 stem",
            Architecture("bottleneck", (1, 2, 1, 1), (4, 8, 8, 16)),
            [(32, 32)],
        ),
        "cifar-basic": (
            "CIFAR names, basic blocks, 3x3 stem",
            Architecture("basic", (2, 1, 1, 1), (8, 16, 16, 16)),
            [(32, 32)],
        ),
        "deep-narrow": (
            "CIFAR names, bottleneck blocks, uneven depths, widths of 24 and 48",
            Architecture("bottleneck", (2, 1, 3, 1), (6, 6, 6, 12)),
            [(32, 32)],
        ),
        "other-strides": (
            "CIFAR names, basic blocks; the strides are not what anyone would guess",
            Architecture("basic", (1, 2, 1, 1), (8, 8, 16, 16), (2, 1, 1, 2)),
            [(32, 32)],
        ),
    }
    for seed, (name, (family, arch, sizes)) in enumerate(resnets.items(), start=1):
        network = settle(ResNet(arch), *sizes[0], seed)
        torch.save(network.state_dict(), out / f"{name}.pt")
        for size in sizes:
            label = name if size == sizes[0] else f"{name}-{size[0]}x{size[1]}"
            write(out, label, family, network, size, arch.strides, [f"{name}.pt"], seed,
                  override=arch.strides != (1, 2, 2, 2))

    for seed, (name, bias) in enumerate({"split": False, "split-biased": True}.items(), start=21):
        network = settle(Split(4, (2, 1, 1), (2, 2, 4), bias), 32, 32, seed)
        torch.save(network.state_dict(), out / f"{name}.pt")
        family = "the published example's split, all strides 1; its conv2_x has no batch norm"
        family += " but biases" if bias else " and no biases"
        write(out, name, family, network, (32, 32), (1, 1, 1, 1), [f"{name}.pt"], seed, blocks=not bias)


def prefixed(state):
    return OrderedDict(("module." + name, value) for name, value in state.items())


def viewed(state):
    """The same values in awkward memory: channels-last, transposed, slices of one shared buffer."""
    vectors = [name for name, value in state.items() if value.dim() == 1]
    buffer = torch.cat([torch.full((3,), 7.0)] + [state[name] for name in vectors])
    result, at = OrderedDict(), 3
    for name, value in state.items():
        if name in vectors:
            result[name], at = buffer[at : at + len(value)], at + len(value)
        elif value.dim() == 4:
            result[name] = value.contiguous(memory_format=torch.channels_last)
        elif value.dim() == 2:
            result[name] = value.t().contiguous().t()
        else:
            result[name] = value
    wide = torch.zeros(*state["conv1.weight"].shape, 2)  # every second element of a larger tensor
    wide[..., 1] = state["conv1.weight"]
    result["conv1.weight"] = wide[..., 1]
    return result


def formats(out):
    """One small network (option A) in every wrapping. All files hold equal values."""
    arch = Architecture("basic", (2, 1, 1), (4, 8, 16), (1, 2, 2), "A")
    network = representable(settle(ResNet(arch), 32, 32, 31))
    state = network.state_dict()
    floats = OrderedDict((k, v) for k, v in state.items() if v.is_floating_point())
    cast = lambda dtype: OrderedDict((k, v.to(dtype) if v.is_floating_point() else v) for k, v in state.items())
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 20)
    made = {
        "option-a.pt": state,
        "option-a-state-dict.pth.tar": {
            "epoch": 18,
            "arch": "resnet",
            "state_dict": state,
            "best_acc1": torch.tensor(54.25),
            "best_acc5": 91.5,
            "optimizer": optimizer.state_dict(),
            "scheduler": {k: v for k, v in schedule.state_dict().items() if not k.startswith("_")},
            "comment": None,
        },
        "option-a-model.pth": {"model": prefixed(state), "args": ["--width", "4", True, 1e-3, (1, 2), 2**40]},
        "option-a-net.pth": {"net": prefixed(state), "acc": 91.25, "epoch": 7},
        "option-a-half.pt": cast(torch.float16),
        "option-a-bfloat16.pt": cast(torch.bfloat16),
        "option-a-float64.pt": cast(torch.float64),
        "option-a-views.pt": viewed(state),
        "option-a-parameters.pt": {**dict(network.named_parameters()), **dict(network.named_buffers())},
    }
    for name, content in made.items():
        torch.save(content, out / name)
    legacy = {
        "option-a-legacy.pt": state,
        "option-a-legacy-views.pt": {"state_dict": viewed(state), "epoch": 3},
        "option-a-legacy-half.th": {"state_dict": prefixed(cast(torch.float16)), "best_prec1": 91.7},
    }
    for name, content in legacy.items():
        torch.save(content, out / name, _use_new_zipfile_serialization=False)
    stored = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16, "f64": torch.float64}
    for suffix, dtype in stored.items():
        tensors = {name: value.to(dtype).contiguous() for name, value in floats.items()}
        save_file(tensors, out / f"option-a-{suffix}.safetensors", {"mean": "0.5,0.5,0.5"})
    names = [*made, *legacy, *(f"option-a-{suffix}.safetensors" for suffix in stored)]
    write(out, "option-a", "original CIFAR ResNet: basic blocks, three stages, shortcuts without parameters",
          network, (32, 32), arch.strides, names, 31)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent / "float")
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    families(options.out)
    formats(options.out)


if __name__ == "__main__":
    main()
