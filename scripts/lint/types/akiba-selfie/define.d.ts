export { AkibaSelfieElement } from '../../../../www/index.js';
