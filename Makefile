# make prints its targets; make check runs all that CI runs.

GO      ?= go
TOOL     = $(GO) tool -modfile=tools.mod
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  = -s -w -X main.version=$(VERSION)

PACKAGES ?= ./...
ARGS     ?=
# A count and not a time: at the end of a time, go test now and then fails with the deadline it set itself.
FUZZTIME ?= 1500x
CASES    ?= 1000000
ORDERS   ?= 100000
SEED     ?= 0
KILLS    ?= 1000
ENGINE   ?=
MINUTES  ?= 60
EACH     ?= 10
TIMEOUT  ?= 30m
RACE     ?=
TEST     ?= $(GO) test
# Many tests wait, for a lease to run out or for a killed process to come back: twice as many run at once as
# there are processors.
PARALLEL ?= $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))

# The race detector looks at what goroutines share. Random cases of one goroutine are few under it. SQLite,
# which is C in Go's words, keeps its memory where it does not look, and guards it in its own way. And no
# process waits a second at its end for races that others might still tell of.
RACING = GORACE=atexit_sleep_ms=20 $(TEST) -race -short \
	-gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc/...=-race=false

# The linter that workflows deserve needs another yaml than golangci-lint does, so it has no place in
# tools.mod; go run with a version is pinned by the checksum database.
ACTIONLINT = $(GO) run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

CUE_FILES = $(shell find . -name '*.cue' -not -path '*/testdata/*' -not -path './.testdata/*')

.PHONY: help
help: ## print the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo build share docker clean
demo: ## the service, stand-in forges and a Nexus of five teams at work (ARGS="--for 20s")
	$(GO) run -trimpath -ldflags '$(LDFLAGS)' ./cmd/nexusgate demo $(ARGS)

build: ## a static binary, bin/nexusgate
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/nexusgate ./cmd/nexusgate

share: ## the manual, and completion for shells, in bin/share as /usr/share has them
	@rm -rf bin/share && mkdir -p bin/share/bash-completion/completions bin/share/fish/vendor_completions.d bin/share/zsh/site-functions
	$(GO) build -o bin/nexusgate-of-this-machine ./cmd/nexusgate
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) bin/nexusgate-of-this-machine man bin/share/man/man1
	gzip --no-name --best bin/share/man/man1/*.1
	bin/nexusgate-of-this-machine completion bash >bin/share/bash-completion/completions/nexusgate
	bin/nexusgate-of-this-machine completion fish >bin/share/fish/vendor_completions.d/nexusgate.fish
	bin/nexusgate-of-this-machine completion zsh >bin/share/zsh/site-functions/_nexusgate

docker: ## the image, nexusgate:VERSION and nexusgate:latest
	docker build --build-arg VERSION=$(VERSION) --tag nexusgate:$(VERSION) --tag nexusgate .

clean: ## remove what was built and fetched
	rm -rf bin .testdata

.PHONY: test race bench bench-opa opa-check chart-check monitoring-check package-check browser-check screenshots fuzz fuzz-long prove prove-kills soak testdata postgres evidence shells packages prometheus grafana browser
test: testdata postgres evidence shells prometheus ## all tests (RACE=1 with the race detector, PACKAGES=./gate to run fewer)
	$(if $(RACE),$(RACING),$(TEST)) -parallel $(PARALLEL) -timeout $(TIMEOUT) $(PACKAGES)

race: ## all tests with the race detector, and few of the random cases
	@$(MAKE) --no-print-directory test RACE=1

bench: testdata postgres ## all benchmarks, one package at a time
	$(GO) test -p 1 -timeout 3h -run '^$$' -bench . -benchmem $(PACKAGES)

bench-opa: ## one component judged by nexusgate and by OPA, in one run (gate/opabench)
	cd gate/opabench && $(GO) test -run '^$$' -bench . -count 5

opa-check: ## that nexusgate and OPA come to the same states on the same reports
	cd gate/opabench && $(GO) mod tidy -diff && $(GO) vet . && $(GO) test .

package-check: packages ## that GoReleaser makes an archive, a deb and an rpm, and that these are sound (packaging)
	cd packaging && $(GO) mod tidy -diff && $(GO) vet . && $(GO) test .

chart-check: ## that the Helm chart renders what is kept, and a cluster takes it (charts)
	cd charts && $(GO) mod tidy -diff && $(GO) vet . && $(GO) test .

# What it reads lies outside of its module, where go test does not see it change.
monitoring-check: prometheus grafana ## the alerts by their cases, and the dashboards by Grafana's types (charts/monitoring)
	cd charts/monitoring && $(GO) mod tidy -diff && $(GO) vet . && $(GO) test -count=1 .

# The scripts in testdata are not what go test sees change.
browser-check: testdata browser ## every page of the service and of the set-up in Chromium, held to WCAG 2.1 AA by axe
	$(GO) test -tags browser -count=1 -timeout 15m -run '^TestPagesInABrowser$$' ./cmd/nexusgate

screenshots: testdata browser ## pictures of the pages, anew, in docs/screenshots
	$(GO) test -tags browser -count=1 -timeout 15m -run '^TestPagesInABrowser$$' ./cmd/nexusgate -pictures $(CURDIR)/docs/screenshots

fuzz: ## each fuzz target for FUZZTIME, a count or a time (FUZZTIME=2m)
	@GO='$(GO)' .ci/fuzz $(FUZZTIME)

fuzz-long: ## each fuzz target for EACH so many minutes; it goes on where it was stopped
	@GO='$(GO)' .ci/fuzz-long $(EACH)

prove: ## that a team's layer only tightens, over CASES random ones, and that ORDERS of the demo's deliveries fold alike (SEED=n replays)
	GOGC=400 $(GO) test -count=1 -timeout 2h -v -run '^TestATeamsLayerOnlyTightens$$' ./gate -cases $(CASES) -seed $(SEED)
	$(GO) test -count=1 -timeout 6h -v -run '^TestADisorderedLogFoldsToTheSameVerdicts$$' ./cmd/nexusgate -cases $(ORDERS) -seed $(SEED)

prove-kills: testdata postgres ## that KILLS of kill -9 lose nothing and change no verdict, on both engines or ENGINE=sqlite, postgres; it goes on where it was stopped
	$(GO) test -count=1 -timeout 24h -v -run '^TestAServiceKilledAtAnyMomentLosesNothingAndDecidesTheSame$$/^$(ENGINE)' ./cmd/nexusgate \
		-kills $(KILLS) -seed $(SEED) -kills-noted $(CURDIR)/.testdata/kills

soak: testdata ## MINUTES of the service at 200 deliveries a second, sampled into .testdata/soak/soak.csv; it goes on where it was stopped
	cd cmd/nexusgate && $(GO) test -timeout 0 -run '^$$' -bench '^BenchmarkSoak$$' -benchtime 1x . -soak $(MINUTES)m -soak-in $(CURDIR)/.testdata/soak

testdata: ## fetch the recorded payloads and descriptions that the tests read, pinned by sha256
	@.ci/testdata

postgres: ## find or install the PostgreSQL server that the tests start
	@.ci/postgres

evidence: ## find or install the tools whose evidence files the tests read
	@.ci/evidence

shells: ## find or install the shells and programs that the tests run commands in, and what reads the manual
	@.ci/shells

prometheus: ## find or fetch the Prometheus that scrapes the demo in a test
	@.ci/prometheus

grafana: ## fetch the types that dashboards are checked against
	@.ci/grafana

browser: ## find or install the browser that pages are looked at with, and what drives it
	@.ci/browser

packages: ## find or install what reads the packages that the tests make
	@.ci/packages

.PHONY: fmt fmt-check lint vet tidy-check vuln workflows
fmt: ## format Go and CUE
	$(TOOL) golangci-lint fmt
	$(if $(CUE_FILES),$(TOOL) cue fmt $(CUE_FILES))

fmt-check: ## fail on what fmt would change
	$(TOOL) golangci-lint fmt --diff
	$(if $(CUE_FILES),$(TOOL) cue fmt --check $(CUE_FILES))

lint: ## golangci-lint, each linter with its reason in .golangci.yml
	$(TOOL) golangci-lint config verify
	$(TOOL) golangci-lint run

vet: ## go vet
	$(GO) vet ./...

tidy-check: ## fail on what go mod tidy would change
	$(GO) mod tidy -diff

vuln: ## known vulnerabilities that our code reaches
	@GO='$(GO)' .ci/vuln

workflows: ## actionlint over .github/workflows
	$(ACTIONLINT)

.PHONY: generate generate-check golden golden-check
generate: ## the queries of gate/store, by sqlc
	cd gate/store && $(GO) tool -modfile=../../tools.mod sqlc generate

generate-check: ## fail on what generate would change
	cd gate/store && $(GO) tool -modfile=../../tools.mod sqlc diff

golden: testdata ## write the golden files anew from what the code does
	@GO='$(GO)' .ci/golden

golden-check: ## fail on a golden file that golden would change
	@GO='$(GO)' .ci/golden --check

# The tests come last, so that the last line says what ran.
.PHONY: check
check: ## all that CI runs
	@$(MAKE) --no-print-directory fmt-check tidy-check generate-check vet lint workflows vuln
	@$(MAKE) --no-print-directory testdata golden-check opa-check chart-check monitoring-check package-check browser-check fuzz
	@$(MAKE) --no-print-directory test race TEST='$(TOOL) gotestsum --format=pkgname --hide-summary=skipped --'
