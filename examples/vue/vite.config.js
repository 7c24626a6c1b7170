import vue from '@vitejs/plugin-vue';
import akibaSelfie from 'akiba-selfie/vite';

export default { plugins: [vue(), akibaSelfie()] };
