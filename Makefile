# The commands of RVU Edge. `make run` and `make test` work on a fresh clone.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN := .venv/bin

.PHONY: run test lint format bench lighthouse lock screenshots serve worker clean

.venv/ok-run: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

.venv/ok-dev: requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@ .venv/ok-run

run: export DEBUG ?= on
run: .venv/ok-run  ## the site on SQLite, with the starter catalogue
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py load_catalogue
	$(BIN)/python manage.py load_content
	@echo "RVU Edge:        http://$(HOST):$(PORT)"
	@echo "A staff account: DEBUG=on $(BIN)/python manage.py createsuperuser, then http://$(HOST):$(PORT)/admin/"
	@$(BIN)/python manage.py db_worker --no-reload --interval 2 & worker=$$!; trap "kill $$worker 2>/dev/null" EXIT INT TERM; \
	$(BIN)/python manage.py runserver --noreload $(HOST):$(PORT)

serve: .venv/ok-run  ## the production server; needs SECRET_KEY and ALLOWED_HOSTS
	$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	$(BIN)/gunicorn rvuedge.wsgi --bind $(HOST):$(PORT) --workers $${WEB_CONCURRENCY:-3} --threads 2 --max-requests 5000 --max-requests-jitter 500

worker: .venv/ok-run  ## does the imports that staff start in the browser; needs the environment of the server
	$(BIN)/python manage.py db_worker

test: .venv/ok-dev  ## unit, property and browser tests on SQLite, then on PostgreSQL
	$(BIN)/python -m tests.run

lint: .venv/ok-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint templates --check --lint --quiet
	DEBUG=on $(BIN)/python manage.py makemigrations --check --dry-run --verbosity 1

format: .venv/ok-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djlint templates --reformat --quiet

bench: .venv/ok-dev  ## speed, as medians and ratios, on both databases; needs the CMS files (CMS=folder)
	$(BIN)/python -m tests.bench

lighthouse: .venv/ok-dev  ## scores of the pages that matter most; needs node and npm ci --prefix tests/lighthouse
	$(BIN)/python -m tests.lighthouse

screenshots: .venv/ok-dev  ## docs/*.png
	$(BIN)/python -m tests.screenshots

lock: .venv/ok-dev
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf .venv var .pytest_cache .ruff_cache .hypothesis
