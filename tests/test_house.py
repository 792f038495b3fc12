"""The house rules that a machine can check: stages stay apart, the README's tree is the tree, no machine's paths."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STAGES = ("data_prep", "train", "eval")
HEAVY = {"torch", "transformers", "trl", "vllm", "peft", "datasets", "accelerate"}


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def imports(path: Path, everywhere: bool) -> set[str]:
    """Top-level packages a file imports, anywhere or only at module level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if everywhere else tree.body
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_stages_import_compass_and_never_one_another(stage):
    files = sorted((ROOT / stage).rglob("*.py"))
    assert files, f"{stage}/ holds no code: this check would pass for nothing"
    for path in files:
        others = imports(path, everywhere=True) & (set(STAGES) - {stage})
        assert not others, f"{path.relative_to(ROOT)} imports {others}; stages meet only in files"


def test_compass_is_light():
    for path in (ROOT / "compass").rglob("*.py"):
        heavy = imports(path, everywhere=False) & (HEAVY | set(STAGES))
        assert not heavy, f"{path.relative_to(ROOT)} imports {heavy} at module level"


@pytest.mark.parametrize("module", ["train.sft", "data_prep.make", "eval.replay"])
def test_help_is_instant_because_nothing_heavy_is_imported(module):
    code = f"""
import runpy, sys
sys.argv = ["x", "--help"]
try:
    runpy.run_module("{module}", run_name="__main__")
except SystemExit:
    print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert "usage:" in done.stdout, done.stderr
    assert done.stderr.strip().splitlines()[-1] == "[]", f"--help of {module} loads {done.stderr}"


def test_every_source_file_has_its_phrase_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = []
    for name in tracked():
        path = Path(name)
        if (
            path.suffix == ".py"
            and path.name != "__init__.py"
            and path.parts[0] != "tests"
            and f"{path.name} " not in readme
        ):
            missing.append(name)
    assert not missing, f"the README's tree does not name {missing}"


def test_every_make_target_in_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named and named <= targets, f"the README names targets that do not exist: {named - targets}"


def test_no_tracked_file_names_a_path_of_one_machine_or_a_registry():
    machine = re.compile(r"(^|[\s\"'=(:])/(work|root|home)/|pypi\.org|pythonhosted\.org|download\.pytorch\.org")
    for name in tracked():
        path = ROOT / name
        if (
            path.suffix in {".py", ".md", ".yaml", ".toml", ".csv", ".jinja", ".json", ""}
            and name != "tests/test_house.py"
        ):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                assert not machine.search(line), (
                    f"{name}:{number} names a path of one machine or a registry: {line[:120]}"
                )


def test_files_stay_readable():
    long = [name for name in tracked() if name.endswith(".py") and len((ROOT / name).read_text().splitlines()) > 350]
    assert not long, f"over 350 lines, each a place that may hold two ideas: {long}"
