import vue from '@vitejs/plugin-vue';
import akibaSelfie from 'akiba-selfie/vite';

const isCustomElement = (tag) => tag === 'akiba-selfie';

export default { plugins: [vue({ template: { compilerOptions: { isCustomElement } } }), akibaSelfie()] };
