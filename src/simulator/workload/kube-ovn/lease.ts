/**
 * The Lease by which one of several controllers of Kube-OVN leads: kube-ovn/cmd/controller. It is brought up to date when it is
 * read. Who ends in order gives it back, and the next has it at once.
 */

import type { Api } from '../../api/api.ts';
import { isRecord, type KubeObject } from '../../api/types.ts';
import { isTrue } from '../../controllers/conditions.ts';
import { Random } from '../../controllers/random.ts';
import type { Condition } from '../../controllers/shapes/meta.ts';
import { timestamp } from '../../controllers/time.ts';
import { within } from '../leases.ts';
import { make } from '../system.ts';
import { joinAddress } from './network.ts';

const name = 'kube-ovn-controller';
const namespace = 'kube-system';
/** Its network has to be asked for first, ms; how long others wait for one that is silent, and how often it says so, s. */
const asks = 1900;
const duration = 30;
const pace = 6;

/**
 * The Lease as it is at Unix time `now` in ms, where that has changed; nothing while no controller leads. `lost`: when somebody has taken
 * it away, where that was.
 */
export function ovnLease(api: Pick<Api, 'all' | 'find'>, now: number, lost?: number): KubeObject[] {
  const known = api.find({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace } });
  const running = api
    .all({ apiVersion: 'v1', kind: 'Pod' })
    .filter(({ metadata }) => metadata.namespace === namespace && metadata.labels?.['app'] === name)
    .filter(
      ({ metadata, status }) => !metadata.deletionTimestamp && isTrue(status?.['conditions'] as Condition[], 'Ready'),
    )
    .map((pod) => ({ holder: pod.metadata.name, since: begun(pod) }))
    .sort((a, b) => a.since - b.since);
  const holds = running.find(({ holder }) => holder === known?.spec?.['holderIdentity']);
  const next = holds ?? running[0];
  if (!next) return [];
  const { holder } = next;
  if (!known && lost !== undefined && lost > next.since) return anew(holder, lost, now);
  const told = Date.parse(String(known?.spec?.['renewTime'] ?? 0));
  if (holds && now - told < pace * 1000) return [];
  const renewTime = within(timestamp(now), `${name}/${holder}`);
  if (known && holds) return [{ ...known, spec: { ...known.spec, renewTime } }];
  const acquired = Math.max(next.since + asks, told + 1000);
  const deployment = api.find({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace } });
  const made = Date.parse(deployment?.metadata.creationTimestamp ?? '') || next.since;
  // A Pod much younger than what it is of has come after another.
  const before = next.since - made > 600_000 ? 0 : -1;
  const leaseTransitions = Number(known?.spec?.['leaseTransitions'] ?? before) + 1;
  const acquireTime = within(timestamp(Math.min(acquired, now)), `${name}/${holder}/begun`);
  const spec = { holderIdentity: holder, leaseDurationSeconds: duration, leaseTransitions, acquireTime, renewTime };
  if (known) return [{ ...known, spec }];
  const born = timestamp(before === 0 ? made + 60_000 : Math.min(acquired, now));
  return [make('coordination.k8s.io/v1', 'Lease', namespace, name, born, { spec })];
}

/**
 * The addresses of the Nodes that went while the controller led that leads at Unix time `now` in ms: it has them on its list of released
 * ones. The next leader makes its lists anew, of what is in use. Source: kubeovn/kube-ovn, pkg/ipam/subnet.go and pkg/controller/init.go.
 */
export function releasedAddresses(api: Pick<Api, 'all' | 'find' | 'removed'>, now: number): Set<string> {
  const known = api.find({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace } });
  const [lease = known] = ovnLease(api, now);
  const led = Date.parse(String(lease?.spec?.['acquireTime'] ?? ''));
  const gone = api.removed('nodes').filter(({ at }) => !(at < led));
  return new Set(gone.flatMap(({ object }) => joinAddress(object) ?? []));
}

/** Whoever leads makes it anew at its next turn, as if nobody had led before. */
function anew(holderIdentity: string, lost: number, now: number): KubeObject[] {
  const at = lost + new Random('ovn lease', holderIdentity, String(lost)).integer(500, pace * 1000);
  if (at > now) return [];
  const acquireTime = within(timestamp(at), `${name}/${holderIdentity}/again`);
  const spec = { holderIdentity, leaseDurationSeconds: duration, leaseTransitions: 0, acquireTime };
  return [
    make('coordination.k8s.io/v1', 'Lease', namespace, name, timestamp(at), {
      spec: { ...spec, renewTime: acquireTime },
    }),
  ];
}

/** When the container of a Pod began, Unix time in ms. */
function begun({ metadata, status }: KubeObject): number {
  const [first] = (Array.isArray(status?.['containerStatuses']) ? status['containerStatuses'] : []).filter(isRecord);
  const state = isRecord(first?.['state']) ? first['state'] : {};
  const running = isRecord(state['running']) ? state['running'] : {};
  return Date.parse(String(running['startedAt'] ?? metadata.creationTimestamp ?? ''));
}
