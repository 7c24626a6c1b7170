# `make` lists the targets. Each sets up what this machine lacks before it begins.

PORT ?= 8080

.DEFAULT_GOAL := help
.PHONY: help demo test check build size bench memory tour clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## the page, the relay and the sandbox at http://127.0.0.1:8080 (PORT= changes it, DEMO='--sessions off' leaves sessions out); Ctrl-C ends all
	@exec env PORT=$(PORT) scripts/demo.sh $(DEMO)

test: ## every test: host, browser, end to end, S3, packaging, sizes
	@scripts/test.sh

check: ## format, lints, documentation, licences
	@scripts/check.sh

build: ## the widget into www/pkg and build/site, the relay and the sandbox
	@scripts/setup.sh build
	@scripts/build.sh

size: build ## bytes that a page loads to reach a verdict; fails over the budget
	@node scripts/size.mjs

bench: build ## times from navigation to camera, from tap to verdict, and of a frame beside other detectors; the relay's speed
	@scripts/setup.sh bench
	@scripts/bench.sh

memory: build ## ten minutes of framing: what it holds of memory; fails if that grows
	@scripts/setup.sh test
	@bash -c '. scripts/env.sh && exec node benches/memory.mjs'

tour: build ## a picture of every state, in both sizes and themes, into build/tour
	@scripts/setup.sh test
	@scripts/tour.sh

clean: ## remove what was built; what set-up installed stays
	rm -rf $(or $(CARGO_TARGET_DIR),target) build dist www/pkg www/vision/akiba-vision.wasm node_modules examples/backend/node/node_modules
