/*
 * An Angular component, whose host is the element itself: a template needs no CUSTOM_ELEMENTS_SCHEMA, and its settings and
 * events have types. scripts/angular.mjs compiles it to angular.mjs and angular.d.ts.
 */

import './define.js';

import { booleanAttribute, ChangeDetectionStrategy, Component, ElementRef, EventEmitter, inject } from '@angular/core';

import type { AkibaSelfieElement, SelfieEventMap } from './index.js';
import type { SelfieProperties } from './types/props.js';

const TEXTS = [
  'relay',
  'identifier',
  'type',
  'languages',
  'consentVersion',
  'captureMode',
  'challenge',
  'camera',
  'deviceId',
  'linkPath',
  'verifyPath',
  'handoff',
  'inApp',
] as const;
const OBJECTS = ['session', 'thresholds', 'text', 'host'] as const;
const BOOLEANS = [
  'allowUnreviewed',
  'countdown',
  'strict',
  'noReview',
  'noConsent',
  'alternative',
  'noFile',
  'history',
  'fullscreen',
  'debug',
] as const;

/** `<akiba-selfie>` in a template. An input is a property of the element, an output one of its events. */
@Component({
  selector: 'akiba-selfie',
  template: '<ng-content></ng-content>',
  changeDetection: ChangeDetectionStrategy.OnPush,
  inputs: [
    'relay',
    'identifier',
    'type',
    'languages',
    'consentVersion',
    'captureMode',
    'challenge',
    'camera',
    'deviceId',
    'linkPath',
    'verifyPath',
    'handoff',
    'inApp',
    'session',
    'thresholds',
    'text',
    'host',
    { name: 'allowUnreviewed', transform: booleanAttribute },
    { name: 'countdown', transform: booleanAttribute },
    { name: 'strict', transform: booleanAttribute },
    { name: 'noReview', transform: booleanAttribute },
    { name: 'noConsent', transform: booleanAttribute },
    { name: 'alternative', transform: booleanAttribute },
    { name: 'noFile', transform: booleanAttribute },
    { name: 'history', transform: booleanAttribute },
    { name: 'fullscreen', transform: booleanAttribute },
    { name: 'debug', transform: booleanAttribute },
  ],
  outputs: [
    'statechange',
    'step',
    'consented',
    'devices',
    'guidance',
    'capture',
    'captured',
    'progress',
    'verified',
    'rejected',
    // An input has the name already.
    'alternativeAsked: alternative',
    'cancelled',
    'unsupported',
    'error',
  ],
})
export class Selfie {
  /** The element, with its methods. */
  readonly element: AkibaSelfieElement = inject<ElementRef<AkibaSelfieElement>>(ElementRef).nativeElement;

  declare relay: SelfieProperties['relay'];
  declare identifier: SelfieProperties['identifier'];
  declare type: SelfieProperties['type'];
  declare languages: SelfieProperties['languages'];
  declare consentVersion: SelfieProperties['consentVersion'];
  declare captureMode: SelfieProperties['captureMode'];
  declare challenge: SelfieProperties['challenge'];
  declare camera: SelfieProperties['camera'];
  declare deviceId: SelfieProperties['deviceId'];
  declare linkPath: SelfieProperties['linkPath'];
  declare verifyPath: SelfieProperties['verifyPath'];
  declare handoff: SelfieProperties['handoff'];
  declare inApp: SelfieProperties['inApp'];
  declare session: SelfieProperties['session'];
  declare thresholds: SelfieProperties['thresholds'];
  declare text: SelfieProperties['text'];
  declare host: SelfieProperties['host'];
  declare allowUnreviewed: boolean;
  declare countdown: boolean;
  declare strict: boolean;
  declare noReview: boolean;
  declare noConsent: boolean;
  declare alternative: boolean;
  declare noFile: boolean;
  declare history: boolean;
  declare fullscreen: boolean;
  declare debug: boolean;

  readonly statechange = this.hear('selfie-statechange');
  readonly step = this.hear('selfie-step');
  readonly consented = this.hear('selfie-consented');
  readonly devices = this.hear('selfie-devices');
  readonly guidance = this.hear('selfie-guidance');
  readonly capture = this.hear('selfie-capture');
  readonly captured = this.hear('selfie-captured');
  readonly progress = this.hear('selfie-progress');
  readonly verified = this.hear('selfie-verified');
  readonly rejected = this.hear('selfie-rejected');
  readonly alternativeAsked = this.hear('selfie-alternative');
  readonly cancelled = this.hear('selfie-cancelled');
  readonly unsupported = this.hear('selfie-unsupported');
  readonly error = this.hear('selfie-error');

  private hear<Name extends keyof SelfieEventMap>(name: Name): EventEmitter<SelfieEventMap[Name]> {
    const emitter = new EventEmitter<SelfieEventMap[Name]>();
    this.element.addEventListener(name, (event) => emitter.emit(event));
    return emitter;
  }
}

for (const name of [...TEXTS, ...OBJECTS, ...BOOLEANS]) {
  Object.defineProperty(Selfie.prototype, name, {
    configurable: true,
    enumerable: true,
    get(this: Selfie) {
      return this.element[name];
    },
    set(this: Selfie, value: unknown) {
      Reflect.set(this.element, name, value ?? null);
    },
  });
}
