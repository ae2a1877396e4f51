PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
export PORT HOST
# Hindi is read and printed whatever the machine's own language is.
export PYTHONUTF8 = 1
VENV = .venv/bin/python
# What a State would give, made up, so that the checks of a deployment see one.
STATE = ENVIRONMENT=production SECRET_KEY=only-for-make-check-0123456789-abcdefghijklmnopqrstuvwxyz \
	RECORD_KEYS=check:c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4 RECORD_ORIGIN=check.example \
	IDENTITY_KEY=9b3e5f0c1d2a48677c61f4e8a0b59d139b3e5f0c1d2a48677c61f4e8a0b59d13 \
	FACTOR_KEYS=bm90LXNvLXNlY3JldC1idXQtMzItYnl0ZXMtbG9uZyE= \
	ALLOWED_HOSTS=check.example PUBLIC_URL=https://check.example DEBUG=false \
	ORDER_KEY_FILE=/etc/karyapravah/order.key ORDER_CERTIFICATE_FILE=/etc/karyapravah/order.crt

# What is judged here is the code, not the data that lies beside it.
BARE = ENVIRONMENT=test VAR_DIR=$$(mktemp -d)

.PHONY: run test faults goals bench bench-scale audit demo-reset check lint messages packages development

# Sets up what is missing, keeps what is there, and serves until Ctrl-C.
run: packages
	@$(VENV) manage.py setup
	@$(VENV) manage.py serve

# What the machine lacks (Chromium, PostgreSQL …) is skipped by name; the last lines say what and why. In the order of the files: long tests
# stand alone in theirs, and would otherwise come last.
test: development
	@$(VENV) -m pytest -rsfE -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

# Throws the demonstration's data away and loads it anew.
demo-reset: packages
	@$(VENV) manage.py reset_demonstration

# Everything that can be judged without running the tests.
check: lint
	$(VENV) -m mypy
	$(VENV) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	$(BARE) $(VENV) manage.py makemigrations --check --dry-run
	$(BARE) $(VENV) manage.py make_messages --check
	$(BARE) $(VENV) manage.py make_docs --check
	$(BARE) $(VENV) manage.py check --fail-level WARNING
	$(STATE) $(VENV) manage.py check --deploy --fail-level WARNING

lint: development
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .

# Brings the Hindi catalogue to the sentences in the code; what is new stands there without Hindi.
messages: packages
	@$(VENV) manage.py make_messages

packages:
	@$(PYTHON) project/first_setup.py

development:
	@$(PYTHON) project/first_setup.py --development

# Kills, doubles and stops real workers and beats, restarts the database, cuts off the broker, alters tables under load; on a PostgreSQL of its
# own where one is installed. ARGS="--faults 20 --broker own" for a run that also kills its broker, a Redis of its own.
faults: development
	@$(VENV) -m tests.faults $(ARGS)

# Runs the proofs of docs/trust.md goal by goal and prints what each counted; ARGS="T3 T7" for some of them. All take the better part of an hour.
goals: development
	@$(VENV) -m tests.goals $(ARGS)

# Every budget against its floor in one run, on PostgreSQL; ARGS="--json figures.json --rounds 3 --only deciding" for a part of it.
bench: development
	@$(VENV) -m bench $(ARGS)

# What depends on how large a State is, in one of a million ended files, which takes 28 GB. Filling it takes about an hour, once.
bench-scale: development
	@$(VENV) -m bench --cases 1000000 --only reading $(ARGS)

# What is installed (audit/sbom.cdx.json), under which licences (audit/licences.csv), and which known faults it has.
audit: development
	@test -x .venv-audit/bin/pip || $(VENV) -m venv .venv-audit
	@.venv-audit/bin/pip install --quiet --disable-pip-version-check --no-input -r requirements-audit.txt \
		|| { echo "make audit: its own tools could not be installed; is the package registry reachable?" >&2; exit 1; }
	@.venv-audit/bin/python -P project/audit.py
