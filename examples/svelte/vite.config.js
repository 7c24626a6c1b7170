import { svelte } from '@sveltejs/vite-plugin-svelte';
import akibaSelfie from 'akiba-selfie/vite';

export default { plugins: [svelte(), akibaSelfie()] };
