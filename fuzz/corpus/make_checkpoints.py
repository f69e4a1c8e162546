# SPDX-License-Identifier: Apache-2.0
"""Writes the seeds of read_checkpoint_fuzz: tiny files of every kind that torch.save makes.

    python fuzz/corpus/make_checkpoints.py      # needs torch, numpy and safetensors
"""

import pathlib

import torch
from safetensors.torch import save_file

FOLDER = pathlib.Path(__file__).parent / "read_checkpoint_fuzz"


def state(dtype=torch.float32):
    values = torch.arange(6, dtype=dtype) / 4
    return {
        "conv.weight": values.reshape(2, 3),
        "conv.turned": values.reshape(2, 3).t(),
        "bn.running_mean": values[1:5:2],
        "bn.num_batches_tracked": torch.tensor(7),
        "empty": torch.zeros(0, 2, dtype=dtype),
    }


def main():
    FOLDER.mkdir(exist_ok=True)
    for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
        name = str(dtype).removeprefix("torch.")
        torch.save(state(dtype), FOLDER / f"{name}.pt")
        save_file({k: v.contiguous().clone() for k, v in state(dtype).items()},
                  FOLDER / f"{name}.safetensors", metadata={"mean": "0.5,0.5,0.5"})
    legacy = {"_use_new_zipfile_serialization": False}
    torch.save(state(), FOLDER / "legacy.pt", **legacy)
    torch.save(state(), FOLDER / "protocol4.pt", pickle_protocol=4)
    module = torch.nn.Linear(2, 1)
    wrapped = {"epoch": 3, "state_dict": {f"module.{k}": v for k, v in state().items()},
               "optimizer": torch.optim.SGD(module.parameters(), 0.1).state_dict()}
    torch.save(wrapped, FOLDER / "wrapped.pth.tar")
    torch.save({"net": state(torch.float16), "best": torch.tensor(0.5)}, FOLDER / "wrapped-legacy.pth",
               **legacy)
    torch.save(dict(module.named_parameters()), FOLDER / "parameters.pt")
    torch.save(module, FOLDER / "module.pt")


if __name__ == "__main__":
    main()
