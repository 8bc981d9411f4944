"""Whether everything that is built with the packages of this repository may be: by the list in `deny.toml`, which
`cargo deny` reads as well, where it is installed. Arguments are manifests."""

import json
import pathlib
import re
import subprocess
import sys
import tomllib


def allowed(expression: str, licences: set[str]) -> bool:
    """Whether an SPDX expression leaves a choice that is allowed. `/` is an `OR` of old."""
    words = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))
    said = []
    for word in words:
        if word in ("OR", "AND", "(", ")"):
            said.append(word.lower())
        elif word == "WITH" or (said and said[-1] == "WITH"):
            said.append(word)
        else:
            said.append(repr(word in licences))
    # An exception only adds permissions.
    plain = " ".join(said)
    plain = re.sub(r" WITH \S+", "", plain)
    return bool(eval(plain, {"__builtins__": {}}))  # noqa: S307 of `True`, `False`, `and`, `or` and brackets


def main() -> int:
    root = pathlib.Path(__file__).parent.parent
    config = tomllib.loads((root / "deny.toml").read_text())["licenses"]
    licences = set(config["allow"])
    exceptions = {entry["crate"]: set(entry["allow"]) for entry in config["exceptions"]}
    faults, seen = set(), set()
    for manifest in sys.argv[1:]:
        command = ["cargo", "metadata", "--format-version=1", "--all-features", "--locked", "--manifest-path", manifest]
        # What is wrong is told by cargo itself.
        told = subprocess.run(command, check=False, stdout=subprocess.PIPE)
        if told.returncode != 0:
            print(f"left out: cargo cannot tell the packages of {manifest}")
            continue
        packages = json.loads(told.stdout)["packages"]
        for package in packages:
            name, licence = package["name"], package["license"]
            is_ours = package["source"] is None
            seen.add(name)
            if not is_ours and not (licence and allowed(licence, licences | exceptions.get(name, set()))):
                faults.add(f"{name} {package['version']}: {licence}")
            if not is_ours and not package["source"].startswith("registry+https://github.com/rust-lang/crates.io-index"):
                faults.add(f"{name} {package['version']}: from {package['source']}")
    print("\n".join(sorted(faults)) or f"{len(seen)} packages, all of licences that are allowed, all from crates.io")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
