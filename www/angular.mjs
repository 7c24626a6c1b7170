/*
 * An Angular component, whose host is the element itself: a template needs no CUSTOM_ELEMENTS_SCHEMA, and its settings and
 * events have types. scripts/angular.mjs compiles it to angular.mjs and angular.d.ts.
 */
import './define.js';
import { booleanAttribute, ChangeDetectionStrategy, Component, ElementRef, EventEmitter, inject } from '@angular/core';
import * as i0 from "@angular/core";
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
];
const OBJECTS = ['session', 'thresholds', 'text', 'host'];
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
];
/** `<akiba-selfie>` in a template. An input is a property of the element, an output one of its events. */
export class Selfie {
    constructor() {
        /** The element, with its methods. */
        this.element = inject(ElementRef).nativeElement;
        this.statechange = this.hear('selfie-statechange');
        this.step = this.hear('selfie-step');
        this.consented = this.hear('selfie-consented');
        this.devices = this.hear('selfie-devices');
        this.guidance = this.hear('selfie-guidance');
        this.capture = this.hear('selfie-capture');
        this.captured = this.hear('selfie-captured');
        this.progress = this.hear('selfie-progress');
        this.verified = this.hear('selfie-verified');
        this.rejected = this.hear('selfie-rejected');
        this.alternativeAsked = this.hear('selfie-alternative');
        this.cancelled = this.hear('selfie-cancelled');
        this.unsupported = this.hear('selfie-unsupported');
        this.error = this.hear('selfie-error');
    }
    hear(name) {
        const emitter = new EventEmitter();
        this.element.addEventListener(name, (event) => emitter.emit(event));
        return emitter;
    }
    static { this.ɵfac = i0.ɵɵngDeclareFactory({ minVersion: "12.0.0", version: "20.3.35", ngImport: i0, type: Selfie, deps: [], target: i0.ɵɵFactoryTarget.Component }); }
    static { this.ɵcmp = i0.ɵɵngDeclareComponent({ minVersion: "16.1.0", version: "20.3.35", type: Selfie, isStandalone: true, selector: "akiba-selfie", inputs: { relay: "relay", identifier: "identifier", type: "type", languages: "languages", consentVersion: "consentVersion", captureMode: "captureMode", challenge: "challenge", camera: "camera", deviceId: "deviceId", linkPath: "linkPath", verifyPath: "verifyPath", handoff: "handoff", inApp: "inApp", session: "session", thresholds: "thresholds", text: "text", host: "host", allowUnreviewed: ["allowUnreviewed", "allowUnreviewed", booleanAttribute], countdown: ["countdown", "countdown", booleanAttribute], strict: ["strict", "strict", booleanAttribute], noReview: ["noReview", "noReview", booleanAttribute], noConsent: ["noConsent", "noConsent", booleanAttribute], alternative: ["alternative", "alternative", booleanAttribute], noFile: ["noFile", "noFile", booleanAttribute], history: ["history", "history", booleanAttribute], fullscreen: ["fullscreen", "fullscreen", booleanAttribute], debug: ["debug", "debug", booleanAttribute] }, outputs: { statechange: "statechange", step: "step", consented: "consented", devices: "devices", guidance: "guidance", capture: "capture", captured: "captured", progress: "progress", verified: "verified", rejected: "rejected", alternativeAsked: "alternative", cancelled: "cancelled", unsupported: "unsupported", error: "error" }, ngImport: i0, template: '<ng-content></ng-content>', isInline: true, changeDetection: i0.ChangeDetectionStrategy.OnPush }); }
}
i0.ɵɵngDeclareClassMetadata({ minVersion: "12.0.0", version: "20.3.35", ngImport: i0, type: Selfie, decorators: [{
            type: Component,
            args: [{
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
                }]
        }] });
for (const name of [...TEXTS, ...OBJECTS, ...BOOLEANS]) {
    Object.defineProperty(Selfie.prototype, name, {
        configurable: true,
        enumerable: true,
        get() {
            return this.element[name];
        },
        set(value) {
            Reflect.set(this.element, name, value ?? null);
        },
    });
}
