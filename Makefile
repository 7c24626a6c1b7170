# `make` lists the targets. Each of them first installs what this machine does not have.

PORT ?= 8080

.DEFAULT_GOAL := help
.PHONY: help demo test check build size bench memory chaos soak engines matrix tour site dist sbom clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## run the page, the relay and the sandbox at http://127.0.0.1:8080 (options: PORT=8090 DEMO='--sessions off')
	@exec env PORT=$(PORT) scripts/demo.sh $(DEMO)

test: ## run all tests: host, browser, end to end, S3, packaging, sizes; CHECK=1 runs the checks beside them
	@scripts/test.sh $(if $(CHECK),--check)

check: ## check format, lints, types, documentation, licences
	@scripts/check.sh

build: ## build the widget into build/package, build/site and build/playground, the relay and the sandbox
	@scripts/setup.sh build
	@scripts/build.sh

size: build ## print how many bytes a page loads to reach a verdict; fails over the limit
	@node scripts/size.mjs

bench: build ## measure times from navigation to camera, from tap to verdict and for a frame, and the relay's speed
	@scripts/setup.sh bench
	@scripts/bench.sh

memory: build ## watch the memory use of framing for ten minutes; fails if it grows
	@scripts/setup.sh test
	@bash -c '. scripts/env.sh && exec node benches/memory.mjs'

chaos: build ## let network, relay, storage and person misbehave in Chromium for 15 minutes (options: MINUTES=1 CHAOS_SEED=7)
	@scripts/setup.sh test
	@bash -c '. scripts/env.sh && exec env CHAOS_SEED=$(CHAOS_SEED) node tests/e2e/chaos.mjs $(MINUTES)'

soak: ## kill relays, PostgreSQL and vendor at random for an hour, and compare the ledgers (options: MINUTES=2 SOAK_SEED=7)
	@scripts/setup.sh test
	@bash -c '. scripts/env.sh && cargo build --locked -p akiba-relay -p akiba-sandbox && exec env SOAK_SEED=$(SOAK_SEED) node tests/soak/soak.mjs $(MINUTES)'

engines: build ## try the element in Chromium, Firefox and WebKitGTK, and print the README's table; UPDATE=1 writes it
	@scripts/setup.sh test
	@ALL=1 UPDATE=$(UPDATE) scripts/test-engines.sh

matrix: build ## try the npm package with every bundler and framework, and follow the quick starts; takes about 25 minutes
	@scripts/setup.sh test
	@bash -c '. scripts/env.sh && node tests/matrix/matrix.mjs && node tests/matrix/quick-start.mjs'

tour: build ## write a picture of every state, in both sizes and themes, into build/tour
	@scripts/setup.sh tour
	@scripts/tour.sh

site: ## write the documentation site into build/site-docs, and check its links; SERVE=1 then serves it at port 4321
	@scripts/site.sh $(if $(SERVE),--serve)

dist: ## make the files of a release in build/dist; VERIFY=1 builds twice and compares every byte
	@scripts/dist.sh $(if $(VERIFY),--verify)

sbom: ## write the list of the crates in the relay, with licences and checksums, into build/akiba-relay.cdx.json
	@mkdir -p build
	@node scripts/sbom.mjs build/akiba-relay.cdx.json

clean: ## remove what was built; keeps the tools that set-up installed
	rm -rf $(or $(CARGO_TARGET_DIR),target) build clients/build clients/node_modules dist www/pkg www/vision/akiba-vision.wasm node_modules examples/backend/node/node_modules \
	  evaluation/vision/node_modules scripts/lint/node_modules site/node_modules site/.astro site/dist tests/types/node_modules
