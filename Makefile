# nezuban: make demo | build | test | lint | bench | storm | fuzz
# Besides Go and git, a fresh machine needs nothing else; `make test` installs
# what the tests need on Debian (.ci/setup says what and why).

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)
BIN     := bin/nezuban
DEMO    ?= demo
# Without this tag gosnmp writes every packet for a log that nobody asked for.
TAGS    := -tags gosnmp_nodebug
# The scenes of the whole facility need the machine to themselves: they go first.
GOTEST  := CGO_ENABLED=1 go test $(TAGS) -race -json -timeout 1500s $(TESTFLAGS)
# Extra arguments: make demo ARGS="--lang ja --fault utility-a-loss@20s"
ARGS    ?=

.PHONY: all build demo test lint bench storm fuzz clean

all: build

build:
	CGO_ENABLED=0 go build $(TAGS) -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/nezuban

# The whole product against a simulated facility that speaks real SNMP.
demo: build
	$(BIN) demo --dir $(DEMO) $(ARGS)

test:
	./.ci/setup
	@{ $(GOTEST) ./cmd/nezuban; $(GOTEST) $$(go list ./... | grep -v '^nezuban/cmd/nezuban$$') ./.ci/testreport; } | go run ./.ci/testreport $(TESTFLAGS)

lint:
	@bad=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$bad" ] || { echo "gofmt would change: $$bad"; exit 1; }
	go vet $(TAGS) ./... ./.ci/testreport
	go tool staticcheck ./...
	./.ci/terms

# Figures of one run on one machine: compare them with each other, never with
# those of another machine.
bench:
	NEZUBAN_BENCH=1 go test $(TAGS) -run '^TestPollTable$$' -count 1 -timeout 900s -v ./collectors/snmp/fleet | grep -vE '^(=== |--- |PASS)'
	NEZUBAN_BENCH=1 go test $(TAGS) -run '^TestPipelineTable$$' -count 1 -timeout 900s -v ./cmd/nezuban | grep -vE '^(=== |--- |PASS)'
	go test $(TAGS) -run '^$$' -bench . -benchmem ./internal/... ./collectors/... ./sla/... ./tui/...

# 10,000 alarms in ten seconds with three consoles over SSH: how long people wait.
storm:
	go test $(TAGS) ./cmd/nezuban -run '^TestStorm$$' -count 1 -v | grep -E 'storm_test|^(ok|FAIL|---)'

fuzz:
	@for p in $$(grep -rl --include='*_test.go' 'func Fuzz' . | xargs -n1 dirname | sort -u); do \
		for f in $$(grep -ho 'func Fuzz[A-Za-z0-9]*' $$p/*_test.go | cut -c6-); do \
			echo "$$p $$f"; go test $(TAGS) -run '^$$' -fuzz "^$$f\$$" -fuzztime $${FUZZTIME:-20s} $$p || exit 1; \
		done; done

clean:
	rm -rf bin
