# `make install` builds bd and installs it; `make test` runs all tests. Both first install the system packages
# that are missing. `make help` lists the rest.

PREFIX ?= /usr/local
# Not every shell expands the tilde of PREFIX=~/.local.
override PREFIX := $(patsubst ~/%,$(HOME)/%,$(PREFIX))
# More flags for the compiler, for example -Xswiftc -warnings-as-errors.
SWIFTFLAGS ?=
# What `make bench-bd` hands to bd-bench, for example ARGS="--sizes 10000 --filter update", and so on.
ARGS ?=

BIN = $(DESTDIR)$(PREFIX)/bin
BUILT = .build/release
# Gas Town is a package of its own; both build into one directory, so that BeadsKit is compiled once.
TOWN := $(wildcard GasTown/Package.swift)
PROGRAMS = bd $(if $(TOWN),gt)
IN_TOWN = --package-path GasTown --scratch-path .build
# Without this, SwiftPM can take the plan of the other package for its own.
REPLAN = rm -f .build/*/description.json

ifeq ($(shell uname -s),Darwin)
  SWIFTFLAGS += -Xcc -I$(shell brew --prefix 2>/dev/null)/include
endif

.PHONY: help packages build install uninstall test lint bench bench-bd bench-town soak soak-town demo clean

help:
	@echo "make install    build bd and install it into PREFIX ($(PREFIX))"
	@echo "make uninstall  remove what install installed"
	@echo "make test       run all tests"
	@echo "make lint       check format and house rules"
	@echo "make bench      measure bd and gt against their budgets"
	@echo "make bench-bd   measure bd; ARGS=--help for options"
	@echo "make bench-town measure gt in a town of 30 agents; ARGS=--help for options"
	@echo "make soak       try to make bd lose something for two minutes; ARGS=--help for options"
	@echo "make soak-town  kill 30 agents, their server and the daemon at random, and look what is lost; ARGS=--help for options"
	@echo "make demo       see bd and gt at work on projects made on the spot"
	@echo "make build      build everything in release, without installing"
	@echo "make clean      remove what was built"

packages:
	@sh Tests/Scripts/packages

build: packages
	@$(REPLAN)
	swift build -c release $(SWIFTFLAGS)
ifneq ($(TOWN),)
	@$(REPLAN)
	swift build -c release $(IN_TOWN) $(SWIFTFLAGS)
endif

install: packages
	@$(REPLAN)
	swift build -c release --product bd $(SWIFTFLAGS)
ifneq ($(TOWN),)
	@$(REPLAN)
	swift build -c release $(IN_TOWN) --product gt $(SWIFTFLAGS)
endif
	@set -e; sudo=; mkdir -p "$(BIN)" 2>/dev/null && [ -w "$(BIN)" ] || sudo=sudo; \
	  $$sudo mkdir -p "$(BIN)"; \
	  for program in $(PROGRAMS); do \
	    strip -o "$(BUILT)/$$program.stripped" "$(BUILT)/$$program"; \
	    $$sudo install -m 755 "$(BUILT)/$$program.stripped" "$(BIN)/$$program"; \
	  done
	@echo "Installed $(foreach program,$(PROGRAMS),$(BIN)/$(program))"

uninstall:
	rm -f $(foreach program,$(PROGRAMS),"$(BIN)/$(program)")

test: packages
	@$(REPLAN)
	swift test $(SWIFTFLAGS)
ifneq ($(TOWN),)
	@$(REPLAN)
	swift test $(IN_TOWN) $(SWIFTFLAGS)
endif

lint:
	@sh Tests/Scripts/lint

bench: bench-bd bench-town

bench-bd: packages
	@$(REPLAN)
	swift build -c release $(SWIFTFLAGS)
	$(BUILT)/bd-bench $(ARGS)

bench-town: packages
	@$(REPLAN)
	swift build -c release $(IN_TOWN) --product gt $(SWIFTFLAGS)
	swift build -c release $(IN_TOWN) --product gt-bench $(SWIFTFLAGS)
	$(BUILT)/gt-bench $(ARGS)

soak: packages
	@$(REPLAN)
	swift build -c release --product bd $(SWIFTFLAGS)
	python3 Tests/Scripts/nothing-lost --bd $(BUILT)/bd $(ARGS)

soak-town: packages
	@$(REPLAN)
	swift build -c release $(IN_TOWN) --product gt $(SWIFTFLAGS)
	python3 Tests/Scripts/town-lost --gt $(BUILT)/gt $(ARGS)

demo: packages
	@$(REPLAN)
	swift build -c release $(SWIFTFLAGS)
ifneq ($(TOWN),)
	@$(REPLAN)
	swift build -c release $(IN_TOWN) --product gt $(SWIFTFLAGS)
endif
	@bash Tests/Scripts/demo $(BUILT)

clean:
	rm -rf .build GasTown/.build
