"""What is wrong with recipe, data or machine is said in one sentence before the model loads, and leaves nothing behind."""

import json
from collections import namedtuple
from pathlib import Path

import pytest

from compass import jsonl
from compass.errors import UserError
from compass.schema import User
from tests.eval.people import person
from tests.train.conftest import run, write_lines
from train import checkpoint, settings, sft

TRAINING = Path("data/toy/sft/train.jsonl")


@pytest.fixture
def no_model(workplace, monkeypatch):
    """Loading the model here means that someone waits for 16 GB before the mistake is named."""

    def loaded(chosen):
        raise AssertionError("the model was loaded before this was said")

    monkeypatch.setattr("train.model.load_model", loaded)
    return workplace


def change_line(**values) -> None:
    lines = [json.loads(line) for line in TRAINING.read_text().splitlines()]
    write_lines(TRAINING, [*lines[:2], lines[2] | values, *lines[3:]])


@pytest.mark.parametrize(
    ("prepare", "overrides", "message"),
    [
        (lambda: TRAINING.unlink(), (), r"train\.jsonl does not exist.*make data DATA=recipes/data/toy"),
        (lambda: TRAINING.write_text(""), (), r"train\.jsonl holds nothing.*make data DATA=recipes/data/toy"),
        (lambda: Path("data/toy/format.json").unlink(), (), r"format\.json does not exist.*make data"),
        (lambda: TRAINING.write_text('{"id": \n'), (), r"train\.jsonl:1: not valid JSON"),
        (lambda: change_line(prompt=""), (), r"train\.jsonl:3: .* empty prompt"),
        (lambda: change_line(prompt=None), (), r"train\.jsonl:3: prompt missing or not text"),
        (lambda: change_line(completion="<|im_end|>"), (), r"train\.jsonl:3: .* nothing to train on"),
        (lambda: change_line(completion="never ends"), (), r"train\.jsonl:3: .*would not learn to stop"),
        (lambda: change_line(id="t0-0#0"), (), r"train\.jsonl:3: id 't0-0#0' stands on line 1 too"),
        (lambda: change_line(user_id="vu0"), (), r"vu0 and 0 others stand in train\.jsonl and val\.jsonl"),
        (lambda: None, ("--tree_tokens", "40"), r"longer than tree_tokens \(40\), such as t.*set tree_tokens to at least"),
        (lambda: None, ("--gradient_accumulation_steps", "1", "--tree_tokens", "140"), r"need gradient_accumulation_steps: \d"),
        (lambda: None, ("--use_cpu", "false"), r"`make demo`"),
        (lambda: None, ("--model_name_or_path", "nowhere"), r"no tokenizer in 'nowhere'"),
        (lambda: Path("checkpoints/toy").mkdir(parents=True), (), r"checkpoints/toy is there already.*--overwrite true"),
    ],
)  # fmt: skip
def test_bad_input_is_named_before_the_model_loads(no_model, prepare, overrides, message):
    """Whoever made the mistake must read what it was; a folder that looks finished must not appear."""
    prepare()
    with pytest.raises(UserError, match=message):
        run(*overrides)
    assert not Path("checkpoints/toy/adapter_model.safetensors").exists()


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (("--load_in_4bit", "true"), r"needs bitsandbytes.*pip install -e '\.\[qlora\]'"),
        (("--load_in_8bit", "true"), r"needs bitsandbytes.*pip install -e '\.\[qlora\]'"),
        (("--deepspeed", "zero3.json"), r"DeepSpeed, which is not installed.*pip install -e '\.\[zero3\]'"),
    ],
)
def test_a_package_that_the_recipe_needs_is_missing(no_model, monkeypatch, overrides, message):
    """transformers says so after it has fetched the weights."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match=message):
        run(*overrides)


@pytest.mark.parametrize(
    ("launched", "message"),
    [
        ({}, r"sees 4 cards.*accelerate launch .*ddp\.yaml --num_processes 4 -m train\.sft --config recipes/toy\.yaml"),
        ({"LOCAL_RANK": "0", "LOCAL_WORLD_SIZE": "8"}, r"8 processes were started here and this machine shows 4 card"),
    ],
)
def test_cards_and_processes_that_do_not_match(no_model, monkeypatch, launched, message):
    """On a node of several cards the first command anyone tries would load 16 GB and end in a traceback of TRL's."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 4)
    for name in ("LOCAL_RANK", "LOCAL_WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in launched.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UserError, match=message):
        run("--use_cpu", "false")


def test_a_disk_without_room_for_the_states(no_model, monkeypatch):
    """A run that dies at its first save has trained for nothing."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda folder: usage(10**12, 10**12 - 10**6, 10**6))
    with pytest.raises(UserError, match=r"0\.0 GB free and this run may write 0\.1 GB: make room"):
        run()
    with pytest.raises(UserError, match="make room"):
        sft.check(settings.load(Path("recipes/toy.yaml")))


def own_test_person() -> Path:
    path = Path("data/toy/bench/test.jsonl")
    jsonl.write(path, [person(7)])
    return path


def published_file() -> Path:
    """A bench in another place, which the data recipe is told to keep clear of."""
    jsonl.write(Path("elsewhere.jsonl"), [person(7)])
    Path("recipes/data/toy.yaml").write_text("guard: [elsewhere.jsonl]")
    return Path("elsewhere.jsonl")


def said(user: User, *before: str) -> str:
    """A prompt in which that person's second situation is the last round."""
    text = user.situations[1].utterance
    turns = "".join(f"<|im_start|>user\n[Sat 2026-03-14 18:20]\n{words}<|im_end|>\n" for words in before)
    last = f"[Sun 2026-03-15 09:10]\nThat was good.\n\n{text}" if before else f"[Sun 2026-03-15 09:10]\n{text}"
    return f"<|im_start|>system\nthe app<|im_end|>\n{turns}<|im_start|>user\n{last}<|im_end|>\n<|im_start|>assistant\n"


@pytest.mark.parametrize("bench", [own_test_person, published_file])
@pytest.mark.parametrize("line", [
    {"user_id": "u0007"},
    {"situation_id": "u0007-01"},
    {"prompt": said(person(7))},
    {"prompt": said(person(7), "Something else.")},
])  # fmt: skip
def test_a_benchmark_person_in_the_data(no_model, bench, line):
    """A model trained on its own test looks good and nobody can tell."""
    path = bench()
    change_line(**line)
    with pytest.raises(UserError, match=rf"1 line\(s\) .*train\.jsonl:3 has .*u0007 of {path}.*cannot be measured"):
        run()


def test_people_apart_from_the_benchmark_are_told_so(no_model, capsys):
    """Silence would not say whether there was anything to compare with."""
    sft.check(settings.load(Path("recipes/toy.yaml")))
    assert "not checked against a benchmark" in capsys.readouterr().out
    own_test_person()
    sft.check(settings.load(Path("recipes/toy.yaml")))
    assert "nobody of data/toy/bench/test.jsonl is in the training data" in capsys.readouterr().out


def test_a_bench_under_guard_that_is_not_there(no_model):
    """A mistyped name would look like a check that was passed."""
    Path("recipes/data/toy.yaml").write_text("guard: [nowhere.json]")
    with pytest.raises(UserError, match=r"nowhere\.json does not exist"):
        run()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda was: was["recipe"].update(lora_r=8), r"differs in recipe \(lora_r\)"),
        (lambda was: was["base"].update(sha256="0" * 64), r"differs in base:"),
        (lambda was: was.update(processes=2), r"differs in processes:"),
    ],
)
def test_an_interrupted_run_of_another_rank_or_base_is_not_gone_on_with(no_model, change, message):
    """Its state would not fit, or worse, fit."""
    with pytest.raises(AssertionError, match="the model was loaded"):
        run()
    folder = checkpoint.run_folder(settings.load(Path("recipes/toy.yaml")))
    state = folder / "checkpoint-2" / "trainer_state.json"
    state.parent.mkdir()
    state.write_text("{}")
    (state.parent / "rng_state.pth").touch()
    was = json.loads((folder / checkpoint.FINGERPRINT).read_text())
    change(was)
    (folder / checkpoint.FINGERPRINT).write_text(json.dumps(was))
    with pytest.raises(UserError, match=message):
        run()
    assert state.exists(), "nothing that was saved is lost"


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            lambda one, state: (one, "checkpoint-400"),
            r"different saved states \(checkpoint-400, none\).*disk that they share",
        ),
        (
            lambda one, state: (one | {"data": "older"}, state),
            r"nodes of this run differ in data: give all of them the same",
        ),
        (lambda one, state: (one | {"recipe": {}}, state), r"differ in recipe \(.*learning_rate.*\)"),
    ],
)
def test_nodes_that_do_not_do_the_same_are_refused(no_model, monkeypatch, other, message):
    """One node would go on from step 400 and the other start anew, or train on yesterday's data, without a word."""
    monkeypatch.setattr("accelerate.utils.gather_object", lambda mine: [*mine, other(*mine[0])])
    with pytest.raises(UserError, match=message):
        run()
