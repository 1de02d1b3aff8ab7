# `make` lists the targets. The first call sets up .venv, and so does the first call after pyproject.toml or
# constraints.txt changed. PYTHON=... picks the interpreter (3.11 or newer). uv is used where it is present, because it
# installs faster than pip; UV= switches it off.

PYTHON ?=
ifeq ($(origin UV),undefined)
UV := $(shell uv --version >/dev/null 2>&1 && command -v uv)
endif
CANDIDATES := $(if $(PYTHON),"$(PYTHON)",python3 python3.14 python3.13 python3.12 python3.11)
BIN := .venv/bin
RUN := $(BIN)/python
STAMPS := .venv/stamps
PINS := pyproject.toml constraints.txt
WORKERS ?= 2
QUESTION := alt.no_manager='host=none' alt.more_ads='venue.ad_load=6' alt.nothing='community=none'

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help setup demo gallery gallery-depends gallery-scenarios gallery-explore gallery-live experiments experiment-01 experiment-02 experiment-03 experiment-04 experiment-05 experiment-06 experiment-07 validate freeze screen calibrate calibrate-smoke levers lessons bench bench-live bench-sweep test slow fuzz test-browser check lint format docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

## -- Use ----------------------------------------------------------------------------------------------------------

setup: $(STAMPS)/base ## set up .venv with what a run needs (the other targets do this by themselves)
	@echo "Ready: . .venv/bin/activate, then barnraise --help"

demo: $(STAMPS)/base ## answer a what-if on the default scenario and print where the report is
	@printed=$$($(RUN) -m sim compare scenario=support_forum $(QUESTION)) || exit $$?; \
	echo "$$printed"; \
	echo "The report: $$(echo "$$printed" | tail -n 1)/report.html"

gallery: $(STAMPS)/base ## rebuild the runs and comparisons of results/gallery, which git keeps
	@$(to_gallery); keep support_forum scenario=support_forum && \
	keep no_manager compare scenario=support_forum $(QUESTION) && \
	keep audience_or_forum compare scenario=generation_good alt.forum='venue=forum host=full_time' && \
	keep what_an_archive_holds compare alt.unread='params.worth.browse=0' alt.twice='params.worth.browse=1' && \
	keep half_a_manager compare venue=forum host=full_time \
		alt.half='host=half_time' alt.none='host=none' alt.nothing='community=none' && \
	keep nobody_answers compare alt.nobody_answers='params.answering.answer=0 params.asking.talk=0' && \
	keep no_ads compare scenario=ad_ratchet alt.no_ads='venue.ad_load=0' && \
	keep when_to_give compare scenario=seed_then_taper \
		alt.keep='host.schedule=flat' alt.burst='host.schedule=burst'

gallery-depends: $(STAMPS)/base ## rebuild the gallery's passport and tornado: shocks, and what an answer depends on (twenty minutes)
	@$(to_gallery); keep passport passport scenario=support_forum && keep tornado tornado scenario=support_forum

gallery-explore: $(STAMPS)/base ## rebuild results/gallery/explore: a page to explore for each of the five essays
	@keep() { name=$$1; shift; printed=$$($(RUN) -m sim compare "$$@" replicates=12 results=results/explore) || return $$?; \
		folder=$$(echo "$$printed" | tail -n 1); mkdir -p results/gallery/explore; \
		$(RUN) -m sim explore "$$folder" --output "results/gallery/explore/$$name.html" && rm -rf "$$folder"; }; \
	keep congregation scenario=congregation alt.strangers='population.latent_ties=0 venue.mission=0' && \
	keep the_clock scenario=ttpmf_clock alt.unheard='host.listening=0' alt.nothing='community=none' && \
	keep badge_shop scenario=badge_shop people=1000 alt.thanks='venue.earning=1 venue.points=0' && \
	keep already_exists scenario=already_exists people=1000 alt.no_host='host=none' && \
	keep audience_or_forum scenario=generation_good people=1000 alt.forum='venue=forum host=full_time'

gallery-scenarios: $(STAMPS)/base ## rebuild results/gallery/scenarios.csv: each scenario's contrast and its verdict
	@$(RUN) docs/scenarios.py

experiment-01: $(STAMPS)/base ## rebuild experiments/01_recognition_host_ads/result
	@$(experiment); run 01_recognition_host_ads experiment=01_recognition_host_ads && keep 01_recognition_host_ads

experiment-02: $(STAMPS)/base ## rebuild experiments/02_growth_speed/result
	@$(experiment); run 02_growth_speed experiment=02_growth_speed && keep 02_growth_speed

experiment-03: $(STAMPS)/base ## rebuild experiments/03_assumed_parameters/result, both stages
	@$(experiment); run 03_assumed_parameters experiment=03_assumed_parameters && \
	keep 03_assumed_parameters metric=held_by_members undefined=0 && \
	run 03_assumed_parameters__sobol experiment=03_assumed_parameters/sobol design.top_of="$$folder" && \
	keep 03_assumed_parameters/sobol metric=held_by_members undefined=0

experiment-04: $(STAMPS)/base ## rebuild experiments/04_audience_or_community/result
	@$(experiment); run 04_audience_or_community experiment=04_audience_or_community && \
	analyse 04_audience_or_community "$$folder"

experiment-05: $(STAMPS)/base ## rebuild experiments/05_hidden_fragility/result, both stages
	@$(experiment); run 05_hidden_fragility experiment=05_hidden_fragility && places="$$folder" && \
	run 05_hidden_fragility__talk experiment=05_hidden_fragility/talk && \
	analyse 05_hidden_fragility "$$places" "$$folder"

experiment-06: $(STAMPS)/base ## rebuild experiments/06_how_much_host/result, both places
	@$(experiment); run 06_how_much_host experiment=06_how_much_host && forum=$$folder && \
	run 06_how_much_host__hobbyists experiment=06_how_much_host/hobbyists && \
	PYTHONPATH=experiments $(RUN) experiments/06_how_much_host/analysis.py "$$forum" "$$folder"

experiment-07: $(STAMPS)/base ## rebuild experiments/07_same_money_other_calendar/result, both places
	@$(experiment); run 07_same_money_other_calendar experiment=07_same_money_other_calendar && forum=$$folder && \
	run 07_same_money_other_calendar__hobbyists experiment=07_same_money_other_calendar/hobbyists && \
	PYTHONPATH=experiments $(RUN) experiments/07_same_money_other_calendar/analysis.py "$$forum" "$$folder"

gallery-live: $(STAMPS)/browser ## rebuild results/gallery/live.png, a picture of the live page
	@$(RUN) -m pytest -q -m browser tests/test_browser.py -k until_the_poles && cp results/browser/1_let_go.png results/gallery/live.png

experiments: experiment-01 experiment-02 experiment-03 experiment-04 experiment-05 experiment-06 experiment-07 ## rebuild the results of all experiments

validate: $(STAMPS)/base ## compare the world with published findings; rebuilds results/gallery/validation
	@$(RUN) -m sim validate nulls=yes && mkdir -p results/gallery/validation && \
	cp results/validation/*.csv results/validation/scoreboard.png results/gallery/validation/ && \
	$(RUN) docs/failures.py results/gallery/validation

freeze: $(STAMPS)/base ## freeze rows of the evidence before their first run (ROWS="L1 L2"; otherwise all new ones)
	@$(RUN) docs/freeze.py $(ROWS)

screen: $(STAMPS)/calibrate ## rank all free parameters by what they move, into results/gallery/calibration (two hours; it resumes)
	@$(RUN) -m sim calibrate screen=yes && mkdir -p results/gallery/calibration && \
	cp results/calibration/screen.csv results/gallery/calibration/

calibrate: $(STAMPS)/calibrate ## fit the calibrated parameters to the findings that are not shut away (an hour or more; it resumes)
	@$(RUN) -m sim calibrate && mkdir -p results/gallery/calibration conf/vector_sets && \
	cp results/calibration/*.csv results/calibration/*.yaml results/calibration/figures/*.png results/gallery/calibration/ && \
	cp results/calibration/plausible.csv conf/vector_sets/

calibrate-smoke: $(STAMPS)/calibrate ## run a small calibration from end to end, in minutes
	@$(RUN) -m sim calibrate P2 N3 N5 only=answering.answer,visit.base,asking.talk budget=24 seeds=1 check=2 \
		workers=$(WORKERS) results=results/smoke

levers: $(STAMPS)/base ## rebuild docs/levers.md: each lever at five levels (half an hour or more; it resumes)
	@$(RUN) docs/levers.py

lessons: $(STAMPS)/base ## run the commands of docs/teach with another seed and check the lessons' keys (ten minutes)
	@$(RUN) docs/lessons.py

bench: $(STAMPS)/base ## measure speed and memory; writes results/bench/bench.json
	@$(RUN) benchmarks/world_speed.py

bench-live: $(STAMPS)/browser ## measure the live page in Chromium: pictures a second, click delay, memory after fifty tabs
	@$(RUN) benchmarks/live.py

bench-sweep: $(STAMPS)/base ## measure the overhead of sweeps; writes results/bench/sweep.json
	@$(RUN) benchmarks/sweep_overhead.py

## -- Test ---------------------------------------------------------------------------------------------------------

test: $(STAMPS)/test ## run the tests
	@$(RUN) -m pytest -n $(WORKERS)

slow: $(STAMPS)/test ## run all tests, also those that take minutes
	@$(RUN) -m pytest -n $(WORKERS) -m "not browser"

fuzz: $(STAMPS)/test ## try 2,000 broken files and command lines: no traceback, no hang (SEED=1)
	@$(RUN) tests/fuzz.py --inputs 2000 --seed $(or $(SEED),1)

test-browser: $(STAMPS)/browser ## click through the live page in headless Chromium
	@for needed in chromium chromedriver; do \
		command -v $$needed >/dev/null || { \
			echo "make test-browser needs $$needed (on Debian: apt-get install chromium chromium-driver)" >&2; exit 1; }; \
	done
	@$(RUN) -m pytest -m browser

lint: $(STAMPS)/dev ## check style, types and the walls between the packages
	@$(RUN) -m ruff check
	@$(RUN) -m ruff format --check
	@$(RUN) -m mypy
	@$(BIN)/lint-imports --no-logo

check: lint test ## check everything that has to hold before a merge: lint and tests

## -- Work ---------------------------------------------------------------------------------------------------------

format: $(STAMPS)/dev ## format the sources and mend what ruff can mend
	@$(RUN) -m ruff format
	@$(RUN) -m ruff check --fix

docs: $(STAMPS)/base ## rewrite the parts of docs/ that come from the code and the results
	@$(RUN) docs/reference.py

clean: ## remove .venv, caches and build products (results stay)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find sim tests -name __pycache__ -type d -prune -exec rm -rf {} +

# -- Experiments ------------------------------------------------------------------------------------------------------
# A sweep is never resumed by other code, so whatever an earlier version left in results/experiments is removed. The tables
# and figures are kept in experiments/NN_question/result, those of a stage in experiments/NN_question/result/STAGE.

to_gallery = \
	keep() { name=$$1; shift; printed=$$($(RUN) -m sim "$$@") || return $$?; \
		rm -rf "results/gallery/$$name"; mkdir -p results/gallery; \
		mv "$$(echo "$$printed" | tail -n 1)" "results/gallery/$$name"; echo "results/gallery/$$name/report.html"; }

experiment = \
	run() { rm -rf "results/experiments/$$1"; shift; \
		printed=$$($(RUN) -m sim "$$@" results=results/experiments) || return $$?; \
		echo "$$printed"; folder=$$(echo "$$printed" | tail -n 1); }; \
	keep() { name=$${1%%/*}; stage=$${1\#"$$name"}; shift; to="experiments/$$name/result$$stage"; \
		if [ $$\# -gt 0 ]; then $(RUN) -m sim sensitivity "$$folder" "$$@" || return $$?; fi; \
		rm -rf "$$to"; mkdir -p "$$to"; \
		find "$$folder" -maxdepth 1 -name "*.csv" -size -1000k -exec cp {} "$$to" \;; \
		cp "$$folder"/provenance.json "$$folder"/figures/*.png "$$to"; }; \
	analyse() { to="experiments/$$1"; rm -rf "$$to/result"; mkdir -p "$$to/result"; shift; \
		$(RUN) "$$to/analysis.py" "$$@" "$$to/result" && cp "$$1"/provenance.json "$$1"/summary.csv "$$to/result"; }

# -- Setting up -------------------------------------------------------------------------------------------------------
# A stamp is written last, so a setup that failed leaves none. While packages are being installed, .venv/unfinished exists.
# A call that finds it starts again from an empty .venv.

install = touch .venv/unfinished && \
	{ { [ -n "$(UV)" ] && "$(UV)" pip install --quiet --python $(RUN) -c constraints.txt $(1); } || \
	$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt $(1); } && \
	rm .venv/unfinished

$(STAMPS)/python:
	@python=; for candidate in $(CANDIDATES); do \
		if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "No Python 3.11 or newer among: $(subst ",,$(CANDIDATES)) (name one: make PYTHON=/path/to/python3 ...)" >&2; \
		exit 1; fi; \
	rm -rf $(STAMPS) .venv; \
	echo "Setting up .venv with $$("$$python" --version)"; \
	if "$$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then "$$python" -m venv .venv; \
	elif [ -n "$(UV)" ]; then "$(UV)" venv --quiet --python "$$python" .venv; \
	else echo "$$python has no venv module (on Debian and Ubuntu: apt-get install python3-venv)" >&2; exit 1; fi
	@mkdir -p $(STAMPS)
	@touch $@

# The build backends (ours, and that of the one dependency without a wheel) are installed first, from constraints.txt.
# Building without isolation then uses these.
$(STAMPS)/base: $(PINS)
	@if [ ! -f $(STAMPS)/python ] || [ -f .venv/unfinished ]; then \
		rm -rf $(STAMPS) .venv; $(MAKE) --no-print-directory $(STAMPS)/python; fi
	@echo "Installing what a run needs"
	@$(call install,hatchling setuptools)
	@$(call install,--no-build-isolation -e .)
	@touch $@

$(STAMPS)/calibrate: extras = calibrate
$(STAMPS)/test: extras = test,calibrate,live
$(STAMPS)/dev: extras = test,calibrate,live,dev
$(STAMPS)/browser: extras = test,live,notebook,solara,browser
$(STAMPS)/calibrate $(STAMPS)/test $(STAMPS)/dev $(STAMPS)/browser: $(STAMPS)/base
	@if [ -f .venv/unfinished ]; then rm -rf $(STAMPS) .venv; $(MAKE) --no-print-directory $(STAMPS)/base; fi
	@echo "Installing the extras $(extras)"
	@$(call install,--no-build-isolation -e '.[$(extras)]')
	@touch $@
