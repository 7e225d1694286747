# make [all|test|check|analyze|fuzz|bench|fmt|golden]  FLAVOUR=asan|release|tsan|analyze|fuzz   everything built lands in build/$(FLAVOUR)
# New files need no registration: sources, tests, templates, migrations and data are found here.
FLAVOUR ?= asan
B       := build/$(FLAVOUR)
GEN     := build/gen
CC      := gcc
PKGS    := libmicrohttpd sqlite3 libpq libsodium libcrypto jansson icu-uc icu-i18n pangocairo harfbuzz-subset freetype2 libqrencode liboath libcurl libseccomp zlib
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)

SRC   := $(shell find src -name '*.c' ! -name '*_test.c' ! -name main.c)
MAIN  := $(wildcard src/cli/main.c)
TESTS := $(sort $(shell find src tests -name '*_test.c') $(wildcard tests/*.c))
TMPL  := $(shell find src -name '*.html')
TMPLC := $(TMPL:%.html=$(GEN)/%_tmpl.c)
TEST_TMPLC := $(patsubst %.html,$(GEN)/%_tmpl.c,$(wildcard tests/tmplc/*.html))
MIGR  := $(sort $(wildcard migrations/*.sql))

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wno-overlength-strings -Wcast-qual -Wvla -Wundef -Wformat=2 \
        -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes -Werror
CPPFLAGS = -Isrc -I$(GEN)/src -I$(GEN) -Itests -D_GNU_SOURCE -include core/banned.h -MMD -MP
asan     = -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
release  = -g -O2 -flto=auto -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
fuzz     = -g -O1 -DXY_FUZZ -fsanitize=fuzzer-no-link,address -fno-omit-frame-pointer
tsan     = -g -O1 -fsanitize=thread
# gcc 12 takes what a struct keeps for leaked, and loses sight of strings: ASan and LSan look at those when the tests run.
analyze  = -g -O1 -fanalyzer -Wno-analyzer-malloc-leak -Wno-analyzer-use-of-uninitialized-value
CFLAGS   = -std=c17 $(WARN) $($(FLAVOUR)) $(PKG_CFLAGS)
LDFLAGS  = $($(FLAVOUR)) $(if $(filter release,$(FLAVOUR)),-pie -Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now)
comma   := ,
# Debian's system headers are not ours to warn about.
PKG_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS) 2>/dev/null))
LDLIBS     := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lxlsxwriter -lmagic -lpthread -lm
TEST_LIBS  := $(shell pkg-config --libs check 2>/dev/null)

obj = $(patsubst %.c,$(B)/%.o,$(1))
LIB_OBJ  := $(call obj,$(SRC) $(TMPLC) $(if $(MIGR),$(GEN)/migrations.c))
TEST_OBJ := $(call obj,$(TESTS) $(TEST_TMPLC))

all: $(if $(MAIN),$(B)/xiangyue)
$(B)/xiangyue: $(LIB_OBJ) $(call obj,$(MAIN)) ; @echo LD $@; $(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/run_tests: $(LIB_OBJ) $(TEST_OBJ) ; @echo LD $@; $(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(TEST_LIBS)
$(B)/run_tests: | $(GEN)/tools/housecheck
test: $(B)/run_tests ; $(B)/run_tests $(T)
# analyze: gcc's analyzer over everything; a finding is an error.
analyze: ; @$(MAKE) -s FLAVOUR=analyze all && echo "1 passed, 0 failed"
check: $(GEN)/tools/housecheck ; $(GEN)/tools/housecheck
test-pg: $(B)/run_tests ; $(B)/run_tests _on_pg
# fuzz: each parser under libFuzzer for FUZZ_SECONDS, new inputs into build/fuzz/corpus; replay: the kept ones.
FUZZ_SECONDS ?= 20
FUZZ_OBJ := $(call obj,$(filter-out fuzz/replay.c fuzz/driver.c,$(wildcard fuzz/*.c)))
$(B)/replay: $(LIB_OBJ) $(FUZZ_OBJ) $(call obj,fuzz/replay.c) ; @echo LD $@; $(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/fuzzer: $(LIB_OBJ) $(FUZZ_OBJ) $(call obj,fuzz/driver.c) ; @echo LD $@; $(CC) -fsanitize=fuzzer,address -o $@ $^ $(LDLIBS)
replay: $(B)/replay ; $(B)/replay fuzz/corpus
fuzz: ; @$(MAKE) -s FLAVOUR=fuzz CC=clang WARN= build/fuzz/fuzzer && cd build/fuzz && for t in $(notdir $(wildcard fuzz/corpus/*)); do \
	ln -sf fuzzer $$t; mkdir -p corpus/$$t; echo "fuzz $$t"; \
	./$$t -max_total_time=$(FUZZ_SECONDS) -verbosity=0 corpus/$$t ../../fuzz/corpus/$$t || exit 1; done
golden: $(B)/run_tests ; XY_GOLDEN=1 $(B)/run_tests golden

# Generated: typed templates, icons and migrations become C before anything is compiled.
$(GEN)/tools/tmplc: tools/tmplc_html.c tools/tmplc.h
$(GEN)/tools/%: tools/%.c ; @mkdir -p $(@D); $(CC) -std=c17 $(WARN) -g -O1 -D_GNU_SOURCE -o $@ $(filter %.c,$^)
$(GEN)/%_tmpl.c $(GEN)/%_tmpl.h: %.html $(GEN)/tools/tmplc ; @mkdir -p $(@D); $(GEN)/tools/tmplc $< $(GEN)/$*_tmpl
$(GEN)/icons.inc: web/icons.mjs $(wildcard web/icons/*) ; @mkdir -p $(@D); node web/icons.mjs $@
$(GEN)/migrations.c: tools/embed.sh $(MIGR) ; @mkdir -p $(@D); sh tools/embed.sh $(MIGR) > $@
# What the browser gets: pruned by the classes that templates use, named by its hash.
web: build/web/manifest.txt
build/web/manifest.txt: $(wildcard web/*.mjs web/src/*) web/safelist.txt $(TMPL) ; @node web/build.mjs build/web
GENERATED := $(TMPLC) $(TEST_TMPLC) $(if $(wildcard web/icons.mjs),$(GEN)/icons.inc)
$(LIB_OBJ) $(TEST_OBJ) $(call obj,$(MAIN)): | $(GENERATED)

# These libraries' headers have macros with banned names, allowed only before banned.h.
$(B)/src/kernel/print/sheet.o: CPPFLAGS := -include xlsxwriter.h $(CPPFLAGS)
$(B)/src/kernel/print/fonts.o: CPPFLAGS := -include cairo-ft.h $(CPPFLAGS)
$(B)/src/crypto/digest.o $(B)/src/crypto/random.o: CPPFLAGS := -include openssl/evp.h $(CPPFLAGS)
$(B)/%.o: %.c ; @mkdir -p $(@D); echo CC $<; $(CC) $(CPPFLAGS) $(CFLAGS) -DXY_VERSION='"$(VERSION)"' -c -o $@ $<
-include $(patsubst %.o,%.d,$(LIB_OBJ) $(TEST_OBJ) $(FUZZ_OBJ) $(call obj,$(MAIN)))

# Ratios against yardsticks of the same minutes (bench/README.md). make bench QUICK=1: two minutes.
build/bench/%: bench/%.c ; @mkdir -p $(@D); $(CC) -std=c17 $(WARN) -O2 -D_GNU_SOURCE -o $@ $< -lmicrohttpd -lsqlite3 -lcrypto
build/bench/slowsync.so: bench/slowsync.c ; @mkdir -p $(@D); $(CC) -std=c17 $(WARN) -O2 -D_GNU_SOURCE -shared -fPIC -o $@ $<
bench:
	@sh tools/packages.sh bench
	@$(MAKE) -s FLAVOUR=release all web build/bench/bare build/bench/load build/bench/slowsync.so
	@node bench/run.mjs $(if $(QUICK),--quick)

fmt: ; clang-format -i $(shell git ls-files '*.c' '*.h')
$(FUZZ_OBJ): | $(GENERATED)
.PHONY: fuzz replay all test check test-pg golden fmt web bench
.DELETE_ON_ERROR:
