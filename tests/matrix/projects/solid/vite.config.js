import akibaSelfie from 'akiba-selfie/vite';
import solid from 'vite-plugin-solid';

export default { plugins: [solid(), akibaSelfie()] };
