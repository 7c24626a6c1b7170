import { Component, provideZonelessChangeDetection, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import type { SelfieVerdictDetail } from 'akiba-selfie';
import { Selfie } from 'akiba-selfie/angular';
import { configure } from 'akiba-selfie/define.js';

// angular.json copies the package's files there.
configure({ assets: '/akiba-selfie/' });

const asked = new URLSearchParams(location.search);

@Component({
  selector: 'app-root',
  imports: [Selfie],
  template: `
    <akiba-selfie
      [relay]="relay"
      [identifier]="identifier"
      [noConsent]="false"
      (verified)="onOutcome($event)"
      (rejected)="onOutcome($event)"
    />
    <p id="outcome" role="status">{{ outcome() }}</p>
  `,
})
class App {
  readonly relay = asked.get('relay') ?? 'http://127.0.0.1:8080';
  readonly identifier = asked.get('identifier') ?? '0000000000001';
  readonly outcome = signal('');

  onOutcome({ detail }: CustomEvent<SelfieVerdictDetail>) {
    this.outcome.set(detail.outcome);
  }
}

bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] }).catch((error) => console.error(error));
