/** What has to be seen before a part of a cluster counts as made: read from the fleet, and from nothing else. */
import { findCondition } from '../../domain/conditions.ts';
import { explain } from '../../domain/explain/explain.ts';
import type { Fleet, GroupRow, MachineRow, ObjectRef } from '../../domain/fleet/rows.ts';
import type { Request } from '../../operations/contract.ts';
import { isUp, type Sight, waitOf } from '../../operations/progress.ts';
import { rebuild } from '../../operations/rebuild.ts';
import type { Course } from '../contract.ts';
import { type Answers, type HostAnswer, hostText, wants } from './answers.ts';
import type { KnownHost } from './known.ts';
import { namesOf } from './names.ts';
import { resolveHost } from './resolve.ts';

/** The picture and its time. */
export interface Now {
  fleet: Fleet;
  /** Epoch ms. */
  now: number;
}

const byName = <T extends { name: string }>(rows: { list: readonly T[] }, name: string) =>
  rows.list.find((row) => row.name === name);

/** What the fleet's triage says of an object, where it says that something is wrong. */
export function troubleOf({ fleet, now }: Now, ref: ObjectRef | undefined): string | undefined {
  return ref && explain(fleet, ref, now)?.what;
}

/** Registration Ready, and the ISO built: with its addresses, for those in the rack. */
export function registrationSights(world: Now, { cluster }: Answers): Sight[] {
  const names = namesOf(cluster);
  const registration = byName(world.fleet.registrations, names.registration);
  const image = byName(world.fleet.seedImages, names.seedImage);
  const used = image?.state === 'expired';
  return [
    {
      title: `Registration ${names.registration} Ready`,
      seen: registration?.ready?.status === 'True' && registration.object.url !== undefined,
      detail: registration ? (registration.ready?.reason ?? 'not looked at yet') : 'not there yet',
    },
    {
      title: `ISO ${names.seedImage} built`,
      // An image whose time is over was built, and hosts that were booted from it are none the worse.
      seen: image?.state === 'ready' || used,
      detail: image ? image.state : 'not there yet',
      since: image?.since,
      ...(image?.state === 'failed'
        ? { bad: troubleOf(world, { kind: 'seedImage', uid: image.uid, name: image.name }) ?? 'the build failed' }
        : {}),
    },
  ];
}

/** Where the ISO is, for the people in the rack; undefined while it cannot be downloaded. */
export function isoOf({ fleet }: Now, { cluster }: Answers): { url: string; checksum?: string } | undefined {
  const image = byName(fleet.seedImages, namesOf(cluster).seedImage);
  const { downloadUrl, checksumUrl } = image?.object ?? {};
  return image?.state === 'ready' && downloadUrl !== undefined
    ? { url: downloadUrl, checksum: checksumUrl }
    : undefined;
}

/** What the people in the rack do with it (document, step 1; fixed-install-disk how-to). */
export function bootChecklist({ registration, dns }: Answers): string[] {
  const { installDevice, reboot, emulateTpm } = registration;
  return [
    'compare the checksum, and put the ISO on a stick or on the virtual media of the BMC',
    `wipe the disk the system goes on (${installDevice ?? 'the installer chooses one'}): no labels COS_* of an earlier installation may be left on any disk`,
    emulateTpm ? 'the TPM is emulated: nothing to be set' : 'TPM 2.0 switched on in the firmware',
    `network on the port that reaches the platform and its registry, with DHCP${dns.servers.length > 0 ? '' : ' and a resolver'}; without DHCP set the address by nmcli on the console`,
    'boot from the ISO once; the disk stays first in the boot order',
    reboot
      ? 'the host installs, registers and reboots by itself'
      : 'when it has installed, reboot the host by hand, and take the ISO out',
  ];
}

/**
 * What builds the ISO again: one whose build has failed, or one whose time is over while hosts are still awaited. The
 * guide makes what is not there, and never changes by itself what is: this is somebody's to want.
 */
export function rebuildOf({ fleet }: Now, answers: Answers, course: Pick<Course, 'stages'>): Request | undefined {
  const image = byName(fleet.seedImages, namesOf(answers.cluster).seedImage);
  if (!image || image.object.retrigger || !wants(answers, 'registration')) return undefined;
  const awaited = course.stages.some(({ id, state }) => id === 'hosts' && state !== 'done');
  if (image.state !== 'failed' && !(image.state === 'expired' && awaited)) return undefined;
  return { operation: rebuild.id, targets: [{ kind: 'seedImage', uid: image.uid, name: image.name }], values: {} };
}

/** All that the people in the rack need, or why they have nothing to boot from. */
export function rackLines(now: Now, answers: Answers): string[] {
  const iso = isoOf(now, answers);
  const steps = bootChecklist(answers).map((step, at) => `${at + 1}. ${step}`);
  if (iso) return [`ISO ${iso.url}`, `checksum ${iso.checksum ?? '(none)'}`, ...steps];
  const { seedImage } = namesOf(answers.cluster);
  if (byName(now.fleet.seedImages, seedImage)?.state !== 'expired') return [];
  return [`the time of the ISO ${seedImage} is over: "metaldeck run rebuild seedimage/${seedImage}" builds it again`];
}

/** Each expected host: has it arrived, is it the one that was expected, can it serve. */
export function hostSights(world: Now, answers: Answers, hosts: readonly KnownHost[]): Sight[] {
  const all = [...answers.controlPlane.hosts, ...answers.workers.hosts];
  const named = all.map((answer) => hostSight(world, answers, hosts, answer));
  // Nobody was named yet: whoever registers first is as welcome as any other.
  const open = openPlaces(answers);
  const come = unnamed(answers, hosts);
  const others = Array.from({ length: open }, (_, at): Sight => {
    const host = come[at];
    if (!host) return { title: `Host ${all.length + at + 1}`, seen: false, detail: 'has not registered' };
    const title = [host.name, host.serial && `serial ${host.serial}`, host.addresses[0]].filter(Boolean).join(', ');
    return hostSight(world, answers, hosts, { inventory: host.name }, title);
  });
  return [...named, ...others];
}

function hostSight(
  world: Now,
  { cluster }: Answers,
  hosts: readonly KnownHost[],
  answer: HostAnswer,
  called?: string,
): Sight {
  const { host, differs } = resolveHost(cluster, answer, hosts);
  const label = answer.hostname && answer.hostname !== hostText(answer) ? ` (${answer.hostname})` : '';
  const title = called ?? `${hostText(answer)}${label}`;
  if (!host) return { title, seen: false, detail: 'has not registered' };
  const row = byName(world.fleet.hosts, host.name);
  const ref: ObjectRef | undefined = row && { kind: 'host', uid: row.uid, name: row.name };
  if (differs.length > 0) return { title, seen: false, bad: `${host.name}: ${differs.join('; ')}` };
  const serves = host.owner !== undefined;
  const detail = host.ready
    ? 'no plan Secret yet'
    : (troubleOf(world, ref) ?? `not Ready: ${host.readyReason ?? 'not said why'}`);
  return { title, seen: serves || (host.ready && host.planSecret), detail, since: host.created };
}

/** How many nodes the answers name no host for. */
export function openPlaces(answers: Answers): number {
  const roles = (['controlPlane', 'workers'] as const).filter((role) => wants(answers, role));
  return roles.reduce((sum, role) => sum + Math.max(0, answers[role].replicas - answers[role].hosts.length), 0);
}

/** Hosts of this registration that are in no pool and not named, in the order in which they came. */
export function unnamed({ cluster, controlPlane, workers }: Answers, hosts: readonly KnownHost[]): KnownHost[] {
  const known = [...controlPlane.hosts, ...workers.hosts].map((host) => resolveHost(cluster, host, hosts).name);
  return hosts
    .filter(({ name, pool }) => name.startsWith(`${cluster}-`) && pool === undefined && !known.includes(name))
    .sort((a, b) => (a.created ?? 0) - (b.created ?? 0) || (a.name < b.name ? -1 : 1));
}

/** Of these, those for which there is no place. */
export function strangers(answers: Answers, hosts: readonly KnownHost[]): KnownHost[] {
  return unnamed(answers, hosts).slice(openPlaces(answers));
}

/** Each pool is valid and counts its members. */
export function poolSights(world: Now, { cluster, controlPlane, workers }: Answers): Sight[] {
  const names = namesOf(cluster);
  const pools = [
    [names.controlPlanePool, controlPlane.hosts.length],
    [names.workerPool, workers.hosts.length],
  ] as const;
  return pools
    .filter(([, size]) => size > 0)
    .map(([name, size]) => {
      const row = byName(world.fleet.pools, name);
      const total = row?.reported?.total;
      const valid = findCondition(row?.object.conditions ?? [], 'MembersValid');
      const seen = row?.ready?.status === 'True' && valid?.status === 'True' && total === size;
      const trouble = row && troubleOf(world, { kind: 'pool', uid: row.uid, name });
      return {
        title: `${name} valid, ${size} ${size === 1 ? 'host' : 'hosts'}`,
        seen,
        detail: trouble ?? (row ? `counts ${total ?? 'none yet'}` : 'not there yet'),
      };
    });
}

/** The machines of a group, one after the other as they come up. */
export function groupSights(world: Now, kind: 'controlPlane' | 'deployment', name: string, replicas: number): Sight[] {
  const group = world.fleet.groups.list.find((row) => row.name === name && row.object.kind === kind);
  const rows = (group?.machines ?? []).flatMap((uid) => world.fleet.machines.byUid.get(uid) ?? []);
  const sights = Array.from({ length: replicas }, (_, at) => machineSight(world, rows[at], at, replicas));
  return [...sights, readySight(world, group, replicas)];
}

function machineSight(world: Now, row: MachineRow | undefined, at: number, of: number): Sight {
  if (!row) return { title: `Machine ${at + 1} of ${of}`, seen: false, detail: 'not made yet' };
  const title = `${row.name}${row.host ? ` on ${row.host}` : ''}`;
  if (isUp(row)) return { title, seen: true };
  const wait = waitOf(row);
  const trouble = row.problem && troubleOf(world, { kind: 'machine', uid: row.uid, name: row.name });
  return { title, seen: false, since: wait.since, detail: trouble ?? wait.detail ?? row.phase };
}

function readySight(world: Now, group: GroupRow | undefined, replicas: number): Sight {
  const { ready, upToDate } = group?.replicas ?? {};
  const trouble = group?.problem && troubleOf(world, { kind: group.object.kind, uid: group.uid, name: group.name });
  return {
    title: `${replicas} Ready`,
    seen: group !== undefined && (ready ?? 0) >= replicas && (upToDate ?? 0) >= replicas,
    detail: trouble ?? (group ? `${ready ?? 0} of ${replicas}` : 'not there yet'),
  };
}

/** The control plane: machine by machine, then its address. */
export function planeSights(world: Now, answers: Answers): Sight[] {
  const { cluster, controlPlane, endpoint } = answers;
  const row = byName(world.fleet.clusters, cluster);
  const reached = findCondition(row?.infrastructure?.conditions ?? [], 'EndpointReady');
  return [
    ...groupSights(world, 'controlPlane', namesOf(cluster).controlPlane, controlPlane.replicas),
    {
      title: `${endpoint.host}:${endpoint.port} reached`,
      seen: reached?.status === 'True',
      detail: reached?.message ?? reached?.reason ?? 'not tried yet',
      since: reached?.since,
    },
  ];
}

/** The workers, machine by machine. */
export function workerSights(world: Now, { cluster, workers }: Answers): Sight[] {
  return groupSights(world, 'deployment', namesOf(cluster).workers, workers.replicas);
}

/** Whether hosts are waited for at all: with pools to fill, or named for a registration alone. */
export function expectsHosts(answers: Answers): boolean {
  if (wants(answers, 'pools')) return true;
  return wants(answers, 'registration') && answers.controlPlane.hosts.length + answers.workers.hosts.length > 0;
}
