/** Reads the import lines and holds the picture of the rooms: who may use whom. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Room to the rooms it may import, besides itself. Types count as imports: a picture has no small print. */
const MAY: Record<string, readonly string[]> = {
  'src/domain': [],
  'src/operations': ['src/domain'],
  'src/guides': ['src/operations', 'src/domain'],
  'src/kube': ['src/domain'],
  'src/journal': ['src/operations/contract.ts', 'src/guides/contract.ts', 'src/domain'],
  'src/runner': ['src/operations', 'src/journal', 'src/kube/types.ts', 'src/kube/kinds.ts', 'src/domain'],
  'src/driver': [
    'src/guides',
    'src/runner',
    'src/journal',
    'src/operations',
    'src/kube/types.ts',
    'src/kube/kinds.ts',
    'src/domain',
  ],
  'src/store': ['src/domain', 'src/operations', 'src/guides/contract.ts'],
  'src/local': ['src/domain'],
  'src/terminal': [],
  'src/simulator': ['src/kube/types.ts'],
  hooks: ['src/store', 'src/domain'],
  views: ['hooks', 'src/store', 'src/domain', 'src/operations', 'src/guides'],
  'src/app': [
    'src/domain',
    'src/operations',
    'src/guides',
    'src/journal',
    'src/local',
    'src/runner',
    'src/driver',
    'src/kube',
    'src/store',
    'src/terminal',
    'src/simulator',
    'src/cli.ts',
    'hooks',
    'views',
  ],
  'src/cli.ts': ['src/cli'],
  'src/cli': [],
  'src/start.ts': ['src/main.ts'],
  'src/main.ts': ['src/cli.ts', 'src/app'],
};

/** Packages only some rooms may use: everything else stays testable without them. */
const PACKAGES: Record<string, readonly string[]> = {
  react: ['hooks', 'views', 'src/app'],
  ink: ['hooks', 'views', 'src/app'],
  'ink-table': ['views'],
  zustand: ['hooks', 'src/store'],
  '@kubernetes/client-node': ['src/kube'],
  meow: ['src/cli.ts'],
  'node:fs': [
    'src/journal',
    'src/local',
    'src/kube',
    'src/terminal',
    'src/app',
    'src/simulator',
    'src/start.ts',
    'src/main.ts',
  ],
  'node:http': ['src/kube', 'src/simulator'],
  'node:https': ['src/kube', 'src/simulator'],
  'node:child_process': ['src/kube', 'src/terminal', 'src/app'],
};

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

function roomOf(file: string): string | undefined {
  return Object.keys(MAY).find((room) => file === room || file.startsWith(`${room}/`));
}

const files = ['src', 'hooks', 'views'].flatMap(sourceFiles);
const imports = files.flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1]!);
  return found.map((target) => ({ file, target }));
});

describe('the rooms', () => {
  it('holds every source file in a room', () => {
    expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  it('imports only along the arrows', () => {
    const wrong = imports.flatMap(({ file, target }) => {
      if (!target.startsWith('.')) return [];
      const to = relative(root, resolve(root, dirname(file), target));
      const from = roomOf(file)!;
      const fine =
        to.startsWith(`${from}/`) || to === from || MAY[from]!.some((room) => to === room || to.startsWith(`${room}/`));
      return fine ? [] : [`${file} imports ${to}; ${from} may only use ${MAY[from]!.join(', ') || 'itself'}`];
    });
    expect(wrong).toEqual([]);
  });

  it('keeps packages in the rooms they belong to', () => {
    const wrong = imports.flatMap(({ file, target }) => {
      const name = Object.keys(PACKAGES).find((each) => target === each || target.startsWith(`${each}/`));
      if (!name) return [];
      const fine = PACKAGES[name]!.some((room) => file === room || file.startsWith(`${room}/`));
      return fine ? [] : [`${file} imports ${name}; only ${PACKAGES[name]!.join(', ')} may`];
    });
    expect(wrong).toEqual([]);
  });

  it('keeps the clock and the dice out of the domain', () => {
    const wrong = files
      .filter((file) => /^src\/(domain|operations|guides)\//.test(file))
      .filter((file) =>
        /Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(/.test(readFileSync(join(root, file), 'utf8')),
      );
    expect(wrong).toEqual([]);
  });
});
