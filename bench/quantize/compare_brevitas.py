#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times `shiftwise quantize --preset seed` against the same flow in real Brevitas, in one run.

First the answers: the integers in our artifact must be those of the golden that the real package
made. Then the times, interleaved, best of several. Ours is the whole process, from reading the
checkpoint to the written folder; Brevitas' is the flow alone (merge, equalization, quantizers,
calibration), without importing torch or reading the file. Needs the environment of
tests/goldens/README.md.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECKPOINT = ROOT / "assets/resnet50-cifar10.safetensors"
DATA = ROOT / "assets/cifar10"
IMAGES = 256


def load_goldens_module():
    """The generator of the goldens knows the flow; with torch's own square root it is unaltered."""
    sys.path.insert(0, str(ROOT / "tests/goldens"))
    sys.argv.append("--native-square-root")
    import make_brevitas_goldens

    sys.argv.pop()
    return make_brevitas_goldens


def run_brevitas(goldens):
    import torch

    network = goldens.load(goldens.ResNet(goldens.RESNET50), CHECKPOINT)
    before, part = goldens.cut(network, "conv2_x")
    training = goldens.images(DATA / "data_batch_1.bin", IMAGES, 32)
    start = time.perf_counter()
    with torch.no_grad():
        example = before(training[:1])
    folded = goldens.preprocess_for_flexml_quantize(
        part, torch.ones_like(example), equalize_iters=1000, equalize_merge_bias=True, merge_bn=True)
    quantized = goldens.quantize_model(folded, **goldens.FLOW).eval()
    # The flow calibrates the enclosing network: stem and tail run too, in float.
    network.layer1 = quantized
    goldens.calibrate([(training[at : at + 64], None) for at in range(0, IMAGES, 64)], network.eval())
    return time.perf_counter() - start


def run_ours(program, out):
    """-> seconds, MiB at the highest."""
    command = [program, "quantize", CHECKPOINT, "-o", out, "--force", "--data", DATA, "--preset", "seed"]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    resident = 0
    while process.poll() is None:
        resident = max(resident, highest_resident(process.pid))
        time.sleep(0.005)
    if process.returncode != 0:
        sys.exit(f"shiftwise ended with {process.returncode}")
    return time.perf_counter() - start, resident


def highest_resident(pid):
    """The kernel's own high-water mark; what wait() reports would include the forked interpreter."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(lines[0].split()[1]) / 1024 if lines else 0


def check(out):
    """Refuses to time a wrong answer."""
    from safetensors.numpy import load_file

    ours = load_file(out / "model.safetensors")
    golden = load_file(ROOT / "tests/goldens/brevitas/resnet50-conv2_x.safetensors")
    compared = [name for name in golden if name.endswith((".weight", ".bias"))]
    assert compared
    for name in compared:
        if (ours[name] != golden[name]).any():
            sys.exit(f"not timed: {name} differs from the golden")
    print(f"{len(compared)} integer tensors equal to Brevitas'")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=ROOT / "build/release/src/cli/shiftwise", type=pathlib.Path)
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--json", type=pathlib.Path, help="also write the figures to this file")
    options = parser.parse_args()
    goldens = load_goldens_module()
    ours, theirs, resident = [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        run_ours(options.program, out)
        check(out)
        for _ in range(options.rounds):
            theirs.append(run_brevitas(goldens))
            seconds, mebibytes = run_ours(options.program, out)
            ours.append(seconds)
            resident = max(resident, mebibytes)
    print(f"Brevitas   {min(theirs):6.2f} s  (to {max(theirs):.2f})")
    print(f"shiftwise  {min(ours):6.2f} s  (to {max(ours):.2f}), {resident:.0f} MiB resident")
    print(f"ratio      {min(theirs) / min(ours):6.1f}")
    if options.json:
        options.json.write_text(json.dumps({"brevitas_s": theirs, "shiftwise_s": ours, "resident_mib": resident}))


if __name__ == "__main__":
    main()
