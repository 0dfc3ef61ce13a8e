import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Plugin } from 'vite'

/** Writes THIRD_PARTY_NOTICES.txt: name, version and licence text of every package in the bundle. */
export function thirdPartyNotices(): Plugin {
  return {
    name: 'third-party-notices',
    apply: 'build',
    generateBundle(_options, bundle) {
      const folders = new Set<string>()
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue
        for (const id of file.moduleIds) {
          const folder = packageFolder(id.replace(/^\0/, '').replace(/\?.*$/, ''))
          if (folder) folders.add(folder)
        }
      }
      const parts = [...folders].map(describe).sort()
      const source =
        'The console contains the following packages, under their own licences.\n\n' +
        parts.join(`\n${'-'.repeat(80)}\n\n`)
      this.emitFile({ type: 'asset', fileName: 'THIRD_PARTY_NOTICES.txt', source })
    },
  }
}

function packageFolder(id: string): string | null {
  const found = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)
  return found?.[1] && existsSync(join(found[1], 'package.json')) ? found[1] : null
}

function describe(folder: string): string {
  const meta = packageOf(folder)
  // Pipecat's packages come from one owner under one licence, but not each carries its text.
  const holder = [folder, ...siblings(folder)].find((other) => licenceFile(other) && packageOf(other).license === meta.license)
  const text = holder ? readFileSync(join(holder, licenceFile(holder) ?? ''), 'utf8').trim() : `Licence: ${meta.license}`
  return `${meta.name} ${meta.version} (${meta.license})\n\n${text.replace(/\r\n/g, '\n')}\n`
}

const packageOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

const licenceFile = (folder: string) => readdirSync(folder).find((name) => /^(licen[sc]e|copying)(\.|$)/i.test(name))

function siblings(folder: string): string[] {
  const scope = dirname(folder)
  return basename(scope).startsWith('@') ? readdirSync(scope).sort().map((name) => join(scope, name)) : []
}
