/**
 * What the API server's own admission adds to each new Pod: the account it runs as with its token, how long it stays on a
 * Node that is lost, and its priority. After k8s.io/kubernetes/plugin/pkg/admission: serviceaccount,
 * defaulttolerationseconds, priority.
 */

import type { Webhook } from '../api/core.ts';
import { isRecord, type KubeObject } from '../api/types.ts';
import { isMirror } from '../controllers/mirror.ts';
import { Random } from '../controllers/random.ts';

type Fields = Record<string, unknown>;

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount';
const PATIENCE = 300;
/** Of what is made with its cluster, the classes that are always there: k8s.io/kubernetes/pkg/apis/scheduling. */
const PRIORITIES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

const records = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** The specification of a Pod as it is admitted. `suffix` ends the name of the volume with its token. */
export function admitted(spec: Fields, suffix: string): Fields {
  const account = String(spec['serviceAccountName'] ?? spec['serviceAccount'] ?? 'default');
  const priority = spec['priority'] ?? PRIORITIES[String(spec['priorityClassName'] ?? '')] ?? 0;
  const name = `kube-api-access-${suffix}`;
  const silent = spec['automountServiceAccountToken'] === false;
  const mounted = (one: Fields): Fields => {
    const mounts = records(one['volumeMounts']);
    if (silent || mounts.some(({ mountPath }) => mountPath === TOKEN)) return one;
    return { ...one, volumeMounts: [...mounts, { name, readOnly: true, mountPath: TOKEN }] };
  };
  const containers = records(spec['containers']).map(mounted);
  const first = records(spec['initContainers']).map(mounted);
  const used = [...containers, ...first].some((one) =>
    records(one['volumeMounts']).some((each) => each['name'] === name),
  );
  const volumes = [...records(spec['volumes']), ...(used ? [tokenVolume(name)] : [])];
  return {
    ...spec,
    containers,
    ...(first.length > 0 ? { initContainers: first } : {}),
    ...(volumes.length > 0 ? { volumes } : {}),
    ...{ serviceAccountName: account, serviceAccount: account, enableServiceLinks: spec['enableServiceLinks'] ?? true },
    ...{ priority, preemptionPolicy: spec['preemptionPolicy'] ?? 'PreemptLowerPriority' },
    tolerations: patient(records(spec['tolerations'])),
  };
}

/** The volume that every Pod gets with the token of its account, the authority of the API and its namespace. */
const tokenVolume = (name: string): Fields => ({
  name,
  projected: {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  },
});

/** What a Node that is lost does not make go at once. */
function patient(given: readonly Fields[]): Fields[] {
  const effect = 'NoExecute';
  const added = ['not-ready', 'unreachable'].flatMap((state) => {
    const key = `node.kubernetes.io/${state}`;
    const known = given.some(
      (one) => (!one['key'] || one['key'] === key) && (!one['effect'] || one['effect'] === effect),
    );
    return known ? [] : [{ key, operator: 'Exists', effect, tolerationSeconds: PATIENCE }];
  });
  return [...given, ...added];
}

/** The admission of Pods, for an embedded API. */
export const podAdmission: Webhook = {
  ...{ name: 'pods.kubernetes.io', group: '', resources: ['pods'], operations: ['CREATE', 'UPDATE'] },
  mutate: ({ object, old }) => {
    if (!object || !isRecord(object.spec)) return undefined;
    const { namespace, name, generateName } = object.metadata;
    // A mirror of a Pod from a file has no account.
    if (isMirror(object)) return undefined;
    // Who replaces a Pod need not repeat how long it stays.
    if (old) {
      const tolerations = patient(records(object.spec['tolerations']));
      return { object: { ...object, spec: { ...object.spec, tolerations } } as KubeObject };
    }
    const suffix = new Random('volume', namespace ?? '', name ?? generateName ?? '').suffix();
    return { object: { ...object, spec: admitted(object.spec, suffix) } as KubeObject };
  },
};
