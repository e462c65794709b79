# SPDX-License-Identifier: GPL-3.0-or-later
#
# Baraza's build.  `make help` lists what it can do.
#
# Sources are found by their place (gateway/, handlers/, simulator/, tests/unit/), so a new file
# needs no line here.  Every path is relative: the checkout may lie in a folder with spaces.
# One variant, one folder: B=build (gcc), B=build-asan, B=build-clang, or any build-NAME.

MAKEFLAGS += --no-builtin-rules --no-print-directory
ifeq ($(MAKELEVEL),0)
ifeq ($(shell tr "\\0" " " </proc/$$PPID/cmdline 2>/dev/null | grep -E -e " (-j|--jobs)"),)
MAKEFLAGS += -j2
endif
endif
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

VERSION := 0.1.0
B ?= build
PREFIX ?= /usr/local
SYSCONFDIR ?= $(if $(filter /usr /usr/local,$(PREFIX)),/etc,$(PREFIX)/etc)
UNITDIR ?= $(PREFIX)/lib/systemd/system
DATADIR = $(PREFIX)/share/baraza
# Sources to leave out, for a tree in the making: make SKIP="gateway/http.c"
SKIP ?=
# make test T=claim runs only the tests whose name contains "claim"
T ?=

ifeq ($(origin CC),default)
CC := gcc
endif
AR ?= ar
OPT ?= -O2 -g
FORTIFY ?= -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
WARN := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes
WERROR ?=
SANITIZE ?=

BASE_CFLAGS = -std=c11 -D_GNU_SOURCE $(OPT) $(WARN) $(WERROR) $(SANITIZE) $(FORTIFY) \
	-fstack-protector-strong -fPIE $(CFLAGS)
PLACES = -DBARAZA_VERSION='"$(VERSION)"' -DBARAZA_DATADIR='"$(DATADIR)"' \
	-DBARAZA_SYSCONFDIR='"$(SYSCONFDIR)"'
BASE_LDFLAGS = -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(SANITIZE) $(LDFLAGS)

# pkg-config is asked once, and only when something is compiled.
once = $(eval $(1) := $(shell $(2)))$($(1))
pc = pkg-config $(1) 2>/dev/null
PQ_CFLAGS = $(call once,PQ_CFLAGS,$(call pc,--cflags libpq))
PQ_LIBS = $(call once,PQ_LIBS,$(call pc,--libs libpq))
GATEWAY_PKGS := libevent_core libevent_extra libconfig libpcre2-8 libsystemd libcrypto libxml-2.0 \
	xmlsec1-openssl
GATEWAY_PKG_CFLAGS = $(call once,GATEWAY_PKG_CFLAGS,$(call pc,--cflags $(GATEWAY_PKGS)))
GATEWAY_PKG_LIBS = $(call once,GATEWAY_PKG_LIBS,$(call pc,--libs $(GATEWAY_PKGS)))
UNISTRING_LIBS := -lunistring
GATEWAY_CFLAGS = $(GATEWAY_PKG_CFLAGS) $(PQ_CFLAGS)
GATEWAY_LIBS = $(GATEWAY_PKG_LIBS) $(PQ_LIBS) $(UNISTRING_LIBS) -lm
WORKER_CFLAGS = $(call once,WORKER_CFLAGS,$(call pc,--cflags gammu))
WORKER_LIBS = $(call once,WORKER_LIBS,$(call pc,--libs gammu)) $(UNISTRING_LIBS)
SIM_CFLAGS = $(GATEWAY_PKG_CFLAGS)
SIM_LIBS = $(GATEWAY_PKG_LIBS) $(UNISTRING_LIBS) -lm
RUNNER_LIBS = $(GATEWAY_PKG_LIBS) $(PQ_LIBS) $(UNISTRING_LIBS) -lm

# --- what is built from what -------------------------------------------------------------------
src = $(filter-out $(SKIP),$(sort $(wildcard $(1))))
objs = $(patsubst %.c,$(B)/obj/%.o,$(1))

# What the worker shares with the gateway; all else of it is gateway/worker-*.c.
WORKER_SHARED := gateway/wire.c gateway/log.c
WORKER_SRC := $(call src,gateway/worker-*.c)
GATEWAY_SRC := $(filter-out gateway/main.c gateway/baraza-modem.c $(WORKER_SRC),$(call src,gateway/*.c))
HANDLERS_SRC := $(call src,handlers/*.c)
SIM_SRC := $(filter-out simulator/main.c simulator/baraza-sim.c,$(call src,simulator/*.c))
SIM_MAIN := $(firstword $(wildcard simulator/main.c simulator/baraza-sim.c))
RUNNER_SRC := $(call src,tests/scenario-runner/*.c)
UNIT_SRC := $(call src,tests/unit/test-*.c)
UNIT_HELP_SRC := $(filter-out $(UNIT_SRC),$(call src,tests/unit/*.c))

LIB := $(B)/libbaraza.a
LIBMODEM := $(B)/libmodem.a
LIBSIM := $(B)/libsim.a
LIBUNIT := $(if $(UNIT_HELP_SRC),$(B)/libunit.a)
LIBBENCH := $(B)/libbench.a
UNIT_BIN := $(patsubst tests/unit/%.c,$(B)/tests/%,$(UNIT_SRC))
TOOL_BIN := $(patsubst packaging/%.c,$(B)/%,$(call src,packaging/*.c))
BENCH_BIN := $(patsubst bench/%.c,$(B)/bench-%,$(call src,bench/*.c))
# Benches have the scenario runner's private cluster, simulator and gateway.
BENCH_HELP_SRC := $(call src,bench/common/*.c) \
	$(filter-out tests/scenario-runner/main.c tests/scenario-runner/play%,$(RUNNER_SRC))
FUZZ_BIN := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(call src,tests/fuzz/*.c))
# Faults have the benches' field besides, and the simulator's way to write PDUs.
# kill-at.so is preloaded into the gateway.
KILL_AT := $(if $(wildcard tests/fault-tools/kill-at.c),$(B)/kill-at.so)
FAULT_SRC := $(filter-out tests/fault-tools/kill-at.c,$(call src,tests/fault-tools/*.c)) \
	simulator/charset.c simulator/pdu.c
FAULT_BIN := $(if $(wildcard tests/fault-tools/main.c),$(B)/bad-input)

PROGRAMS := $(if $(wildcard gateway/main.c),$(B)/baraza) \
	$(if $(wildcard gateway/baraza-modem.c),$(B)/baraza-modem) \
	$(if $(SIM_MAIN),$(B)/baraza-sim)
TEST_PROGRAMS := $(UNIT_BIN) $(if $(wildcard $(addprefix tests/scenario-runner/,main.c run-scenario.c)),$(B)/run-scenario) $(FUZZ_BIN) \
	$(filter $(B)/bench-kill-anything,$(BENCH_BIN)) $(FAULT_BIN) $(KILL_AT)

.PHONY: all programs test-programs bench-programs run test check bench lint asan install clean help \
	setup packages FORCE

all: programs
programs: $(PROGRAMS) $(TOOL_BIN)
test-programs: $(TEST_PROGRAMS)
bench-programs: $(BENCH_BIN)

$(B)/baraza: $(call objs,gateway/main.c $(GATEWAY_SRC) $(HANDLERS_SRC))
$(B)/baraza: LIBS = $(GATEWAY_LIBS)
$(B)/baraza-modem: $(call objs,gateway/baraza-modem.c $(WORKER_SRC) $(wildcard $(WORKER_SHARED)))
$(B)/baraza-modem: LIBS = $(WORKER_LIBS)
$(B)/baraza-sim: $(call objs,$(SIM_MAIN) $(SIM_SRC))
$(B)/baraza-sim: LIBS = $(SIM_LIBS)
$(B)/run-scenario: $(call objs,$(RUNNER_SRC))
$(B)/run-scenario: LIBS = $(RUNNER_LIBS)
$(TOOL_BIN): $(B)/%: $(B)/obj/packaging/%.o

$(B)/baraza $(B)/baraza-modem $(B)/baraza-sim $(B)/run-scenario $(TOOL_BIN):
	@echo "  LINK    $@"
	@$(CC) $(BASE_LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS)

$(LIB): $(call objs,$(GATEWAY_SRC) $(HANDLERS_SRC))
$(LIBMODEM): $(call objs,$(WORKER_SRC))
$(LIBSIM): $(call objs,$(SIM_SRC))
$(B)/libunit.a: $(call objs,$(UNIT_HELP_SRC))
$(LIBBENCH): $(call objs,$(BENCH_HELP_SRC))
$(LIB) $(LIBMODEM) $(LIBSIM) $(LIBBENCH) $(B)/libunit.a: $(B)/sources
	@rm -f $@
	@$(AR) rcs $@ $(filter %.o,$^)

# A test of the simulator (test-sim*.c) finds the simulator's names first, one of the inbox nothing but the
# gateway's, any other the gateway's as its helpers leave them.
TEST_LIBS = $(LIBUNIT) $(LIBMODEM) $(LIB) $(LIBSIM)
$(B)/tests/test-sim%: TEST_LIBS = $(LIBUNIT) $(LIBSIM) $(LIB)
$(B)/tests/test-inbox%: TEST_LIBS = $(LIB) $(LIBUNIT)
TEST_LINK_LIBS = -Wl,--start-group $(TEST_LIBS) -Wl,--end-group $(GATEWAY_LIBS) $(WORKER_LIBS)

$(UNIT_BIN): $(B)/tests/%: $(B)/obj/tests/unit/%.o $(LIB) $(LIBMODEM) $(LIBSIM) $(LIBUNIT)
$(BENCH_BIN): $(B)/bench-%: $(B)/obj/bench/%.o $(LIBBENCH) $(LIB)
$(BENCH_BIN): TEST_LIBS = $(LIBBENCH) $(LIB)
$(FUZZ_BIN): $(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(LIB) $(LIBMODEM) $(LIBSIM) $(LIBUNIT)
$(FAULT_BIN): $(call objs,$(FAULT_SRC)) $(LIBBENCH)
$(FAULT_BIN): TEST_LIBS = $(LIBBENCH)
$(UNIT_BIN) $(BENCH_BIN) $(FUZZ_BIN) $(FAULT_BIN):
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) $(BASE_LDFLAGS) -o $@ $(filter %.o,$^) $(TEST_LINK_LIBS)

$(B)/kill-at.so: $(B)/obj/tests/fault-tools/kill-at.o
	@echo "  LINK    $@"
	@$(CC) -shared $(SANITIZE) -o $@ $<

# --- compiling ---------------------------------------------------------------------------------
$(B)/obj/gateway/%: INCS = -I. -Igateway -Ihandlers $(GATEWAY_CFLAGS)
$(B)/obj/handlers/%: INCS = -I. -Igateway -Ihandlers $(GATEWAY_CFLAGS)
$(B)/obj/gateway/baraza-modem.o: INCS = -I. -Igateway $(WORKER_CFLAGS)
$(call objs,$(WORKER_SRC)): INCS = -I. -Igateway $(WORKER_CFLAGS)
$(B)/obj/simulator/%: INCS = -I. -Isimulator $(SIM_CFLAGS)
TEST_INCS = -I. -Igateway -Ihandlers -Isimulator -Itests/unit $(GATEWAY_CFLAGS) $(WORKER_CFLAGS)
$(B)/obj/tests/%: INCS = $(TEST_INCS)
$(B)/obj/tests/fault-tools/kill-at.o: INCS = -fPIC
$(B)/obj/bench/%: INCS = $(TEST_INCS)
INCS = -I.

$(B)/obj/%.o: %.c $(B)/flags | packages
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(BASE_CFLAGS) $(PLACES) $(INCS) -MMD -MP -c -o $@ $<

# Rebuild when the flags changed, and, when only PREFIX or the version did, those that name them;
# relink archives when a source came or went.
PLACED := $(shell grep -lE 'BARAZA_(VERSION|DATADIR|SYSCONFDIR)' */*.c tests/*/*.c 2>/dev/null)
$(call objs,$(PLACED)): $(B)/places
changed = mkdir -p $(B); printf '%s\n' '$(subst ','\'',$(1))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(1))' >$@
$(B)/flags: FORCE
	@$(call changed,$(CC) $(BASE_CFLAGS))
$(B)/places: FORCE
	@$(call changed,$(PLACES))
$(B)/sources: FORCE
	@$(call changed,$(GATEWAY_SRC) $(HANDLERS_SRC) $(WORKER_SRC) $(SIM_SRC) $(UNIT_HELP_SRC) \
		$(BENCH_HELP_SRC))

-include $(wildcard $(B)/obj/*/*.d $(B)/obj/*/*/*.d)

# --- packages of Debian ------------------------------------------------------------------------
# `packages` only looks and says what to do; `setup` installs.
packages:
	@packaging/setup.sh --check build

setup:
	@packaging/setup.sh build test

# --- running, testing --------------------------------------------------------------------------
# Two at once in one tree build one after the other.
IN_TURN = mkdir -p $(B) && flock $(B)/lock

run:
	@packaging/setup.sh build
	@$(IN_TURN) $(MAKE) programs
	@exec packaging/demo.sh $(B)

test:
	@packaging/setup.sh build test
	@$(IN_TURN) $(MAKE) programs test-programs
	@exec tests/run --build $(B) $(if $(T),--name '$(T)')

bench:
	@packaging/setup.sh build test
	@$(IN_TURN) $(MAKE) programs bench-programs
	@exec bench/run $(B) $(if $(T),'$(T)')

SANITIZE_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer \
	-Wno-format-truncation
asan:
	@packaging/setup.sh build test
	@$(MAKE) B=build-asan OPT='-O1 -g' FORTIFY= SANITIZE='$(SANITIZE_FLAGS)' programs test-programs
	@exec tests/run --build build-asan --sanitizer $(if $(T),--name '$(T)')

lint:
	@packaging/setup.sh build test lint
	@exec tests/lint

# --- installing --------------------------------------------------------------------------------
install: programs
	@exec packaging/install.sh $(B) '$(DESTDIR)' '$(PREFIX)' '$(SYSCONFDIR)' '$(UNITDIR)'

clean:
	rm -rf build build-*/

help:
	@echo "make                 build/baraza, build/baraza-modem, build/baraza-sim"
	@echo "make run             the demonstration city: simulator, PostgreSQL, gateway (Ctrl-C stops it)"
	@echo "make test            every test; make test T=NAME those whose name contains NAME"
	@echo "make bench           measures, into bench/results.md; make bench T=NAME one figure of it"
	@echo "make lint            gcc and clang with -Werror, clang-format, cppcheck, shellcheck"
	@echo "make asan            the tests under the address and undefined-behaviour sanitizers"
	@echo "make install         DESTDIR= PREFIX=/usr/local SYSCONFDIR= UNITDIR="
	@echo "make setup           installs the missing Debian packages, nothing else"
	@echo "make clean           removes build/ and build-*/, never var/"
