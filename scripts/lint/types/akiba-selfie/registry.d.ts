export * from '../../../../www/registry.js';
