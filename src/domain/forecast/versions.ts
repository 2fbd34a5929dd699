/** Kubernetes versions, as far as Cluster API compares them. */

/** Major and minor of a version such as `v1.34.5-1`; undefined where it is none. */
export function minorOf(version: string | undefined): { major: number; minor: number } | undefined {
  const match = /^v?(\d{1,6})\.(\d{1,6})\./.exec(version ?? '');
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}

/** A version in its parts: `v1.35.6-acp.1` is 1, 35, 6, [acp, 1]. */
export interface Version {
  major: number;
  minor: number;
  patch: number;
  /** What follows a `-`, by its dots. */
  pre: readonly string[];
  /** What follows a `+`, by its dots. */
  build: readonly string[];
}

const SHAPE = /^v?(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/;

/** The parts of a semantic version with or without its `v`; undefined where it is none. */
export function versionOf(text: string | undefined): Version | undefined {
  const match = text !== undefined && text.length <= 100 ? SHAPE.exec(text) : null;
  if (!match) return undefined;
  const [, major, minor, patch, pre, build] = match;
  const parts = (some: string | undefined) => (some === undefined ? [] : some.split('.'));
  return { major: Number(major), minor: Number(minor), patch: Number(patch), pre: parts(pre), build: parts(build) };
}

const NUMBER = /^\d+$/;

/** Identifiers as semantic versioning 2.0 orders them (§11.4): numbers by value and below words, words by code unit. */
function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [x = '', y = ''] = [a[at], b[at]];
    if (x === y) continue;
    const [numberX, numberY] = [NUMBER.test(x), NUMBER.test(y)];
    if (numberX && numberY && Number(x) !== Number(y)) return Number(x) < Number(y) ? -1 : 1;
    if (numberX !== numberY) return numberX ? -1 : 1;
    if (!numberX) return x < y ? -1 : 1;
  }
  return Math.sign(a.length - b.length);
}

/**
 * Which of two versions Cluster API takes for the lower: below 0 the first, above 0 the second. A `-3` is a prerelease
 * to it, so that `v1.34.5-3` is *below* `v1.34.5`; what follows a `+` counts last. Source: v1.10
 * util/version Compare with WithBuildTags, as the lowest version of a control plane is found.
 */
export function compareVersions(a: Version, b: Version): number {
  const core = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  if (core !== 0) return core;
  if (a.pre.length === 0 || b.pre.length === 0) {
    if (a.pre.length !== b.pre.length) return a.pre.length === 0 ? 1 : -1;
  }
  return compareParts(a.pre, b.pre) || compareParts(a.build, b.build);
}

/** Whether a text is a version that Cluster API takes (its KubeSemver): `v` and three numbers, then a tail. */
export function isKubernetesVersion(text: string): boolean {
  return text.startsWith('v') && versionOf(text) !== undefined;
}
