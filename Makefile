# swiftrag: the commands of the README and of CI. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Debian packages that the build and the program need, as package:probe. The probe is a
# pkg-config module or a program; when it is there, nothing is installed.
DEBIAN_PACKAGES := libsqlite3-dev:sqlite3 libopenblas-dev:openblas zlib1g-dev:zlib \
  libssl-dev:libcrypto libxml2-dev:libxml-2.0 poppler-utils:pdftotext
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
SWIFTRAG := .build/release/swiftrag
PYTHON := .venv/bin/python
# A data folder of its own, so that `make run` shows the sample library to everybody.
SAMPLE := XDG_DATA_HOME=$(CURDIR)/.build/sample
FORMATTED := Package.swift Sources Tests Benchmarks

.PHONY: help run build deps test test-full lint format bench docs fuzz clean

help: ## list these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1|\2/' \
	  | column -t -s '|'

run: build ## install what is missing, build, and answer two questions from the sample library
	@echo; echo '$$ swiftrag run "What is the price of a family ticket at the museum?"'
	@$(SAMPLE) $(SWIFTRAG) run "What is the price of a family ticket at the museum?"
	@echo; echo '$$ swiftrag run "How should the main mirror be cleaned?"'
	@$(SAMPLE) $(SWIFTRAG) run "How should the main mirror be cleaned?"
	@echo; echo 'Your own files: $(SWIFTRAG) run --docs DIR "your question"'

build: deps ## build release
	swift build -c release --product swiftrag

deps: ## install the Debian packages that are missing
	@missing=; command -v pkg-config >/dev/null || missing="pkg-config"; \
	for entry in $(DEBIAN_PACKAGES); do \
	  pkg-config --exists "$${entry#*:}" 2>/dev/null || command -v "$${entry#*:}" >/dev/null \
	    || missing="$$missing $${entry%%:*}"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "installing:$$missing"; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; \
	fi

test: deps ## every test that runs in minutes on 2 cores
	swift test

test-full: deps $(PYTHON) ## the differential runs against the references, and the crash loops
	swift build -c release --product swiftrag
	Tests/Reference/run_all.sh

lint: deps ## formatter, instruction-set isolation, package hygiene
	swift format lint --strict --parallel -r $(FORMATTED)
	Tests/lint/check_isa_symbols.sh

format: ## rewrite the sources as the formatter wants them
	swift format format -i --parallel -r $(FORMATTED)

bench: build $(PYTHON) ## speeds beside the peers', as ratios of one run
	Benchmarks/run_all.sh

docs: deps ## build the documentation, warnings being errors
	Sources/SwiftRAG/SwiftRAG.docc/build.sh

fuzz: deps ## 30 s of coverage-guided fuzzing for each parser
	Tests/Fuzz/run.sh 30

clean: ## remove what the commands above made
	rm -rf .build .venv .docc-build

# The reference implementations, pinned. llama-cpp-python is built from source. GCC 12 loses what
# llama.cpp writes into the configuration of AMX tiles, so that its prompts die of SIGILL; where
# there is AMX, the clang of the Swift toolchain compiles it, without OpenMP, which it does not have,
# and past pip's cache, which may hold what GCC made.
LLAMA_CPP_BUILD := $(shell grep -qs amx_int8 /proc/cpuinfo \
  && echo 'PIP_NO_CACHE_DIR=1 CC=clang CXX=clang++ CMAKE_ARGS="-DGGML_NATIVE=ON -DGGML_OPENMP=OFF"' \
  || echo 'CMAKE_ARGS=-DGGML_NATIVE=ON')
$(PYTHON): Tests/Reference/requirements.txt
	python3 -m venv .venv
	.venv/bin/pip install -q --upgrade pip cmake ninja scikit-build-core
	$(LLAMA_CPP_BUILD) .venv/bin/pip install -q --no-build-isolation -r $<
	@touch $@
