/** The studio as static files: `dist/studio`, to be served from any folder of any host. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // Relative: the page does not know where it lies.
  base: './',
  plugins: [react()],
  // The runtime's own files are not bundled: they lie beside the page, in `ort/`, as they come.
  resolve: {
    // Its part for WebGPU, which is named in full, is loaded when it is chosen.
    alias: [{ find: /^onnxruntime-web$/, replacement: 'onnxruntime-web/wasm' }],
    conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'development|production'],
  },
  worker: { format: 'es' },
  build: {
    outDir: '../dist/studio',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 1500,
    license: { fileName: 'licences.md' },
  },
  logLevel: 'warn',
});
