// Mozilla's own Firefox, by WebDriver BiDi: it needs neither geckodriver nor a patched build.
//
// Exports: `launch()`.

import { firefox } from 'playwright-core';

import { find } from '../../e2e/support/browser.mjs';
import { PlaywrightPage } from './playwright.mjs';

/** @import { Settings } from './index.mjs' */

/** No traffic except the page's. */
const QUIET = {
  'app.update.enabled': false,
  'app.normandy.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'http://127.0.0.1:1/',
  'toolkit.telemetry.enabled': false,
};

const LOOKS = {
  dark: { 'ui.systemUsesDarkTheme': 1, 'layout.css.prefers-color-scheme.content-override': 0 },
  'reduced-motion': { 'ui.prefersReducedMotion': 1 },
  'forced-colours': { 'browser.display.document_color_use': 2 },
};

/** @param {Settings} settings */
export async function launch({ camera = 'own', permission = 'granted', look, prefs = {} } = {}) {
  const browser = await firefox.launch({
    channel: 'moz-firefox',
    executablePath: find('firefox-esr', 'firefox'),
    firefoxUserPrefs: {
      ...QUIET,
      'media.navigator.streams.fake': camera === 'own',
      // The question is answered by a yes, never asked, or waits for an answer.
      'media.navigator.permission.disabled': permission === 'granted',
      ...(permission === 'denied' ? { 'permissions.default.camera': 2 } : {}),
      'fission.bfcacheInParent': true,
      ...(look ? LOOKS[look] : {}),
      ...prefs,
    },
  });
  return {
    version: browser.version(),
    open: () => PlaywrightPage.open('firefox', browser),
    close: () => browser.close(),
  };
}
