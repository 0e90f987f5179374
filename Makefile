PYTHON ?= python3
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: demo test lint drills bench translations help

demo: ## Start the demo on this machine: an invented world, with the accounts to log in with
	@$(PYTHON) dev.py demo $(ARGS)

test: ## Run all tests but the drills; ARGS="tests/vault -x" passes arguments to pytest
	@$(PYTHON) dev.py test $(ARGS)

lint: ## Check style, types, import direction and templates
	@$(PYTHON) dev.py lint

drills: ## Run the tests that break things: power cuts, kills, races, and all of what the tests sample
	@$(PYTHON) dev.py drills $(ARGS)

bench: ## Measure what the vault costs beside a plaintext twin; ARGS="--people 20000" is quicker
	@$(PYTHON) dev.py bench $(ARGS)

translations: ## Bring the catalogue of English texts up to date
	@$(PYTHON) dev.py translations

help: ## Show this list
	@sed -n 's/^\([a-z]*\): ## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do printf 'make %-12s %s\n' "$$name" "$$text"; done
