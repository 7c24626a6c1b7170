import akibaSelfie from 'akiba-selfie/vite';

export default { plugins: [akibaSelfie()] };
