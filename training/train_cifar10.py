#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains a CIFAR ResNet from scratch on a CPU and saves it as safetensors. See README.md."""

import argparse
import copy
import json
import math
import pathlib
import time

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from resnet import Architecture, ResNet

MEAN = STD = 0.5
CLASSES = "airplane automobile bird cat deer dog frog horse ship truck".split()


def read_records(files):
    """CIFAR's binary version: one label byte, then 3 x 32 x 32 pixels, per image."""
    records = np.concatenate([np.fromfile(file, np.uint8).reshape(-1, 3073) for file in files])
    pixels = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32).astype(np.float32))
    return (pixels / 255 - MEAN) / STD, torch.from_numpy(records[:, 0].astype(np.int64))


def augment(images, generator, pad):
    """A random crop from the zero-padded image, and a flip for every second one."""
    count, _, height, width = images.shape
    padded = functional.pad(images, (pad,) * 4)
    shift = torch.randint(0, 2 * pad + 1, (2, count), generator=generator)
    rows = (shift[0, :, None] + torch.arange(height))[:, None, :, None]
    columns = shift[1, :, None] + torch.arange(width)
    flip = torch.rand(count, generator=generator) < 0.5
    columns[flip] = columns[flip].flip(1)
    everyone = torch.arange(count)[:, None, None, None]
    return padded[everyone, torch.arange(3)[None, :, None, None], rows, columns[:, None, None, :]]


def batches(images, labels, size, generator):
    order = torch.randperm(len(images), generator=generator)
    for start in range(0, len(order) - size + 1, size):
        pick = order[start : start + size]
        yield augment(images[pick], generator, max(1, images.shape[-1] // 8)), labels[pick]


@torch.no_grad()
def accuracy(network, images, labels):
    network.eval()
    right = sum(
        (network(images[at : at + 250]).argmax(1) == labels[at : at + 250]).sum().item()
        for at in range(0, len(images), 250)
    )
    return right / len(images)


def decay_groups(network, weight_decay):
    """Weight decay belongs on what multiplies, not on batch norms and biases."""
    decayed = [p for p in network.parameters() if p.dim() > 1]
    free = [p for p in network.parameters() if p.dim() <= 1]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": free, "weight_decay": 0}]


def save(network, arch, path, note):
    """Halves for what is multiplied: they cost nothing in accuracy. Batch norms stay float32."""
    tensors = {
        name: (value.half() if value.dim() > 1 or name.startswith(("linear", "fc")) else value).contiguous()
        for name, value in network.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    metadata = {
        "arch": json.dumps(arch.describe()),
        "mean": ",".join([str(MEAN)] * 3),
        "std": ",".join([str(STD)] * 3),
        "dataset": "CIFAR-10",
        "classes": ",".join(CLASSES),
        "license": "Apache-2.0",
        "training": json.dumps(note),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata)


def numbers(kind):
    return lambda text: tuple(kind(part) for part in text.split(","))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=pathlib.Path, nargs="+", required=True, help="data_batch_*.bin")
    parser.add_argument("--test", type=pathlib.Path, required=True, help="test_batch.bin")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the .safetensors file to write")
    parser.add_argument("--block", choices=["basic", "bottleneck"], default="basic")
    parser.add_argument("--shortcut", choices=["projection", "A"], default="projection")
    parser.add_argument("--depths", type=numbers(int), default=(2, 2, 2, 2))
    parser.add_argument("--widths", type=numbers(int), default=(16, 32, 64, 128))
    parser.add_argument("--sizes", type=numbers(int), default=(16, 24, 32), help="resolutions, in order")
    parser.add_argument("--epochs", type=numbers(float), default=(4.5, 3, 2.5), help="one per resolution")
    parser.add_argument("--rate", type=float, default=0.15, help="learning rate at the start")
    parser.add_argument("--restart-rate", type=float, default=0.11)
    parser.add_argument("--restart-at", type=int, default=1, help="index into --sizes; -1: never")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--smoothing", type=float, default=0.1)
    parser.add_argument("--average", type=float, default=0.998, help="EMA of the weights")
    parser.add_argument("--bfloat16", action="store_true", help="autocast; worth it with AVX512-BF16 or AMX")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    generator = torch.Generator().manual_seed(options.seed)
    images, labels = read_records(options.train)
    test_images, test_labels = read_records([options.test])

    arch = Architecture(
        block=options.block,
        depths=options.depths,
        widths=options.widths,
        strides=(1,) + (2,) * (len(options.depths) - 1),
        shortcut=options.shortcut,
    )
    network = ResNet(arch)
    for module in network.modules():  # every block starts as its shortcut: deep nets learn sooner
        if hasattr(module, "count"):
            nn.init.zeros_(getattr(module, f"bn{module.count}").weight)
    network = network.to(memory_format=torch.channels_last)
    averaged = copy.deepcopy(network)
    optimizer = torch.optim.SGD(
        decay_groups(network, options.weight_decay), lr=options.rate, momentum=0.9, nesterov=True
    )

    per_epoch = len(images) // options.batch
    plan = [math.ceil(epochs * per_epoch) for epochs in options.epochs]
    # Each leg of the schedule falls to zero; the second one restarts from a lower rate.
    first = sum(plan[: options.restart_at]) if options.restart_at > 0 else sum(plan)
    legs = [(0, first, options.rate), (first, sum(plan), options.restart_rate)]
    step, began = 0, time.time()
    for size, steps in zip(options.sizes, plan):
        scaled = images if size == 32 else functional.interpolate(
            images, size=size, mode="bilinear", antialias=True, align_corners=False)
        done = 0
        while done < steps:
            for inputs, targets in batches(scaled, labels, options.batch, generator):
                if done == steps:
                    break
                begin, end, rate = next(leg for leg in legs if step < leg[1])
                warmup = min(1.0, (step + 1) / 50)
                for group in optimizer.param_groups:
                    group["lr"] = rate * (1 - (step - begin) / (end - begin)) * warmup
                network.train()
                inputs = inputs.contiguous(memory_format=torch.channels_last)
                with torch.autocast("cpu", torch.bfloat16, enabled=options.bfloat16):
                    logits = network(inputs)
                loss = functional.cross_entropy(logits.float(), targets, label_smoothing=options.smoothing)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
                # A young average must not drag the random start along.
                keep = min(options.average, (1 + step) / (10 + step))
                with torch.no_grad():
                    for mine, theirs in zip(averaged.state_dict().values(), network.state_dict().values()):
                        if mine.is_floating_point():
                            mine.lerp_(theirs, 1 - keep)
                step, done = step + 1, done + 1
                if step % per_epoch == 0:
                    print(f"epoch {step // per_epoch} at {size}x{size}: loss {loss.item():.3f}, "
                          f"{time.time() - began:.0f} s", flush=True)
    seconds = time.time() - began
    averaged = averaged.to(memory_format=torch.contiguous_format)
    for parameter in averaged.parameters():  # what is measured is what is saved
        if parameter.dim() > 1:
            parameter.data = parameter.data.half().float()
    averaged.linear.bias.data = averaged.linear.bias.data.half().float()
    top1 = accuracy(averaged, test_images, test_labels)
    note = {"images": len(images), "epochs": options.epochs, "sizes": options.sizes, "seed": options.seed,
            "seconds": round(seconds), "top1": round(top1, 4), "test_images": len(test_images)}
    save(averaged, arch, options.out, note)
    print(f"{options.out}: {100 * top1:.2f} % of {len(test_images)} test images, {seconds:.0f} s")


if __name__ == "__main__":
    main()
