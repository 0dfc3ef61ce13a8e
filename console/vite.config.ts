import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { thirdPartyNotices } from './notices.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

export default defineConfig({
  plugins: [svelte(), thirdPartyNotices()],
  resolve: {
    // The stock media manager would load script from another origin; the console has its own.
    alias: { '@daily-co/daily-js': path('./src/lib/no-daily.ts') },
  },
  build: {
    outDir: path('../orion/console/dist'),
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { input: [path('./index.html'), path('./docs.html')] },
  },
  server: {
    proxy: { '/api': `http://127.0.0.1:${process.env.ORION_PORT ?? 3000}` },
  },
})
