# SPDX-License-Identifier: Apache-2.0
"""The ResNets of the CIFAR world, of any depth and width.

Only what has parameters decides a checkpoint's names, so every activation is its own module: a
tracer then calls each of them by the name of the block that owns it.
"""

from dataclasses import asdict, dataclass

import torch
from torch import nn
from torch.nn import functional


@dataclass(frozen=True)
class Architecture:
    block: str = "basic"  # "basic" or "bottleneck"
    depths: tuple = (2, 2, 2, 2)  # blocks per stage
    widths: tuple = (16, 32, 64, 128)  # channels of each stage's 3x3 convolutions
    strides: tuple = (1, 2, 2, 2)  # of each stage's first block
    shortcut: str = "projection"  # "projection" or "A" (subsample and pad channels)
    stem: str = "3x3"  # "3x3", or "7x7": stride 2, then a max pool
    naming: str = "cifar"  # "cifar": shortcut, linear; "torchvision": downsample, fc
    classes: int = 10

    def describe(self):
        return asdict(self)


class PadChannels(nn.Module):
    """Option A of the original paper: every second pixel, and zero channels on both sides."""

    def __init__(self, incoming, outgoing, stride):
        super().__init__()
        self.stride = stride
        before = (outgoing - incoming) // 2
        self.padding = (0, 0, 0, 0, before, outgoing - incoming - before)

    def forward(self, x):
        return functional.pad(x[:, :, :: self.stride, :: self.stride], self.padding)


def conv(incoming, outgoing, size, stride=1):
    return nn.Conv2d(incoming, outgoing, size, stride, padding=size // 2, bias=False)


class Block(nn.Module):
    """Two 3x3 convolutions, or 1x1, 3x3, 1x1; the stride sits in the (first) 3x3."""

    def __init__(self, arch, incoming, width, stride):
        super().__init__()
        bottleneck = arch.block == "bottleneck"
        outgoing = 4 * width if bottleneck else width
        if bottleneck:
            self.conv1 = conv(incoming, width, 1)
            self.conv2 = conv(width, width, 3, stride)
            self.conv3 = conv(width, outgoing, 1)
        else:
            self.conv1 = conv(incoming, width, 3, stride)
            self.conv2 = conv(width, width, 3)
        self.count = 3 if bottleneck else 2
        for index in range(1, self.count + 1):
            self.add_module(f"bn{index}", nn.BatchNorm2d(getattr(self, f"conv{index}").out_channels))
            self.add_module(f"relu{index}", nn.ReLU())
        if stride == 1 and incoming == outgoing:
            skip = nn.Sequential()
        elif arch.shortcut == "A":
            skip = PadChannels(incoming, outgoing, stride)
        else:
            skip = nn.Sequential(conv(incoming, outgoing, 1, stride), nn.BatchNorm2d(outgoing))
        self.skip = "shortcut" if arch.naming == "cifar" else "downsample"
        self.add_module(self.skip, skip)
        self.outgoing = outgoing

    def forward(self, x):
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.count == 3:
            y = self.bn3(self.conv3(self.relu2(y)))
        return getattr(self, f"relu{self.count}")(y + getattr(self, self.skip)(x))


class ResNet(nn.Module):
    def __init__(self, arch):
        super().__init__()
        channels = arch.widths[0]
        imagenet = arch.stem == "7x7"
        self.conv1 = conv(3, channels, 7, 2) if imagenet else conv(3, channels, 3)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1) if imagenet else nn.Sequential()
        self.stages = []
        for stage, (depth, width) in enumerate(zip(arch.depths, arch.widths)):
            blocks = []
            for index in range(depth):
                blocks.append(Block(arch, channels, width, arch.strides[stage] if index == 0 else 1))
                channels = blocks[-1].outgoing
            self.stages.append(f"layer{stage + 1}")
            self.add_module(self.stages[-1], nn.Sequential(*blocks))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.head = "linear" if arch.naming == "cifar" else "fc"
        self.add_module(self.head, nn.Linear(channels, arch.classes))

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        for stage in self.stages:
            x = getattr(self, stage)(x)
        return getattr(self, self.head)(torch.flatten(self.avgpool(x), 1))
