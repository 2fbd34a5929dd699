/**
 * What is made again. API servers do so with their own Service and its addresses, at their next turn, and with what extensions
 * trust, at once; whoever keeps what users run, with a Pod that a taint had driven from its Node, once that is well. Source: k8s.io/kubernetes, pkg/controlplane/controller, kubernetesservice and clusterauthenticationtrust.
 */

import type { Api } from '../api/api.ts';
import type { KubeObject } from '../api/types.ts';
import { Random } from '../controllers/random.ts';
import { timestamp } from '../controllers/time.ts';
import { anew, isDriven, isKeptOff, isWell } from './driven.ts';

const kinds: readonly (readonly [apiVersion: string, kind: string, plural: string])[] = [
  ['v1', 'Service', 'services'],
  ['v1', 'Endpoints', 'endpoints'],
  ['discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'],
  ['v1', 'ConfigMap', 'configmaps'],
  ['v1', 'Pod', 'pods'],
];
/** How often servers look after their Service, ms, and how soon they see what they follow. */
const turn = 10_000;
const sight = 300;

/** Which of an object's kind and name is kept up, and how long after `now` it is there again, ms; undefined of others. */
function waitOf(object: KubeObject, now: number, offset: number): number | undefined {
  const { kind, metadata } = object;
  const { namespace, name } = metadata;
  if (kind === 'Pod') return isDriven(object) ? sight : undefined;
  if (kind === 'ConfigMap') {
    return namespace === 'kube-system' && name === 'extension-apiserver-authentication' ? sight : undefined;
  }
  const isOwn = namespace === 'default' && name === 'kubernetes' && kinds.some(([, one]) => one === kind);
  return isOwn ? turn - ((now + offset) % turn) : undefined;
}

interface Again {
  object: KubeObject;
  due: number;
}

/** Follows one API. `wanted`: the object as it is to be there, where it is; `now` is Unix time in ms. */
export class Upkeep {
  readonly #api: Api;
  readonly #now: () => number;
  readonly #wanted: (object: KubeObject) => KubeObject | undefined;
  readonly #lost = new Map<string, Again>();
  /** Who they are now that have come again. */
  readonly #born = new Map<string, Pick<KubeObject['metadata'], 'uid' | 'creationTimestamp'>>();
  #count = 0;

  constructor(api: Api, now: () => number, wanted: (object: KubeObject) => KubeObject | undefined) {
    this.#api = api;
    this.#now = now;
    this.#wanted = wanted;
    for (const [apiVersion, kind] of kinds) {
      api.follow({ apiVersion, kind }, ({ before, after }) => {
        if (before !== undefined && after === undefined) this.#lose(before.object);
      });
    }
    // Whoever waits for its Node comes when that has changed.
    api.follow({ apiVersion: 'v1', kind: 'Node' }, () => {
      if (this.#lost.size > 0) setTimeout(() => this.settle(), sight).unref();
    });
  }

  /** An object with the identity that it has since it came again. */
  identified(object: KubeObject): KubeObject {
    const born = this.#born.size > 0 && this.#born.get(keyOf(object));
    if (!born) return object;
    return object.kind === 'Pod'
      ? anew(object, born.creationTimestamp ?? '')
      : { ...object, metadata: { ...object.metadata, ...born } };
  }

  /** Brings again what is due. */
  settle(): void {
    for (const [key, { object, due }] of this.#lost) {
      if (due > this.#now()) continue;
      const wanted = this.#wanted(object);
      if (wanted?.kind === 'Pod') {
        if (!isWell(wanted) || this.#isKeptOff(wanted)) continue;
        // It had to wait for its Node.
        this.#born.set(key, { ...this.#born.get(key), creationTimestamp: timestamp(this.#now()) });
      }
      this.#lost.delete(key);
      if (wanted && !this.#api.has(wanted)) this.#api.load([this.identified(wanted)]);
    }
  }

  #isKeptOff(pod: KubeObject): boolean {
    const name = String(pod.spec?.['nodeName']);
    return isKeptOff(pod, this.#api.find({ apiVersion: 'v1', kind: 'Node', metadata: { name } }));
  }

  /** The cluster is no more. */
  forget(): void {
    this.#lost.clear();
    this.#born.clear();
  }

  #lose(object: KubeObject): void {
    const now = this.#now();
    const key = keyOf(object);
    const wait = waitOf(object, now, Math.floor(new Random('upkeep', key).integer(0, turn)));
    if (wait === undefined || !this.#wanted(object)) return;
    const uid = new Random('upkeep', object.metadata.uid ?? '', key, this.#count++).uuid();
    this.#born.set(key, { uid, creationTimestamp: timestamp(now + wait) });
    this.#lost.set(key, { object, due: now + wait });
    setTimeout(() => this.settle(), wait + 1).unref();
  }
}

const keyOf = ({ kind, metadata: { namespace, name } }: KubeObject): string => `${kind}/${namespace}/${name}`;
