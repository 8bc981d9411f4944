"""Solvers beside the planner, on the models that `cargo bench --bench peers -- --into DIR` writes.

    python benches/peers/peers.py DIR [--limit SECONDS] [--only PART-OF-A-NAME]

Runs CP-SAT (one worker, linearization_level 2) and HiGHS (one thread) on each model, checks that what is proven by two
of them agrees, and prints the processor times and how many times as long as the planner each took. What was stopped at
the limit is shown with `>=`. Ends with an error if two proven optima differ.
"""

import argparse
import json
import math
import pathlib
import sys
import time

import highspy
from ortools.sat.python import cp_model


def cp_sat(model, limit):
    program = cp_model.CpModel()
    columns = [program.new_int_var(0, column["upper"], "") for column in model["columns"]]
    for row in model["rows"]:
        program.add(sum(times * columns[at] for at, times in row["terms"]) >= row["least"])
    program.minimize(sum(column["cost"] * columns[at] for at, column in enumerate(model["columns"]) if column["cost"]))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_time_in_seconds = limit
    start = time.process_time()
    status = solver.solve(program)
    taken = time.process_time() - start
    value = round(solver.objective_value) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None
    return taken, status == cp_model.OPTIMAL, value


def highs(model, limit):
    program = highspy.Highs()
    program.setOptionValue("output_flag", False)
    program.setOptionValue("threads", 1)
    program.setOptionValue("time_limit", float(limit))
    program.setOptionValue("mip_rel_gap", 0.0)
    program.setOptionValue("mip_abs_gap", 0.5)
    for at, column in enumerate(model["columns"]):
        program.addVar(0.0, float(column["upper"]))
        program.changeColCost(at, float(column["cost"]))
        program.changeColIntegrality(at, highspy.HighsVarType.kInteger)
    for row in model["rows"]:
        places = [at for at, _ in row["terms"]]
        times = [float(times) for _, times in row["terms"]]
        program.addRow(float(row["least"]), highspy.kHighsInf, len(places), places, times)
    start = time.process_time()
    program.run()
    taken = time.process_time() - start
    proven = program.getModelStatus() == highspy.HighsModelStatus.kOptimal
    value = program.getInfo().objective_function_value
    return taken, proven, round(value) if math.isfinite(value) else None


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--limit", type=float, default=20.0)
    arguments.add_argument("--only", default="")
    arguments = arguments.parse_args()
    peers = {"CP-SAT": cp_sat, "HiGHS": highs}
    print("| instance | columns | rows | least cost | planner, ms |", *(f" {peer}, ms | / planner |" for peer in peers))
    print("|---" * (5 + 2 * len(peers)) + "|")
    ratios = {peer: [] for peer in peers}
    differ = False
    for path in sorted(arguments.folder.glob("*.json"), key=lambda path: natural(path.stem)):
        model = json.loads(path.read_text())
        if arguments.only not in model["name"]:
            continue
        ours = model["ours"]
        proven = {ours["value"]} if ours["proven"] else set()
        taken = ours["milliseconds"]
        cells = []
        for peer, run in peers.items():
            seconds, finished, value = run(model, arguments.limit)
            if finished:
                proven.add(value)
            ratio = seconds * 1000 / taken
            if ours["proven"] or finished:
                ratios[peer].append((model["name"], ratio))
            sign = "" if finished else ">= "
            told = (">= " if ours["proven"] else "? ") if not finished else ("" if ours["proven"] else "<= ")
            cells += [f"{sign}{seconds * 1000:.0f}", f"{told}{ratio:.2f}"]
            if finished and not ours["least"] <= value <= ours["value"]:
                differ = True
                print(f"{model['name']}: {peer} says {value}, the planner {ours}", file=sys.stderr)
        if len(proven) > 1:
            differ = True
            print(f"{model['name']}: proven {sorted(proven)}", file=sys.stderr)
        cost = f"{ours['value'] / 100:g}" if ours["proven"] else f"{ours['least'] / 100:g} to {ours['value'] / 100:g}"
        own = f"{taken:.1f}" if ours["proven"] else f"not proven in {taken:.0f}"
        sizes = [str(len(model["columns"])), str(len(model["rows"]))]
        print("| " + " | ".join([model["name"], *sizes, cost, own, *cells]) + " |", flush=True)
    for peer, all_ratios in ratios.items():
        families = sorted({name.split("_")[0] for name, _ in all_ratios})
        for family in families:
            of_it = [ratio for name, ratio in all_ratios if name.split("_")[0] == family]
            mean = math.exp(sum(map(math.log, of_it)) / len(of_it))
            print(f"{peer} / planner, {family}: geometric mean {mean:.2f}, least {min(of_it):.2f}, of {len(of_it)}")
    sys.exit(1 if differ else 0)


def natural(name):
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in name.replace("x", "_").split("_")]


if __name__ == "__main__":
    main()
