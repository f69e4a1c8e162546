# SPDX-License-Identifier: Apache-2.0
"""The cut of the published ResNet example (Xilinx/mlir-aie, programming_examples/ml/resnet).

Facts kept: the names; `aie` is conv2_x, its blocks have no batch norm and (there) no biases; the
blocks ignore the stride, so every map keeps the input's size, and the pool covers all of it.
"""

import pathlib
import sys

import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "training"))
from resnet import Architecture, Block, conv  # noqa: E402


class FusedBlock(nn.Module):
    """A bottleneck whose batch norms are gone; with biases if they were folded in."""

    def __init__(self, incoming, width, bias):
        super().__init__()
        outgoing = 4 * width
        self.conv1 = nn.Conv2d(incoming, width, 1, bias=bias)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=bias)
        self.conv3 = nn.Conv2d(width, outgoing, 1, bias=bias)
        self.relu1, self.relu2, self.relu3 = nn.ReLU(), nn.ReLU(), nn.ReLU()
        project = incoming != outgoing
        self.shortcut = nn.Sequential(*([nn.Conv2d(incoming, outgoing, 1, bias=bias)] if project else []))

    def forward(self, x):
        y = self.conv3(self.relu2(self.conv2(self.relu1(self.conv1(x)))))
        return self.relu3(y + self.shortcut(x))


class First(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1, self.bn1, self.relu = conv(3, channels, 3), nn.BatchNorm2d(channels), nn.ReLU()

    def forward(self, x):
        return self.relu(self.bn1(self.conv1(x)))


class Aie(nn.Module):
    def __init__(self, width, bias):
        super().__init__()
        self.layer1 = FusedBlock(width, width, bias)
        self.layer2 = FusedBlock(4 * width, width, bias)
        self.layer3 = FusedBlock(4 * width, width, bias)

    def forward(self, x):
        return self.layer3(self.layer2(self.layer1(x)))


class Post(nn.Module):
    def __init__(self, channels, depths, widths, classes):
        super().__init__()
        arch = Architecture(block="bottleneck")
        for stage, (depth, width) in enumerate(zip(depths, widths), start=2):
            blocks = []
            for _ in range(depth):
                blocks.append(Block(arch, channels, width, stride=1))
                channels = blocks[-1].outgoing
            self.add_module(f"layer{stage}", nn.Sequential(*blocks))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.linear = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.layer4(self.layer3(self.layer2(x)))
        return self.linear(torch.flatten(self.avgpool(x), 1))


class Split(nn.Module):
    def __init__(self, width=64, depths=(4, 6, 3), widths=(128, 256, 512), bias=False, classes=10):
        super().__init__()
        self.first = First(width)
        self.aie = Aie(width, bias)
        self.post = Post(4 * width, depths, widths, classes)

    def forward(self, x):
        return self.post(self.aie(self.first(x)))
