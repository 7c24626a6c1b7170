// Reads QR codes in a picture of a screen with ZXing, as the camera of a phone does.
//
// Exports: `codesIn()`.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

// Otherwise it would come from the network.
const wasm = fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'));
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer } });

/** Returns the texts of the QR codes in a PNG. @param {Buffer} png */
export async function codesIn(png) {
  const found = await readBarcodes(new Uint8Array(png), { formats: ['QRCode'], tryHarder: true, tryInvert: false });
  return found.map(({ text }) => text);
}
