#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Part of the network in integers, the rest in float, against the whole network in float32.

Quantizes the ResNet-50 of this repository (--offload, conv2_x without it), then lets our runner,
ONNX Runtime and OpenVINO take turns on the same images and threads. Nothing is timed unless our
classes agree with the float network's on at least 98 % of 64 images.
    "$(bench/python_env)" bench/split/compare_float.py --build build/release
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "bench/float_network"), str(ROOT / "bench/shared")]
import compare_onnxruntime  # noqa: E402
import peers  # noqa: E402

CHECKED = 64
LEAST_AGREEMENT = 0.98
SHAPE = [3, 32, 32]


def ours(options, model, images, threads, more=()):
    command = [options.build / "bench/split/split_bench", model, "--data", ROOT / "assets/cifar10"]
    command += ["--images", str(images), "--threads", str(threads)]
    command += ["--budget", str(options.budget), "--clock", options.clock, *more]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def theirs(options, run, values):
    clock = time.process_time if options.clock == "cpu" else time.perf_counter
    run(values)
    samples, end = [], time.perf_counter() + options.budget
    while not samples or time.perf_counter() < end:
        start = clock()
        run(values)
        samples.append(clock() - start)
    return samples


def make_runner(name, path, images, threads):
    if name == "OpenVINO float32":
        return peers.run_openvino(path, threads, images, SHAPE, ("f32",))[0]
    session = compare_onnxruntime.session(str(path), threads)
    return lambda values: session.run(None, {"images": values})[0]


def check(options, model, path, folder):
    """-> the images, as every contender takes them."""
    file = folder / "pixels"
    answer = ours(options, model, 1, 1, ["--pixels", file])
    pixels = numpy.fromfile(file, numpy.float32).reshape(CHECKED, *SHAPE)
    print(f"integers on {answer['integers']}")
    for name in ("ONNX Runtime float32", "OpenVINO float32"):
        logits = make_runner(name, path, CHECKED, 1)(pixels)
        agreement = numpy.mean(logits.argmax(1) == numpy.array(answer["top1"]))
        print(f"same class as {name}: {100 * agreement:.1f} % of {CHECKED} images")
        if agreement < LEAST_AGREEMENT:
            sys.exit("the answers differ; their times say nothing")
    return pixels


def measure(options, model, path, pixels, images, threads):
    best = {}
    names = ("shiftwise split", "ONNX Runtime float32", "OpenVINO float32")
    for _ in range(options.rounds):
        for name in names:
            if name == names[0]:
                samples = ours(options, model, images, threads)["seconds"]
            else:
                # Made anew each time: its threads spin, and must not while others run.
                run = make_runner(name, path, images, threads)
                samples = theirs(options, run, pixels[:images])
                del run
            best[name] = min(min(samples) / images, best.get(name, numpy.inf))
    for name in names:
        ratio = best[names[0]] / best[name]
        print(f"| {name} | {images} | {threads} | {1e3 * best[name]:.3f} | {ratio:.2f} |", flush=True)
    return [
        {"contender": n, "images": images, "threads": threads, "clock": options.clock, "best_ms_per_image": 1e3 * t}
        for n, t in best.items()
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help="build folder")
    parser.add_argument("--offload", default="conv2_x", help="stages in integers")
    parser.add_argument("--preset", default="seed")
    parser.add_argument("--images", type=int, nargs="+", default=[1, 16])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--budget", type=float, default=0.5, help="seconds of each turn")
    parser.add_argument("--clock", choices=["wall", "cpu"], default="wall", help="cpu on a busy machine, one thread")
    parser.add_argument("--json", type=pathlib.Path, help="also write the figures to this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path, model = folder / "float.onnx", folder / "model"
        path.write_bytes(compare_onnxruntime.build(compare_onnxruntime.read_weights(compare_onnxruntime.WEIGHTS)))
        quantize = [options.build / "src/cli/shiftwise", "quantize", compare_onnxruntime.WEIGHTS, "-o", model]
        quantize += ["--data", ROOT / "assets/cifar10", "--preset", options.preset, "--offload", options.offload]
        subprocess.run(quantize, check=True, stdout=subprocess.DEVNULL)
        pixels = check(options, model, path, folder)
        print(f"\n{options.offload} in integers, {options.clock} clock, best of {options.rounds} turns\n")
        print("| contender | images | threads | best ms/image | ours / theirs |\n|---|---|---|---|---|")
        results = []
        for threads in options.threads:
            for images in options.images:
                results += measure(options, model, path, pixels, images, threads)
        if options.json:
            options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
