/** What must be so before a part is written. The rules have spoken already: these look at what comes in between. */
import type { Gate, Known as Picture } from '../contract.ts';
import { hostText, type Part, wants } from './answers.ts';
import { namesOf } from './names.ts';
import { resolveHost } from './resolve.ts';
import { unnamedMembers } from './rules/hosts.ts';
import type { Wish } from './wish.ts';

const gate = (name: string, fine: boolean, title: string, figure: string, remedy: string): Gate => ({
  name,
  result: fine ? 'pass' : 'block',
  title,
  figure,
  evidence: [],
  ...(fine ? {} : { remedy: { text: remedy } }),
  override: 'never',
});

/** All hosts that the pools name have registered. */
export function hostGates({ answers, known }: Wish): Gate[] {
  const all = [...answers.controlPlane.hosts, ...answers.workers.hosts];
  const missing = all.filter((host) => resolveHost(answers.cluster, host, known.hosts ?? []).host === undefined);
  const wanted =
    (wants(answers, 'controlPlane') ? answers.controlPlane.replicas : 0) +
    (wants(answers, 'workers') ? answers.workers.replicas : 0);
  const registered =
    missing.length === 0 ? `${all.length} of ${all.length} registered` : `missing: ${missing.map(hostText).join(', ')}`;
  const others = unnamedMembers(answers, known).flatMap(({ members }) => members);
  const remedy = 'boot them from the ISO, or take them out of the answers';
  return [
    gate(
      'hosts-named',
      all.length >= wanted,
      'hosts named in the answers',
      `${all.length} named, ${wanted} needed`,
      'once they have registered, enter on "name the hosts" in the dashboard or "metaldeck create fill" does it',
    ),
    gate('hosts-registered', missing.length === 0, 'hosts of the pools', registered, remedy),
    gate(
      'members-kept',
      others.length === 0,
      'members of the pools',
      others.length === 0 ? 'all are in the answers' : `not in the answers: ${others.join(', ')}`,
      'nobody is taken out of a pool: "metaldeck create fill" names them',
    ),
  ];
}

/** The pool holds enough free hosts, or those it has given already; before workers the control plane stands. */
export function gateOf({ answers }: Wish, { fleet }: Picture, part: Part): Gate[] {
  const names = namesOf(answers.cluster);
  const plane = part === 'controlPlane';
  const name = plane ? names.controlPlanePool : names.workerPool;
  const needed = plane ? answers.controlPlane.replicas : answers.workers.replicas;
  const pool = fleet.pools.list.find((row) => row.name === name);
  const { available = 0, allocated = 0, reprovisioning = 0 } = pool?.reported ?? {};
  const have = available + allocated + reprovisioning;
  const gates = [
    gate(
      `hosts/${name}`,
      needed === 0 || have >= needed,
      `hosts in ${name}`,
      pool ? `${available} free and ${allocated + reprovisioning} in use, ${needed} needed` : 'there is no such pool',
      'put more hosts into the pool, or wait for those that are being cleaned',
    ),
  ];
  if (plane) return gates;
  const control = fleet.groups.list.find((row) => row.controlPlane && row.name === names.controlPlane);
  const up = control?.done === true;
  return [
    gate(
      'control-plane-stands',
      up,
      'control plane',
      control ? `${control.replicas.ready ?? 0} of ${control.replicas.desired ?? '?'} Ready` : 'there is none',
      'workers join a control plane that stands: wait for it',
    ),
    ...gates,
  ];
}
