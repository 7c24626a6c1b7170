import 'akiba-selfie/define.js';

import { Component, CUSTOM_ELEMENTS_SCHEMA, provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';

const asked = new URLSearchParams(location.search);

@Component({
  selector: 'app-root',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `<akiba-selfie
    [attr.relay]="relay"
    [attr.identifier]="identifier"
    [noConsent]="false"
    (selfie-verified)="onVerified($event)"
  ></akiba-selfie>`,
})
class App {
  readonly relay = asked.get('relay');
  readonly identifier = asked.get('identifier');

  onVerified(event: Event) {
    Object.assign(globalThis, { verdict: (event as CustomEvent).detail.outcome });
  }
}

bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] }).catch((error) => console.error(error));
