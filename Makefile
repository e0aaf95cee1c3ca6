# Every task of the project. `make help` lists them.

.DEFAULT_GOAL := help
PYTHON ?= python3
UV := .venv/bin/uv
UV_VERSION := 0.13.9

.PHONY: help setup demo test soak bench bench-peers bench-planning bench-request bench-lane bench-portal bench-budget bench-workers bench-scale check format screenshots clean

help:  ## list the tasks
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready  ## make the environment; .venv/bin/samepic runs afterwards
	@.venv/bin/python -m compileall -q src # where no bytecode may be written, each start would compile it anew

.venv/.ready: pyproject.toml uv.lock
	@sh tools/make-venv "$(PYTHON)" "$(UV_VERSION)"
	$(UV) sync --locked --compile-bytecode --quiet
	@touch $@

demo: setup  ## the main job on a made-up organisation of this machine
	@.venv/bin/samepic demo

test: setup  ## every test
	@sh tools/need-debian-packages
	.venv/bin/pytest -n 3 --dist loadfile --no-loadscope-reorder --durations 25 --soak-beside --screenshots .screenshots

soak: setup  ## kills, full disks and faults for 20 minutes; MINUTES=, SEED= of an earlier one; logs in .soak
	.venv/bin/python -m tests.soak --minutes $(or $(MINUTES),20) $(if $(SEED),--seed $(SEED))
	SAMEPIC_TESTS_LONG=1 .venv/bin/pytest -q --timeout 3600 tests/properties/test_sweeps_by_workers_converge.py

bench: setup  ## drawing, the same-picture test, and Samepic beside what people use; half an hour; writes docs/reference
	@$(UV) sync --locked --extra bench --compile-bytecode --quiet
	.venv/bin/python tools/bench_imaging.py
	.venv/bin/python tools/bench_same_picture.py
	.venv/bin/python tools/bench_peers.py $(ARGS)

bench-peers: setup  ## the last of these alone; ARGS=--whole for 2,000 people and every contender, which takes hours
	@$(UV) sync --locked --extra bench --compile-bytecode --quiet
	.venv/bin/python tools/bench_peers.py $(ARGS)

bench-request: setup  ## how long one person waits; writes docs/reference/performance.md
	.venv/bin/python tools/bench_request.py

bench-budget: setup  ## a first load under a budget that binds; writes docs/reference/performance.md
	.venv/bin/python tools/bench_budget.py

bench-lane: setup  ## how long one person waits while 20,000 are swept (PEOPLE=2000: fewer); writes docs/reference/performance.md
	.venv/bin/python tools/bench_request_in_a_sweep.py

bench-workers: setup  ## how much faster 2 and 4 workers are than one; ARGS="--help" for shorter ones; writes docs/reference/performance.md
	.venv/bin/python tools/bench_workers.py $(ARGS)

bench-portal: setup  ## how fast the portal's pages are with 20,000 people (PEOPLE=2000: fewer); writes docs/reference/performance.md
	@sh tools/need-debian-packages portal
	.venv/bin/python tools/bench_portal.py

bench-scale: setup  ## what up to 100,000 people cost, each of them; ARGS="--people 1000 10000" for fewer; writes docs/reference/performance.md
	.venv/bin/python tools/bench_scale.py $(ARGS)

bench-planning: setup  ## state and planning for up to 100,000 people, on both databases; ARGS="--people 1000000" for more
	.venv/bin/python tools/bench_planning.py $(ARGS)

check: setup  ## formatting, lint, types, import rules
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	@sh tools/check-lock

format: setup  ## put the code into its one format
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

screenshots: setup  ## take the pictures of docs/start anew, after a change of the pages' look; asks before it keeps the portal's
	@sh tools/need-debian-packages screenshots
	.venv/bin/python tools/write_screenshots.py
	.venv/bin/pytest -q -n 0 tests/browser/test_every_page.py --every-look --screenshots .screenshots
	.venv/bin/python tools/keep_screenshots.py .screenshots

clean:  ## remove the environment and the caches
	rm -rf .venv .screenshots .mypy_cache .ruff_cache .pytest_cache .hypothesis
