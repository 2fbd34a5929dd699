/** Which Pods a namespace lets in, by its labels: k8s.io/pod-security-admission/admission. */

import type { Core, Plugin, Review } from '../core.ts';
import { type Cause, cause, invalid } from '../errors.ts';
import type { KubeObject } from '../types.ts';
import { type Fields, fieldsOf } from '../validation/tools.ts';
import { all, find, isNewPod, refuse } from './find.ts';
import { breaches, levels } from './security-checks.ts';

const PREFIX = 'pod-security.kubernetes.io/';
const MODES = ['enforce', 'audit', 'warn'] as const;
type Mode = (typeof MODES)[number];

export const podSecurity: Plugin = {
  check: (review, core) => {
    const { resource, object, operation, subresource } = review;
    if (operation === 'DELETE' || object === undefined || subresource !== undefined) return;
    if (resource.plural === 'namespaces' && resource.group === '') return namespace(review, object, core);
    const spec = isNewPod(review) ? object.spec : templateOf(object);
    if (spec === undefined) return;
    const home = find(core, ['namespaces'], object.metadata.namespace ?? '');
    const labels = home?.metadata.labels;
    if (labels === undefined) return;
    if (isNewPod(review)) {
      const words = told(labels, 'enforce', spec);
      if (words !== undefined) throw refuse(review, `violates PodSecurity ${words}`, true);
    }
    const warning = told(labels, 'warn', spec);
    if (warning !== undefined) review.warn?.(`would violate PodSecurity ${warning}`);
  },
};

/**
 * The level of a mode and the version it is of: what is not told of warnings is as it is enforced (since 1.26), and where nobody
 * can read a level all is enforced and nothing warned of. k8s.io/pod-security-admission/api, PolicyToEvaluate.
 */
function policyOf(labels: Readonly<Record<string, string>>, mode: Mode): { level: string; version: string } {
  const [given, version] = [labels[`${PREFIX}${mode}`], labels[`${PREFIX}${mode}-version`]];
  if (mode === 'warn' && given === undefined) {
    const enforced = policyOf(labels, 'enforce');
    return { level: enforced.level, version: version ?? enforced.version };
  }
  const level = given ?? 'privileged';
  const unread = mode === 'enforce' ? 'restricted' : 'privileged';
  return { level: levels.includes(level) ? level : unread, version: version ?? 'latest' };
}

function told(labels: Readonly<Record<string, string>>, mode: Mode, spec: Fields): string | undefined {
  const { level, version } = policyOf(labels, mode);
  const found = breaches(level, spec);
  if (found.length === 0) return undefined;
  return `"${level}:${version}": ${found.map(({ reason, detail }) => `${reason} (${detail})`).join(', ')}`;
}

const TEMPLATES = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicationController']);

/** What Pods are made of by what makes them. */
function templateOf({ kind, spec, template }: KubeObject): Fields | undefined {
  if (kind === 'PodTemplate') return fieldsOf(fieldsOf(template)['spec']);
  const from = kind === 'CronJob' ? fieldsOf(fieldsOf(spec?.['jobTemplate'])['spec']) : fieldsOf(spec);
  if (kind !== 'CronJob' && !TEMPLATES.has(kind)) return undefined;
  return fieldsOf(fieldsOf(from['template'])['spec']);
}

/** Labels that say nothing sensible are refused; Pods that would not be let in any more are told of. */
function namespace({ old, warn }: Review, object: KubeObject, core: Core): void {
  const labels = object.metadata.labels ?? {};
  const before = old?.metadata.labels ?? {};
  const wrong = labelCauses(labels);
  if (wrong.length > labelCauses(before).length) throw invalid('Namespace', '', object.metadata.name, wrong);
  if (old === undefined) return;
  const [now, was] = [policyOf(labels, 'enforce'), policyOf(before, 'enforce')];
  if (levels.indexOf(now.level) <= levels.indexOf(was.level)) return;
  const kinds = new Map<string, string[]>();
  for (const { metadata, spec } of all(core, ['pods'], object.metadata.name)) {
    const reasons = breaches(now.level, fieldsOf(spec)).map(({ reason }) => reason);
    if (reasons.length === 0) continue;
    const words = reasons.join(', ');
    kinds.set(words, [...(kinds.get(words) ?? []), metadata.name]);
  }
  if (kinds.size === 0) return;
  const { name } = object.metadata;
  warn?.(
    `existing pods in namespace "${name}" violate the new PodSecurity enforce level "${now.level}:${now.version}"`,
  );
  for (const [words, [first, ...more]] of kinds) {
    const others = more.length === 0 ? '' : ` (and ${more.length} other pod${more.length === 1 ? '' : 's'})`;
    warn?.(`${first}${others}: ${words}`);
  }
}

function labelCauses(labels: Readonly<Record<string, string>>): Cause[] {
  return MODES.flatMap((mode) => {
    const [level, version] = [labels[`${PREFIX}${mode}`], labels[`${PREFIX}${mode}-version`]];
    const at = (label: string) => `metadata.labels[${PREFIX}${label}]`;
    return [
      ...(level === undefined || levels.includes(level)
        ? []
        : [cause.invalid(at(mode), level, `must be one of ${levels.join(', ')}`)]),
      ...(version === undefined || version === 'latest' || /^v1\.(0|[1-9]\d*)$/.test(version)
        ? []
        : [cause.invalid(at(`${mode}-version`), version, 'must be "latest" or "v1.x"')]),
    ];
  });
}
