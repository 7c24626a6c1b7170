import 'akiba-selfie/define.js';

import { Component, CUSTOM_ELEMENTS_SCHEMA, provideZonelessChangeDetection, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';

const asked = new URLSearchParams(location.search);

@Component({
  selector: 'app-root',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <akiba-selfie
      [attr.relay]="relay"
      [attr.identifier]="identifier"
      [noConsent]="false"
      (selfie-verified)="onOutcome($event)"
      (selfie-rejected)="onOutcome($event)"
    ></akiba-selfie>
    <p id="outcome" role="status">{{ outcome() }}</p>
  `,
})
class App {
  readonly relay = asked.get('relay') ?? 'http://127.0.0.1:8080';
  readonly identifier = asked.get('identifier') ?? '0000000000001';
  readonly outcome = signal('');

  onOutcome(event: Event) {
    this.outcome.set((event as CustomEvent).detail.outcome);
  }
}

bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] }).catch((error) => console.error(error));
