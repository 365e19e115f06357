# What this repository can do; `make` lists it.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
PYTHON := $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
# The standard library inside: the binary runs on any machine of the same architecture. Nobody links
# against it: without names for that, with short relocations, and with a section for each function,
# so that the linker can drop those that nobody calls, it is smaller.
RELEASE := -c release --static-swift-stdlib --product martlet -Xlinker --no-export-dynamic \
  -Xlinker --exclude-libs=ALL -Xlinker --icf=safe -Xswiftc -use-ld=lld \
  -Xlinker -z -Xlinker pack-relative-relocs -Xswiftc -Xfrontend -Xswiftc -function-sections

.DEFAULT_GOAL := help
.PHONY: help build test lint format fuzz sanitize bench conformance options firmware guest-test \
  demo install deb clean

help: ## print this list
	@echo "Martlet's targets:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

build: ## build the release binary, .build/release/martlet
	$(SWIFT) build $(RELEASE)

test: ## run everything: unit tests, house rules, firmware on QEMU, end to end
	scripts/test

guest-test: ## see udev, systemd and unplugging for real, in an emulated Debian: docs/GuestTest.md
	scripts/guest-test

lint: ## check formatting, shell scripts and forbidden things
	scripts/lint

format: ## format every Swift source in place
	find Package.swift Sources Tests firmware-sim -name .build -prune -o -name '*.swift' -print0 \
	  | xargs -0 $(SWIFT) format --in-place --configuration .swift-format

fuzz: ## fuzz what comes from outside, FUZZ_SECONDS (600) for each target
	scripts/fuzz

sanitize: ## run the unit tests under the address and the thread sanitizer
	scripts/sanitize

bench: build ## measure gateway and logins: docs/Benchmarks.md, docs/LoginFlood.md
	scripts/bench
	scripts/login-flood

conformance: ## join the specifications' statements with lines and tests: docs/Conformance.md
	scripts/conformance

options: ## list every option of a configuration file: docs/Options.md
	MARTLET_MAKES_DOCS=1 $(SWIFT) test --filter OptionTableTests

firmware: ## build the sensor node for both boards and print its sizes
	firmware-sim/build

demo: ## see readings of an emulated microcontroller arrive, live (DEMO_SECONDS=20 ends by itself)
	scripts/demo

install: build ## install the binary, manual pages, completion under PREFIX; MOSQUITTO_NAMES=1: links, too
	scripts/install "$(DESTDIR)$(PREFIX)" $(if $(MOSQUITTO_NAMES),names)

deb: build ## make Debian packages in .build/deb
	scripts/deb

clean: ## remove everything that was built
	rm -rf .build firmware-sim/.build .venv
