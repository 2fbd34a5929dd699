/** From one Kubernetes version to another: what Cluster API and the skew policy let one write do (domain §4.5, §5). */

import { compareVersions, isKubernetesVersion, type Version, versionOf } from '../domain/forecast/versions.ts';
import type { Check } from './contract.ts';
import { check } from './define.ts';

/** Why a text cannot be asked for as a version, as a sentence. */
export function versionProblem(text: string): string | undefined {
  if (text === '') return 'a version is needed';
  return isKubernetesVersion(text) ? undefined : `"${text.slice(0, 60)}" is not a Kubernetes version such as v1.34.5-3`;
}

/** How a version lies to another. `unclear`: the same numbers, and only one of them has a build of the platform. */
export type Step = { minors: number; direction: 'up' | 'same' | 'down' | 'unclear' };

const core = ({ major, minor, patch }: Version): Version => ({ major, minor, patch, pre: [], build: [] });

/** The step between two versions; undefined where one is none, or the major changes. */
export function stepBetween(from: string | undefined, to: string): Step | undefined {
  const [a, b] = [versionOf(from), versionOf(to)];
  if (!a || !b || a.major !== b.major) return undefined;
  const minors = b.minor - a.minor;
  const numbers = compareVersions(core(b), core(a));
  if (numbers === 0 && (a.pre.length === 0) !== (b.pre.length === 0)) return { minors, direction: 'unclear' };
  const order = compareVersions(b, a);
  return { minors, direction: order > 0 ? 'up' : order < 0 ? 'down' : 'same' };
}

/** Why a step is not one a control plane takes, as a sentence; machines made anew may leave minors out. */
export function stepProblem(from: string | undefined, to: string, anew = false): string | undefined {
  const step = stepBetween(from, to);
  if (!step) return `from ${from ?? 'no version'} to ${to} there is no step`;
  if (step.minors > 1 && !anew) return `from ${from} to ${to} are ${step.minors} minor versions: it goes one at a time`;
  if (step.direction === 'down') return `${to} is older than ${from}: versions are never patched back`;
  return undefined;
}

/** What is odd about a step that is taken all the same. */
export function checkOfStep(from: string | undefined, to: string): Check {
  const figure = `${from ?? '?'} to ${to}`;
  const step = stepBetween(from, to);
  if (step?.direction !== 'unclear') return check('version', figure);
  const lower = to.includes('-') ? to : from;
  return check('version', `${figure}; Cluster API takes ${lower} for the lower one, as a prerelease`, 'warn');
}
