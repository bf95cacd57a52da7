# Everything runs in .venv, from hashed constraint files. Targets are short; each says what it needs.
PYTHON ?= python3
BIN := .venv/bin
# a process for each core, whole files each
BOTH := -n auto --maxprocesses 4 --dist loadfile
.PHONY: demo studio test verify bench lint docs lock clean

demo: .venv/base  ## film a real photograph speaking, into film.mp4
	@$(BIN)/python scripts/demo.py

studio: web/node_modules/.package-lock.json  ## the page of phonofilm serve, into the package; needs Node 20
	cd web && npm run --silent check && npm test --silent && npm run --silent build

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --silent --ignore-scripts

test: .venv/dev .venv/models  ## the tests, under ten minutes on two cores
	$(BIN)/python -m pytest -m "not slow" $(BOTH)

verify: .venv/dev .venv/models  ## everything that takes long: full matrices, recognisers
	$(BIN)/python -m pytest $(BOTH)

bench: .venv/dev .venv/models  ## speed and memory, as ratios measured in one run
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/speed.py uses

lint: .venv/dev  ## ruff, pyright, the import contract
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/lint-imports

docs: .venv/dev  ## the reference pages that are generated from the code
	$(BIN)/python scripts/reference.py
	$(BIN)/python scripts/openapi.py

lock:  ## new versions into the hashed constraint files
	$(PYTHON) scripts/lock.py

.venv/base: requirements/base.txt
	@$(PYTHON) scripts/setup.py base

.venv/dev: requirements/dev.txt .venv/base
	@$(PYTHON) scripts/setup.py dev

.venv/models: .venv/base src/phonofilm/weights.py
	$(BIN)/phonofilm models pull
	@touch $@

clean:
	rm -rf .venv film.mp4 build dist
