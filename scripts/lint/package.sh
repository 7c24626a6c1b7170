#!/usr/bin/env bash
# Checks the npm package as it is published: its manifest, and what editors read, which is made of it; publint reads its package.json, attw its types in each way that a tool
# resolves them. Stubs stand for the WebAssembly, so that no build is needed.
set -euo pipefail
cd "$(dirname "$0")/../.."

node scripts/lint/ide.mjs

new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
cp -R www/. "$new"
cp LICENSE-APACHE LICENSE-MIT "$new/"
rm -rf "$new/pkg"
mkdir "$new/pkg"
touch "$new"/pkg/akiba-selfie_{bg,rest}.wasm "$new/vision/akiba-vision.wasm"
echo "let wasm = instance.exports; export class Widget {} export const initRest = () => {}; export default () => {};" >"$new/pkg/akiba-selfie.js"
node scripts/bundle.mjs "$new"

bin=$PWD/scripts/lint/node_modules/.bin
"$bin/publint" run --strict "$new"
# Vite's plugin is an ES module only, as is everything that has to do with Vite.
(cd "$new" && "$bin/attw" --pack . --profile node16 --ignore-rules cjs-resolves-to-esm --format ascii --quiet)
