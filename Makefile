# Phony targets only: make cannot hold the spaces of a path in a target's name. Each line is one plain command,
# so that a signal given to make reaches the program and no shell stands between.
.PHONY: help run test check lock messages bench screenshots clean

PYTHON = .venv/bin/python

help:
	@echo "make run      set up what is missing, then serve Palier (PORT=8000)"
	@echo "make test     run every test, browser tests included"
	@echo "make check    lint, format, types, imports, migrations, templates, translations"
	@echo "make messages bring the translation catalogue up to date"
	@echo "make lock     resolve the requirements again"
	@echo "make bench    run the benchmarks"

run:
	@python3 -I palier/config/setup_environment.py run
	@$(PYTHON) -m palier.config.cli serve --prepare

test:
	@python3 -I palier/config/setup_environment.py test
	@$(PYTHON) -m palier.config.quality test

check:
	@python3 -I palier/config/setup_environment.py test
	@$(PYTHON) -m palier.config.quality check

lock:
	@python3 -I palier/config/setup_environment.py test
	@$(PYTHON) -m palier.config.quality lock

messages:
	@python3 -I palier/config/setup_environment.py test
	@$(PYTHON) -m palier.config.messages update

bench:
	@python3 -I palier/config/setup_environment.py test
	@$(PYTHON) -m palier.config.quality bench

screenshots:
	@python3 -I palier/config/setup_environment.py test
	@$(PYTHON) -m palier.config.quality screenshots

clean:
	@rm -rf .venv build node_modules
