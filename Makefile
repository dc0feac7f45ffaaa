# swiftrag: the commands of the README and of CI. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Debian packages that the build and the program need, as package:probe. The probe is a pkg-config
# module, a program or a file; a package whose probe is found is not installed.
DEBIAN_PACKAGES := libsqlite3-dev:sqlite3 libopenblas-dev:openblas zlib1g-dev:zlib \
  libssl-dev:libcrypto libxml2-dev:libxml-2.0 libuchardet-dev:uchardet poppler-utils:pdftotext \
  libturbojpeg0-dev:libturbojpeg libspng-dev:spng libwebp-dev:libwebpdemux libgif-dev:libgif7 \
  libtiff-dev:libtiff-4 libsndfile1-dev:sndfile \
  libstemmer-dev:/usr/include/libstemmer.h libedit-dev:libedit curl:curl
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
SWIFTRAG := .build/release/swiftrag
PYTHON := .venv/bin/python
# A separate data folder, so that `make run` answers from the sample library on every machine.
SAMPLE := XDG_DATA_HOME=$(CURDIR)/.build/sample
FORMATTED := Package.swift Sources Tests Benchmarks

# Where `make install` puts the program; DESTDIR is put before it.
PREFIX := /usr/local
DIST := .build/dist

.PHONY: help run build deps test test-full lint format bench docs fuzz whisper-base clean install dist \
  deb

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1|\2/' \
	  | column -t -s '|'

run: build ## install missing packages, build, and answer three questions from the sample library
	@echo; echo '$$ swiftrag run "What is the price of a family ticket at the museum?"'
	@$(SAMPLE) $(SWIFTRAG) run "What is the price of a family ticket at the museum?"
	@echo; echo '$$ swiftrag run "How should the main mirror be cleaned?"'
	@$(SAMPLE) $(SWIFTRAG) run "How should the main mirror be cleaned?"
	@echo; echo '$$ swiftrag run "Who will sing the part of the queen?"'
	@$(SAMPLE) $(SWIFTRAG) run "Who will sing the part of the queen?"
	@echo; echo 'Your own files: $(SWIFTRAG) run --docs DIR "your question"'

build: deps ## build the release version
	swift build -c release --product swiftrag

install: build ## copy the program to PREFIX (/usr/local), with its manual page and completions
	.ci/stage.sh "$(DESTDIR)$(PREFIX)"
	@echo "installed: $(DESTDIR)$(PREFIX)/bin/swiftrag"

dist: build ## make a tarball that runs from any folder, and its checksum
	@set -e; version=$$($(SWIFTRAG) version | awk '{ print $$2; exit }'); \
	name=swiftrag-$$version-linux-$$(uname -m); \
	rm -rf "$(DIST)/$$name"; .ci/stage.sh "$(DIST)/$$name"; \
	tar -C "$(DIST)" --owner=0 --group=0 --sort=name -czf "$(DIST)/$$name.tar.gz" "$$name"; \
	(cd "$(DIST)" && sha256sum "$$name.tar.gz" | tee "$$name.tar.gz.sha256")

deb: build ## make a Debian package
	.ci/deb.sh "$(DIST)"

deps: ## install missing Debian packages
	@missing=; command -v pkg-config >/dev/null || missing="pkg-config"; \
	for entry in $(DEBIAN_PACKAGES); do \
	  pkg-config --exists "$${entry#*:}" 2>/dev/null || command -v "$${entry#*:}" >/dev/null \
	    || [ -e "$${entry#*:}" ] \
	    || missing="$$missing $${entry%%:*}"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "installing:$$missing"; \
	  $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; \
	fi

test: deps ## run every test that finishes in minutes on 2 cores
	swift test

test-full: deps $(PYTHON) ## compare with the reference implementations; kill and restart in a loop
	swift build -c release --product swiftrag
	Tests/Reference/run_all.sh

lint: deps ## check the format, the English and that instruction sets stay in their modules
	swift format lint --strict --parallel -r $(FORMATTED)
	Tests/lint/check_english.sh
	Tests/lint/check_isa_symbols.sh

format: ## format the sources
	swift format format -i --parallel -r $(FORMATTED)

bench: build $(PYTHON) .venv-whisper/bin/python ## measure speed against other programs, as ratios within one run
	Benchmarks/run_all.sh

docs: deps ## build the documentation; warnings are errors
	Sources/SwiftRAG/SwiftRAG.docc/build.sh

fuzz: deps ## fuzz each parser for 30 s, guided by coverage
	Tests/Fuzz/run.sh 30

whisper-base: build ## make the bundled speech model from OpenAI's base.pt (145 MB)
	Tests/Reference/make_bundled_whisper.sh

clean: ## remove everything that these commands created
	rm -rf .build .venv .docc-build

# The reference implementations, at pinned versions. llama-cpp-python is built from source. GCC 12
# drops llama.cpp's writes to the AMX tile configuration, so that its prompts die of SIGILL. On
# machines with AMX the Swift toolchain's clang compiles it instead: without OpenMP, which that clang
# does not include, and without pip's cache, which may hold a wheel that GCC compiled.
LLAMA_CPP_BUILD := $(shell grep -qs amx_int8 /proc/cpuinfo \
  && echo 'PIP_NO_CACHE_DIR=1 CC=clang CXX=clang++ CMAKE_ARGS="-DGGML_NATIVE=ON -DGGML_OPENMP=OFF"' \
  || echo 'CMAKE_ARGS=-DGGML_NATIVE=ON')
$(PYTHON): Tests/Reference/requirements.txt Tests/Reference/requirements-pictures.txt \
    Tests/Reference/requirements-clip.txt Tests/Reference/requirements-sound.txt \
    Tests/Reference/requirements-whisper.txt Tests/Reference/requirements-documents.txt
	python3 -m venv .venv
	.venv/bin/pip install -q --upgrade pip cmake ninja scikit-build-core
	$(LLAMA_CPP_BUILD) .venv/bin/pip install -q --no-build-isolation -r $<
	.venv/bin/pip install -q --no-deps --target .venv/pictures -r Tests/Reference/requirements-pictures.txt
	.venv/bin/pip install -q --no-deps --target .venv/clip -r Tests/Reference/requirements-clip.txt
	.venv/bin/pip install -q --no-deps --target .venv/sound -r Tests/Reference/requirements-sound.txt
	.venv/bin/pip install -q --no-deps --target .venv/whisper -r Tests/Reference/requirements-whisper.txt
	.venv/bin/pip install -q --target .venv/documents -r Tests/Reference/requirements-documents.txt
	@touch $@

# The programs beside which Whisper is measured. openai-whisper comes without its dependencies.
.venv-whisper/bin/python: Tests/Reference/requirements-whisper-peers.txt
	python3 -m venv .venv-whisper
	.venv-whisper/bin/pip install -q -r $<
	.venv-whisper/bin/pip install -q --no-deps openai-whisper==20250625
	@touch $@
