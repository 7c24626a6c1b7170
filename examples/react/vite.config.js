import react from '@vitejs/plugin-react';
import akibaSelfie from 'akiba-selfie/vite';

export default { plugins: [react(), akibaSelfie()] };
