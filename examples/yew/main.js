// In a file, because an inline script would break a strict content security policy.
import init from './akiba-selfie-example-yew.js';

init();
