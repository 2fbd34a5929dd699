import { createHash } from 'node:crypto';

/** The Go release each minor version is built with, from the build image of its branch: `[minor, Go]`, oldest first. */
const GO: readonly [number, string][] = [
  [31, 'go1.22.12'],
  [32, 'go1.23.12'],
  [33, 'go1.24.9'],
  [34, 'go1.24.11'],
];

/** A commit as long ago as a patch release of that minor usually is made. */
const FIRST_BUILD = Date.UTC(2024, 11, 11, 17, 39);
const MONTH = 30.44 * 86_400_000;

/**
 * What /version says of a build: k8s.io/apimachinery/pkg/version.Info. What nobody can look up of a version made here,
 * the commit and the day, is made of its name: the same version is the same build everywhere.
 */
export function buildOf(gitVersion: string): Record<string, string> {
  const [, major = '', minor = '', patch = '0'] = /^v(\d+)\.(\d+)(?:\.(\d+))?/.exec(gitVersion) ?? [];
  const go = GO.findLast(([from]) => Number(minor) >= from) ?? GO[0];
  const digest = createHash('sha1').update(gitVersion).digest('hex');
  // A minor comes every four months, its patches every month.
  const months = (Number(minor) - 32) * 4 + Number(patch);
  const built = FIRST_BUILD + months * MONTH + (Number.parseInt(digest.slice(0, 6), 16) % 86_400) * 1000;
  return {
    major,
    minor,
    gitVersion,
    gitCommit: digest,
    gitTreeState: 'clean',
    buildDate: new Date(built).toISOString().replace(/\.\d+Z$/, 'Z'),
    goVersion: go?.[1] ?? '',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}

/**
 * What a server says of itself at /version: its build, and since 1.33 which version it behaves like and how far back it goes, by
 * default its own and the one before (KEP-4330; k8s.io/component-base/compatibility). Those stand right behind its own.
 */
export function servedVersion({ major = '', minor = '', ...build }: Record<string, string>): Record<string, string> {
  if (Number(minor) < 33) return { major, minor, ...build };
  const like = { emulationMajor: major, emulationMinor: minor };
  return {
    major,
    minor,
    ...like,
    minCompatibilityMajor: major,
    minCompatibilityMinor: `${Number(minor) - 1}`,
    ...build,
  };
}
